"""The policies, each as a flow: what to run, when to try again, what to do with a failure."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from runlaw.interpret.allowance import Allowance
from runlaw.interpret.blame import blame, uncatchable
from runlaw.interpret.program import Program, rule
from runlaw.interpret.requests import Collect, Emit, Flow, Invoke, Open, Pull, Rest, Shut, Sleep, Where, Within
from runlaw.interpret.run import Run
from runlaw.interpret.stream_value import END, Stream, once
from runlaw.interpret.tape import Tape
from runlaw.interpret.validate import checks_of
from runlaw.kernel.nodes import Attempt, Branch, Fallbacks, Retry, Timeout, Typed
from runlaw.kernel.notes import add_note


def attempts(program: Program) -> Iterator[tuple[Program, float | None]]:
    """For each try what to run, and the seconds to wait if it fails; ``None`` for the last."""
    node = program.node
    assert isinstance(node, Retry)
    inner = program.inner()
    number = 1
    for delay in node.delays:
        yield inner, delay
        number += 1
        inner = program.again(f"retry:attempt:{number}")
    yield inner, None


@rule(Retry, "call_flow")
def retry(program: Program, value: Any) -> Flow:  # Any: a user's values
    node = program.node
    assert isinstance(node, Retry)
    for inner, delay in attempts(program):
        try:
            return (yield Invoke(inner, value))
        except node.on as error:
            if delay is None or uncatchable(error):
                raise
        yield Sleep(delay)


@rule(Retry, "stream_flow")
def retry_stream(program: Program, source: Stream) -> Flow:
    node = program.node
    assert isinstance(node, Retry)
    tape = Tape(source)
    for inner, delay in attempts(program):
        out: Stream = yield Open(inner, tape.replay())
        try:
            first = yield Pull(out)
        except node.on as error:
            yield Shut(out)
            if delay is None or uncatchable(error) or tape.broke(error):
                raise
        else:
            yield from commit(tape, first, out)
            return
        yield Sleep(delay)


@rule(Fallbacks, "call_flow")
def fallbacks(program: Program, value: Any) -> Flow:  # Any: a user's values
    node = program.node
    assert isinstance(node, Fallbacks)
    failures: list[tuple[str, Exception]] = []
    for alternative in program.parts():
        try:
            return (yield Invoke(alternative, value))
        except node.on as error:
            if uncatchable(error):
                raise
            failures.append((alternative.name, error))
    raise all_failed(failures)


@rule(Fallbacks, "stream_flow")
def fallbacks_stream(program: Program, source: Stream) -> Flow:
    node = program.node
    assert isinstance(node, Fallbacks)
    tape = Tape(source)
    failures: list[tuple[str, Exception]] = []
    for alternative in program.parts():
        out: Stream = yield Open(alternative, tape.replay())
        try:
            first = yield Pull(out)
        except node.on as error:
            yield Shut(out)
            if uncatchable(error) or tape.broke(error):
                raise
            failures.append((alternative.name, error))
        else:
            yield from commit(tape, first, out)
            return
    raise all_failed(failures)


def commit(tape: Tape, first: Any, out: Stream) -> Flow:  # Any: a user's values
    """Send on what a try gives: from its first chunk on there is no further try."""
    tape.stop()
    if first is not END:
        yield Emit(first)
    yield Rest(out)


def all_failed(failures: list[tuple[str, Exception]]) -> Exception:
    """The first error, with a note for each of the others."""
    first = failures[0][1]
    for name, error in failures[1:]:
        if error is not first:
            add_note(first, f"the fallback {name} failed too: {type(error).__name__}: {error}")
    return first


@rule(Attempt, "call_flow")
def attempt(program: Program, value: Any) -> Flow:  # Any: a user's values
    from returns.result import Failure, Success

    node = program.node
    assert isinstance(node, Attempt)
    try:
        return Success((yield Invoke(program.inner(), value)))
    except node.on as error:
        if uncatchable(error):
            raise
        return Failure(error)


@rule(Attempt, "stream_flow")
def attempt_stream(program: Program, source: Stream) -> Flow:
    value = yield Collect(source)
    yield Emit((yield from attempt(program, value)))


@rule(Branch, "call_flow")
def branch(program: Program, value: Any) -> Flow:  # Any: a user's values
    step = yield from choose(program, value)
    return (yield Invoke(step, value))


@rule(Branch, "stream_flow")
def branch_stream(program: Program, source: Stream) -> Flow:
    value = yield Collect(source)
    step = yield from choose(program, value)
    yield Rest((yield Open(step, once(value, program.mode.asynchronous))))


def choose(program: Program, value: Any) -> Flow:  # Any: a user's values
    """The step of the first predicate that holds, else the default."""
    *cases, default = program.parts()
    for predicate, step in zip(cases[::2], cases[1::2], strict=True):
        if (yield Invoke(predicate, value)):
            return step
    return default


@rule(Timeout, "call_flow")
def timeout(program: Program, value: Any) -> Flow:  # Any: a user's values
    node = program.node
    assert isinstance(node, Timeout)
    try:
        return (yield Within(program.inner(checked=True), value, node.seconds))
    except TimeoutError as error:
        blame(error, program)
        raise


@rule(Timeout, "stream_flow")
def timeout_stream(program: Program, source: Stream) -> Flow:
    node = program.node
    assert isinstance(node, Timeout)
    out: Stream = yield Open(program.inner(checked=True), source.read_by(source.chunks))
    run: Run = yield Where()
    left = node.seconds
    while True:
        allowance = Allowance(left, run)
        try:
            chunk = yield Pull(out, max(left, 0.0), node.seconds)
        except TimeoutError as error:
            blame(error, program)
            raise
        if chunk is END:
            return
        left = allowance.left()
        yield Emit(chunk)


@rule(Typed, "call_flow")
def checked(program: Program, value: Any) -> Flow:  # Any: a user's values
    check_in, check_out = checks_of(program)
    return check_out((yield Invoke(program.inner(), check_in(value))))


@rule(Typed, "stream_flow")
def checked_stream(program: Program, source: Stream) -> Flow:
    check_in, check_out = checks_of(program)
    value = check_in((yield Collect(source)))
    out: Stream = yield Open(program.inner(), once(value, program.mode.asynchronous))
    yield Emit(check_out((yield Collect(out))))
