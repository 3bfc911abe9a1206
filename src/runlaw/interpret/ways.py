"""The sync ways of running a program."""

from __future__ import annotations

import sys
from collections.abc import Callable, Generator, Iterable
from contextvars import Context
from typing import Any

from runlaw.interpret import aways
from runlaw.interpret.blame import is_result
from runlaw.interpret.bridge import Feed, refuse_in_loop, run_coroutine, run_stream
from runlaw.interpret.control import Control
from runlaw.interpret.current import CURRENT, ROOTS
from runlaw.interpret.engine import Engine, Root
from runlaw.interpret.executing import in_context
from runlaw.interpret.gather import gather
from runlaw.interpret.group import Item, takes_groups
from runlaw.interpret.groups import group_flow, group_items, raised_or, shared_limit
from runlaw.interpret.locate import fail, leave, marked
from runlaw.interpret.merge import completions
from runlaw.interpret.perform import blame_stream
from runlaw.interpret.program import WRAPPERS, wrapper
from runlaw.interpret.run import Run
from runlaw.interpret.shared import Shared
from runlaw.interpret.stream_value import END, Stream, close, once
from runlaw.interpret.sums import input_sums
from runlaw.kernel.config import NO_CONFIG, Config
from runlaw.kernel.nodes import Node


def invoke(engine: Engine, value: Any, config: Config) -> Any:  # Any: a user's values
    """One value in, one value out."""
    if engine.asynchronous:
        refuse_in_loop(engine.name, "ainvoke(...)")
        return run_coroutine(aways.invoke(engine, value, config))
    root = engine.begin(config, asynchronous=False)
    return call_root(root, value)


def call_root(root: Root, value: Any) -> Any:  # Any: a user's values
    """Call the program in its run."""
    run = root.run
    root.enter()
    token = CURRENT.set(run)
    try:
        return root.program.call(value, run)
    except BaseException as error:
        leave(error, sys._getframe(1), inside=run.outer is not None)
        raise
    finally:
        CURRENT.reset(token)
        root.leave()


@wrapper("call_there")
def call_there(node: Node, value: Any) -> Any:  # Any: a user's values
    """Call a program in a thread or process of an executor: a run by itself, also in a process that was forked."""
    return Context().run(invoke, Engine(node), value, NO_CONFIG)


marked(call_there, "apart")


def stream(engine: Engine, value: Any, config: Config) -> Generator[Any, None, None]:  # Any: a user's values
    """One value in, chunks out."""
    if engine.asynchronous:
        refuse_in_loop(engine.name, "astream(...)")
        return run_stream(aways.stream(engine, value, config))
    return chunks_of(engine, lambda: once(value), config)


def transform(
    engine: Engine,
    chunks: Iterable[Any],  # Any: a user's values
    config: Config,  # Any: a user's values
) -> Generator[Any, None, None]:  # Any: a user's values
    """Chunks in, chunks out."""
    given = iter(chunks)
    if engine.asynchronous:
        refuse_in_loop(engine.name, "atransform(...)")
        feed = Feed(given)
        return run_stream(aways.transform(engine, feed, config), feed)
    return chunks_of(engine, lambda: Stream(given, input_sums(engine.node), []), config)


def chunks_of(
    engine: Engine, source: Callable[[], Stream], config: Config
) -> Generator[Any, None, None]:  # Any: a user's values
    """The chunks of a program. Without a config and outside a run, the steps of a plain one are read directly."""
    outer = CURRENT.get()
    if config is NO_CONFIG and engine.plain and (outer is None or outer.quick):
        return unscoped(engine, source, outer is not None)
    return scoped(engine, source, config)


def unscoped(
    engine: Engine, source: Callable[[], Stream], inside: bool
) -> Generator[Any, None, None]:  # Any: a user's values
    """The chunks where nobody watches and nothing is said of the run."""
    root = engine.begin(NO_CONFIG, asynchronous=False, streaming=True, placed=False)
    root_run = root.run
    reading: Stream | None = None
    try:
        reading = root.program.stream(source(), root_run)
        for chunk in reading.chunks:  # noqa: UP028  # measured: as quick as `yield from`, and closed by its owner
            yield chunk
    except Exception as error:
        if reading is not None:
            blame_stream(error, reading)
        leave(error, sys._getframe(1), inside=inside)
        raise
    finally:
        if reading is not None:
            close(reading.opened)


marked(unscoped, "stream")


def scoped(
    engine: Engine, source: Callable[[], Stream], config: Config
) -> Generator[Any, None, None]:  # Any: a user's values
    """The chunks, made inside the run, which their reader is not in."""
    root = engine.begin(config, asynchronous=False, streaming=True)
    root_run = root.run
    reading: Stream | None = None
    root.enter()
    token = CURRENT.set(root_run)
    try:
        reading = root.program.stream(source(), root_run)
        while (chunk := next(reading.chunks, END)) is not END:
            CURRENT.reset(token)
            root.pause()
            try:
                yield chunk
            finally:
                root.resume()
                token = CURRENT.set(root_run)
    except Exception as error:
        if reading is not None:
            blame_stream(error, reading)
        leave(error, sys._getframe(1), inside=root_run.outer is not None)
        raise
    finally:
        try:
            if reading is not None:
                close(reading.opened)
        finally:
            CURRENT.reset(token)
            root.leave()


marked(scoped, "stream")


def batch(
    engine: Engine,
    values: list[Any],  # Any: a user's values
    configs: list[Config],
    keep_errors: bool,  # Any: a user's values
) -> list[Any]:  # Any: a user's values
    """Many values, order kept."""
    if not values:
        return []
    if engine.asynchronous:
        refuse_in_loop(engine.name, "abatch(...)")
        return run_coroutine(aways.batch(engine, values, configs, keep_errors))
    outer = CURRENT.get()
    unsaid = all(config is NO_CONFIG for config in configs)
    if unsaid and engine.quick is not None and (outer is None or outer.quick) and not engine.facts.blocking:
        return quick_batch(engine, values, keep_errors, outer is not None)
    if takes_groups(engine.node):
        return [raised_or(item, keep_errors) for item in grouped(engine, values, configs)]
    root, jobs = batch_jobs(engine, values, configs, keep_errors)
    around = root.run
    root.enter()
    try:
        if len(jobs) == 1 or not engine.facts.blocking:
            return [one_of(job, around.control, keep_errors) for job in jobs]
        scheduler, owner, limit = around.scheduler()
        return gather(scheduler, owner, limit, [in_context(job) for job in jobs], keep_errors=keep_errors)
    finally:
        root.leave()


def quick_batch(
    machine: Engine,
    values: list[Any],  # Any: a user's values
    keep_errors: bool,
    inside: bool,
) -> list[Any]:  # Any: a user's values
    """Quick pure compute: a loop."""
    quick = machine.quick
    assert quick is not None
    batch = iter(values)
    results: list[Any] = []  # Any: a user's values
    try:
        if not keep_errors:
            return [quick(value) for value in batch]
        for value in batch:
            try:
                results.append(quick(value))
            except Exception as error:
                if not is_result(error, keep_errors):
                    raise
                fail(error, machine.root, sys._getframe(1), inside=inside)
                results.append(error)
        return results
    except Exception as error:
        fail(error, machine.root, sys._getframe(1), inside=inside)
        raise
    finally:
        if ROOTS:
            ROOTS.pop(sys._getframe(), None)


marked(quick_batch, "batch")


def one_of(job: Callable[[Control | None], Any], control: Control | None, keep_errors: bool) -> Any:  # Any: a result
    """What a job gives, or its error, if that is to be kept."""
    try:
        return job(control)
    except Exception as error:
        if not is_result(error, keep_errors):
            raise
        return error


def batch_jobs(
    engine: Engine,
    values: list[Any],  # Any: a user's values
    configs: list[Config],
    keep_errors: bool,
) -> tuple[Root, list[Callable[[Control | None], Any]]]:  # Any: a user's values
    """The run that all values share the limit of, and for each value its call in a run of its own."""
    shared = engine.begin(shared_limit(configs), asynchronous=False)
    around = shared.run
    around.children = Shared(fatal=not keep_errors)

    def job(value: Any, config: Config) -> Callable[[Control | None], Any]:  # Any: a user's values
        def call(control: Control | None) -> Any:  # Any: a user's values
            return call_root(engine.begin_in(around, control, config), value)

        return call

    return shared, [job(value, config) for value, config in zip(values, configs, strict=True)]


def unplace(run: Run) -> None:
    """Have the caller of a whole call hold no place: it runs no leaf, and may take its time with the results."""
    scheduler, control, _ = run.scheduler()
    scheduler.lend(control)
    run.control = Control(scheduler)


def grouped(engine: Engine, values: list[Any], configs: list[Config]) -> list[Item]:  # Any: a user's values
    """All values through a program that takes groups."""
    shared = engine.begin(shared_limit(configs), asynchronous=False)
    shared.enter()
    try:
        items, program = group_items(engine, shared.run, values, configs)
        call = WRAPPERS["called"](program, group_flow)
        return call(items, shared.run)  # type: ignore[no-any-return]  # what group_flow returns
    finally:
        shared.leave()


def batch_as_completed(
    engine: Engine,
    values: list[Any],  # Any: a user's values
    configs: list[Config],
    keep_errors: bool,  # Any: a user's values
) -> Generator[tuple[int, Any], None, None]:  # Any: a user's values
    """Many values, each result with its index as it comes."""
    if engine.asynchronous:
        refuse_in_loop(engine.name, "abatch_as_completed(...)")
        yield from run_stream(aways.batch_as_completed(engine, values, configs, keep_errors))
        return
    if takes_groups(engine.node):
        for index, item in enumerate(grouped(engine, values, configs) if values else []):
            yield index, raised_or(item, keep_errors)
        return
    if not values:
        return
    root, jobs = batch_jobs(engine, values, configs, keep_errors)
    around = root.run
    root.enter()
    try:
        if len(jobs) == 1 or not engine.facts.blocking:
            for index, job in enumerate(jobs):
                yield index, one_of(job, around.control, keep_errors)
            return
        if around.outer is None:
            unplace(around)
        thunks = [in_context(job) for job in jobs]
        for index, result, error in completions(thunks, around, keep_errors=keep_errors):
            if error is not None and not is_result(error, keep_errors):
                raise error
            yield index, result if error is None else error
    finally:
        root.leave()
