"""Section 9: what a leaf can do inside a run, and the callbacks of with_listeners."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from runlaw import Runnable, current_run, emit, lift, pipe, with_listeners, with_timeout
from runlaw.events import Custom, Event, RunFailed, RunStarted

from .events_of import listening, told
from .modes import Mode, both
from .support import Boom, alist, boom, exclaim, run, shout, within, wrong

# Children of a run


def child_calls(inner: Runnable[str, str]) -> list[Callable[[str], object]]:
    return [
        inner,
        inner.invoke,
        lambda text: list(inner.stream(text)),
        lambda text: list(inner.transform(iter([text]))),
        lambda text: inner.batch([text]),
        lambda text: list(inner.batch_as_completed([text])),
    ]


@both
@pytest.mark.parametrize("number", range(6), ids=["call", "invoke", "stream", "transform", "batch", "as_completed"])
def test_calling_a_runnable_inside_a_run_opens_a_child_of_that_run(mode: Mode, number: int) -> None:
    call = child_calls(lift(shout))[number]

    def outer(text: str) -> object:
        return call(text)

    events = told(mode, pipe(exclaim, outer))
    parent = next(event for event in events if event.name == "outer")
    child = next(event for event in events if event.name == "shout")
    assert [str(one) for one in child.parent_ids] == [*map(str, parent.parent_ids), str(parent.run_id)]


def test_awaiting_a_runnable_inside_an_async_run_opens_a_child_of_that_run() -> None:
    inner = lift(shout)

    @lift
    async def outer(text: str) -> list[object]:
        return [
            await inner.ainvoke(text),
            await alist(inner.astream(text)),
            await inner.abatch([text]),
            await alist(inner.abatch_as_completed([text])),
            inner(text),
        ]

    events: list[Event] = []
    run(outer.ainvoke("a", listening(events)))
    children = [event for event in events if isinstance(event, RunStarted) and event.name == "shout"]
    assert [list(map(str, child.parent_ids)) for child in children] == [[str(events[0].run_id)]] * 5


@both
def test_current_run_is_the_nearest_run(mode: Mode) -> None:
    seen: list[tuple[str, str]] = []

    def look(text: str) -> str:
        here = current_run()
        assert here is not None
        assert here.path
        seen.append((here.name, str(here.run_id)))
        return text

    events = told(mode, pipe(look, with_timeout(look, 60.0)))
    ids = [str(event.run_id) for event in events if isinstance(event, RunStarted) and event.name == "look"]
    assert seen == [("look", ids[0]), ("look", ids[1])]


# emit


@both
def test_emit_sends_a_custom_event_from_inside_a_leaf(mode: Mode) -> None:
    def work(text: str) -> str:
        emit("progress", {"done": 1})
        return text

    events = told(mode, pipe(shout, work, exclaim))
    (custom,) = [event for event in events if isinstance(event, Custom)]
    leaf = next(event for event in events if event.name == "work")
    assert (custom.name, custom.data) == ("progress", {"done": 1})
    assert str(custom.run_id) == str(leaf.run_id)
    assert [str(one) for one in custom.parent_ids] == [str(one) for one in leaf.parent_ids]


def test_emit_does_nothing_where_nobody_watches() -> None:
    def work(text: str) -> str:
        emit("progress", object())
        return text

    assert lift(work).invoke("a") == "a"
    assert run(lift(work).ainvoke("a")) == "a"
    assert list(lift(work).stream("a")) == ["a"]
    emit("outside of any run", 1)


# with_listeners


@both
def test_the_callbacks_of_with_listeners_receive_the_events_of_their_own_run(mode: Mode) -> None:
    heard: list[Event] = []
    program = with_listeners(pipe(shout, exclaim), on_start=heard.append, on_end=heard.append, on_error=heard.append)
    assert mode.invoke(pipe(exclaim, program), "a") == "A!!"
    assert [(type(event).__name__, event.name) for event in heard] == [
        ("RunStarted", "RunnableSequence"),
        ("RunEnded", "RunnableSequence"),
    ]


@both
def test_on_error_receives_the_failure_and_on_end_does_not(mode: Mode) -> None:
    heard: list[Event] = []
    ended: list[Event] = []
    with pytest.raises(Boom) as caught:
        mode.invoke(with_listeners(boom, on_error=heard.append, on_end=ended.append), "a")
    (failure,) = heard
    assert isinstance(failure, RunFailed)
    assert failure.error is caught.value
    assert ended == []


@both
def test_several_with_listeners_are_all_told(mode: Mode) -> None:
    inner: list[Event] = []
    outer: list[Event] = []
    program = with_listeners(with_listeners(shout, on_end=inner.append), on_end=outer.append)
    assert within(lambda: mode.invoke(program, "a")) == "A"
    assert (len(inner), len(outer)) == (1, 1)


def test_callbacks_that_are_not_callable_are_refused_when_built() -> None:
    for key in ("on_start", "on_end", "on_error"):
        with pytest.raises(TypeError, match=key):
            wrong(with_listeners)(shout, **{key: 3})


def test_async_callbacks_of_which_a_call_runs_nothing_are_refused_when_built() -> None:
    async def hear(event: Event) -> None: ...

    for key in ("on_start", "on_end", "on_error"):
        for build in (wrong(with_listeners), lambda step, **told: wrong(lift(step).with_listeners)(**told)):
            with pytest.raises(TypeError, match=rf"{key} must be a plain function .* which is async"):
                build(shout, **{key: hear})
