"""Sync streams of several programs at the same time: the record chunks of ``parallel`` and ``assign``."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from runlaw.algebra.facts import facts
from runlaw.interpret.blame import blame, is_result
from runlaw.interpret.call import each as call_each
from runlaw.interpret.call import item_limit, job, threaded
from runlaw.interpret.control import Control, Group, Stopped
from runlaw.interpret.group import takes_groups
from runlaw.interpret.perform import blame_stream, nothing_of, read_all
from runlaw.interpret.program import Opener, Program, rule
from runlaw.interpret.records import check_items, check_record
from runlaw.interpret.run import Run, in_run
from runlaw.interpret.stream import collect_then
from runlaw.interpret.stream_value import END, Derived, Opened, Stream, Sums, close
from runlaw.interpret.sums import sums_of
from runlaw.interpret.tee import ATee, Tee
from runlaw.kernel.monoid import BY_VALUE, LIST, RecordChunk, Records, empties_of, record_monoid
from runlaw.kernel.nodes import Assign, Each, Parallel

ROOM = 8


class Strand(NamedTuple):
    """One of the streams that are merged: it makes its stream when it starts, and a record of each chunk."""

    open: Callable[[Run], Stream]
    record: Callable[[Any], Mapping[str, Any] | None]  # Any: a user's values
    passing: bool = False
    """Whether it is the input itself, of which nothing need come."""

    def of_nothing(self, stream: Stream) -> Mapping[str, Any] | None:  # Any: a user's values
        """The record for a stream that had no chunks, so that its key is in the sum."""
        return None if self.passing else self.record(nothing_of(stream, lambda sums: sums.join([])))


class Shape:
    """What the merged chunks of a ``parallel`` or ``assign`` look like, in every way of running."""

    def __init__(self, program: Program) -> None:
        node = program.node
        assert isinstance(node, (Parallel, Assign))
        self.keys: list[str] = [key for key, _ in node.branches]
        self.empties: dict[str, object] = empties_of({key: sums_of(step) for key, step in node.branches})
        self.name: str = program.title
        self.program = program

    def chunk_of(self, key: str) -> Callable[[Any], RecordChunk]:  # Any: a user's values
        return lambda chunk: RecordChunk({key: chunk}, self.empties)

    def passed(self, chunk: Any) -> Mapping[str, Any] | None:  # Any: a user's record
        """What ``assign`` passes on of a chunk of its input: the keys that it does not replace."""
        try:
            record = check_record(chunk, self.name)
        except TypeError as error:
            blame(error, self.program)
            raise
        left = {key: record[key] for key in record if key not in self.keys}
        return left or (None if record else {})

    def sums(self, streams: Mapping[str, Stream], source: Stream | None) -> Derived:
        """How the merged chunks add up, once the branches know."""
        opened = dict(streams)

        def merged(sums: Sequence[Sums]) -> Sums:
            given = sums[-1] if source is not None else None
            fields, default = (given.fields, given.default) if isinstance(given, Records) else ({}, BY_VALUE)
            return record_monoid({**fields, **dict(zip(opened, sums, strict=False))}, default)

        return Derived([*opened.values(), *([] if source is None else [source])], merged)


@rule(Parallel, "stream")
@rule(Assign, "stream")
def parallel(program: Program) -> Opener:
    """Chunks of records, each with what advanced; a ``parallel`` by position gives its tuple as one chunk."""
    node = program.node
    assert isinstance(node, (Parallel, Assign))
    if isinstance(node, Parallel) and not node.keyed:
        return collect_then(program, program.body)
    shape = Shape(program)
    in_threads = threaded([step for _, step in node.branches])
    parts = program.parts(checked=in_threads)
    passing = isinstance(node, Assign)

    def chunks(source: Stream, run: Run, streams: dict[str, Stream], above: list[Opened]) -> Iterator[Any]:  # Any: data
        tee = Tee(source, len(parts) + passing, above)
        strands = [
            Strand(opening(key, part, tee, number, streams), shape.chunk_of(key))
            for number, (key, part) in enumerate(zip(shape.keys, parts, strict=True))
        ]
        if passing:
            strands.insert(0, Strand(lambda own: tee.branch(len(parts), own), shape.passed, passing=True))
        return in_turn(strands, run) if not in_threads else at_once(strands, run, tee)

    def opener(source: Stream, run: Run) -> Stream:
        streams: dict[str, Stream] = {}
        sums = lambda: shape.sums(streams, source if passing else None)  # noqa: E731  # a closure over this stream
        return source.then(chunks(source, run, streams, source.opened[:]), sums, program)

    return opener


def opening(
    key: str, part: Program, tee: Tee | ATee, number: int, streams: dict[str, Stream]
) -> Callable[[Run], Stream]:
    """How a branch starts: on its own view of the input."""

    def start(run: Run) -> Stream:
        streams[key] = part.stream(tee.branch(number, run), run)
        return streams[key]

    return start


def in_turn(strands: list[Strand], run: Run) -> Iterator[Any]:  # Any: a user's values
    """The strands' chunks in turn, in the reader's thread."""
    alive: deque[tuple[Stream, Strand]] = deque()
    silent = set(strands)
    try:
        for strand in strands:
            alive.append((strand.open(run), strand))
        while alive:
            stream, strand = alive[0]
            try:
                chunk = next(stream.chunks, END)
            except Exception as error:
                blame_stream(error, stream)
                raise
            alive.rotate(-1)
            if chunk is not END:
                record = strand.record(chunk)
                silent.discard(strand)
            else:
                record = strand.of_nothing(stream) if strand in silent else None
                alive.pop()
                close(stream.opened)
            if record is not None:
                yield record
    finally:
        for stream, _ in alive:
            close(stream.opened)


class Funnel:
    """Where the threads of a merge leave their chunks for the reader; a little room for each."""

    def __init__(self, strands: int) -> None:
        self.chunks: deque[Any] = deque()  # Any: a user's values
        self.room: int = ROOM * strands
        self.left: int = strands
        self.reader: Control | None = None
        self.waiting: dict[Run, Control] = {}
        """The strands that wait for room."""
        self.gone: threading.Condition = threading.Condition()
        """Told when such a strand has closed its steps."""
        self.error: BaseException | None = None

    def put(self, record: Any, run: Run) -> None:  # Any: a user's values
        """Leave a chunk for the reader, who has it at once; while there is no room, the strand has no place."""
        scheduler, control, _ = run.scheduler()
        while not run.dead and len(self.chunks) >= self.room:
            self.waiting[run] = control
            scheduler.attend(control, lambda: len(self.chunks) < self.room)
        if run.dead:
            raise Stopped
        if run in self.waiting:
            self.left_by(run)
        self.chunks.append(record)
        scheduler.hand(control, self.reader)

    def get(self, run: Run, group: Group) -> Any:  # Any: a user's values
        """The next chunk, or ``END``."""
        scheduler, control, _ = run.scheduler()
        self.reader = group.reader = control
        scheduler.attend(control, lambda: self.chunks or self.left == 0 or self.error is not None)
        if control.dead:
            raise Stopped
        if self.error is not None:
            raise self.error
        record = self.chunks.popleft() if self.chunks else END
        for strand in list(self.waiting.values()):
            scheduler.call(strand)
        return record

    def ended(self, error: BaseException | None) -> None:
        """A strand has come to its end."""
        self.left -= 1
        if self.error is None:
            self.error = error

    def left_by(self, run: Run) -> None:
        """A strand waits no more, or has closed its steps."""
        with self.gone:
            self.waiting.pop(run, None)
            self.gone.notify_all()

    def shut(self) -> None:
        """Wait until every strand that waited for room, and was abandoned, has closed its steps."""
        with self.gone:
            self.gone.wait_for(lambda: not self.waiting)


def at_once(strands: list[Strand], run: Run, tee: Tee) -> Iterator[Any]:  # Any: a user's values
    """The strands' chunks as they come, each strand in a thread."""
    funnel = Funnel(len(strands))
    jobs = [strand_job(strand, run, funnel) for strand in strands]
    scheduler, owner, limit = run.scheduler()
    group = Group(owner, limit, jobs, None, lambda _, __, error: funnel.ended(error), keep_errors=False)
    try:
        scheduler.start(group, lending=False)
        while (record := funnel.get(run, group)) is not END:
            yield record
    finally:
        scheduler.kill(group)
        funnel.shut()
        tee.close()


def strand_job(strand: Strand, run: Run, funnel: Funnel) -> Callable[[Control], None]:
    """One strand of a merge, as a job."""

    def read(own: Run) -> None:
        stream: Stream | None = None
        silent = True
        try:
            stream = strand.open(own)
            for chunk in stream.chunks:
                silent = False
                record = strand.record(chunk)
                if record is not None:
                    funnel.put(record, own)
            if silent and (record := strand.of_nothing(stream)) is not None:
                funnel.put(record, own)
        except Exception as error:
            if stream is not None:
                blame_stream(error, stream)
            raise
        finally:
            if stream is not None:
                close(stream.opened)
            funnel.left_by(own)

    return in_run(read, run)


@rule(Each, "stream")
def each(program: Program) -> Opener:
    """Lists of one item each, in order, as soon as the items before are done."""

    def chunks(source: Stream, run: Run) -> Iterator[Any]:  # Any: a user's values
        items = check_items(read_all(source, run), program)
        for result in in_order(program, items, run):
            yield [result]

    return lambda source, run: source.then(chunks(source, run), LIST, program)


def in_order(program: Program, items: list[Any], run: Run) -> Iterator[Any]:  # Any: a user's values
    """The results of ``map_batch``, in order, each as soon as those before it are there."""
    node = program.node
    assert isinstance(node, Each)
    if takes_groups(node.inner) or node.executor is not None:
        yield from call_each(program)(items, run)
        return
    if not facts(node.inner).blocking or len(items) < 2:
        part = program.inner()
        for item in items:
            yield part.call(item, run)
        return
    part = program.inner(checked=True)
    waiting: dict[int, Any] = {}  # Any: a user's values
    wanted = 0
    for index, result, error in completions([job(part, item, run) for item in items], run, node.max_concurrency, ROOM):
        if error is not None:
            raise error
        waiting[index] = result
        while wanted in waiting:
            yield waiting.pop(wanted)
            wanted += 1


def completions(
    thunks: list[Callable[[Control], Any]],  # Any: a user's values
    run: Run,
    room: int | None = None,
    ahead: int | None = None,
    keep_errors: bool = False,
) -> Iterator[tuple[int, Any, BaseException | None]]:  # Any: a user's values
    """The outcomes of jobs as they finish; with ``ahead``, so many may have started beyond those that were read."""
    done: deque[tuple[int, Any, BaseException | None]] = deque()  # Any: a user's values

    def notify(index: int, result: Any, error: BaseException | None) -> None:  # Any: a user's values
        if error is not None and not is_result(error, keep_errors):
            done.appendleft((index, result, error))
        else:
            done.append((index, result, error))

    def get() -> tuple[int, Any, BaseException | None]:  # Any: a user's values
        scheduler, control, _ = run.scheduler()
        group.reader = control
        scheduler.attend(control, lambda: done)
        return done.popleft() if done and not control.dead else (0, None, Stopped())

    scheduler, owner, limit = run.scheduler()
    group = Group(owner, item_limit(limit, room), thunks, room, notify, keep_errors)
    group.allowed = ahead
    try:
        scheduler.start(group, lending=False)
        for read in range(1, len(thunks) + 1):
            outcome = get()
            if ahead is not None:
                scheduler.allow(group, ahead + read)
            yield outcome
            if outcome[2] is not None and not is_result(outcome[2], keep_errors):
                return
    finally:
        scheduler.kill(group)
