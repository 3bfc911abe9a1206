"""Sync streams of several programs at the same time: the record chunks of ``parallel`` and ``assign``."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

from runlaw.algebra.facts import facts
from runlaw.interpret.blame import blame
from runlaw.interpret.call import each as call_each
from runlaw.interpret.call import item_limit, job, threaded
from runlaw.interpret.control import Control, Group, Stopped
from runlaw.interpret.group import takes_groups
from runlaw.interpret.perform import blame_stream, read_all
from runlaw.interpret.program import Opener, Program, rule
from runlaw.interpret.records import check_items, check_record
from runlaw.interpret.run import Run, in_run
from runlaw.interpret.stream import collect_then
from runlaw.interpret.stream_value import END, Stream, Sums, close
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
        return None if self.passing else self.record(stream.adding.join([]))


class Shape:
    """What the merged chunks of a ``parallel`` or ``assign`` look like, in every way of running."""

    def __init__(self, program: Program) -> None:
        node = program.node
        assert isinstance(node, (Parallel, Assign))
        self.keys: list[str] = [key for key, _ in node.branches]
        self.empties: dict[str, object] = empties_of({key: sums_of(step) for key, step in node.branches})
        self.name: str = program.name
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

    def sums(self, streams: Mapping[str, Stream], source: Stream | None) -> Sums:
        """How the merged chunks add up, once the branches know."""
        fields: dict[str, Sums] = {}
        default: Sums = BY_VALUE
        if source is not None:
            given = source.adding
            if isinstance(given, Records):
                fields.update(given.fields)
                default = given.default
        fields.update((key, stream.adding) for key, stream in streams.items())
        return record_monoid(fields, default)


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

    def chunks(source: Stream, run: Run, streams: dict[str, Stream]) -> Iterator[Any]:  # Any: a user's values
        tee = Tee(source, len(parts) + passing)
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
        return source.then(chunks(source, run, streams), sums, program)

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
                alive.pop()
                close(stream.opened)
                record = strand.of_nothing(stream) if strand in silent else None
            if record is not None:
                yield record
    finally:
        for stream, _ in alive:
            close(stream.opened)


class Funnel:
    """Where the threads of a merge leave their chunks for the reader; a little room for each."""

    def __init__(self, strands: int) -> None:
        self.changed: threading.Condition = threading.Condition()
        self.chunks: deque[Any] = deque()  # Any: a user's values
        self.room: int = ROOM * strands
        self.left: int = strands
        self.waiting: set[Run] = set()
        self.closed: bool = False
        self.error: BaseException | None = None

    def put(self, record: Any, run: Run) -> None:  # Any: a user's values
        """Leave a chunk; while there is no room, the strand's place is somebody else's."""
        while True:
            with self.changed:
                if self.closed or run.dead:
                    raise Stopped
                if len(self.chunks) < self.room:
                    self.chunks.append(record)
                    self.changed.notify_all()
                    return
                self.waiting.add(run)
            scheduler, control, _ = run.scheduler()
            scheduler.lend(control)
            with self.changed:
                self.changed.wait_for(lambda: self.closed or len(self.chunks) < self.room)
                if self.closed:
                    raise Stopped
                self.waiting.discard(run)
            scheduler.reclaim(control)

    def get(self, run: Run) -> Any:  # Any: a user's values
        """The next chunk, or ``END``."""
        scheduler, control, _ = run.scheduler()
        scheduler.lend(control)
        control.alarms.append(self.wake)
        try:
            with self.changed:
                self.changed.wait_for(lambda: self.chunks or self.left == 0 or self.error or control.dead)
                record = self.chunks.popleft() if self.chunks and self.error is None else END
                self.changed.notify_all()
        finally:
            control.alarms.remove(self.wake)
        scheduler.reclaim(control)
        if control.dead:
            raise Stopped
        if self.error is not None:
            raise self.error
        return record

    def wake(self) -> None:
        with self.changed:
            self.changed.notify_all()

    def ended(self, error: BaseException | None) -> None:
        """A strand has come to its end."""
        with self.changed:
            self.left -= 1
            if error is not None and self.error is None:
                self.error = error
                self.closed = True
            self.changed.notify_all()

    def left_by(self, run: Run) -> None:
        """A strand has closed its steps."""
        with self.changed:
            self.waiting.discard(run)
            self.changed.notify_all()

    def shut(self) -> None:
        """End every strand that waits for room, and wait until it has closed its steps."""
        with self.changed:
            self.closed = True
            self.changed.notify_all()
            self.changed.wait_for(lambda: not self.waiting)


def at_once(strands: list[Strand], run: Run, tee: Tee) -> Iterator[Any]:  # Any: a user's values
    """The strands' chunks as they come, each strand in a thread."""
    funnel = Funnel(len(strands))
    jobs = (strand_job(strand, run, funnel) for strand in strands)
    scheduler, owner, limit = run.scheduler()
    group = Group(owner, limit, jobs, None, lambda _, __, error: funnel.ended(error), keep_errors=False)
    scheduler.start(group)
    try:
        while (record := funnel.get(run)) is not END:
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
    changed = threading.Condition()
    done: deque[tuple[int, Any, BaseException | None]] = deque()  # Any: a user's values

    def wake() -> None:
        with changed:
            changed.notify_all()

    def notify(index: int, result: Any, error: BaseException | None) -> None:  # Any: a user's values
        with changed:
            if error is not None and not (keep_errors and isinstance(error, Exception)):
                done.clear()
            done.append((index, result, error))
            changed.notify_all()

    def get() -> tuple[int, Any, BaseException | None]:  # Any: a user's values
        scheduler, control, _ = run.scheduler()
        scheduler.lend(control)
        control.alarms.append(wake)
        try:
            with changed:
                changed.wait_for(lambda: done or control.dead)
                outcome = done.popleft() if done else (0, None, Stopped())
        finally:
            control.alarms.remove(wake)
        scheduler.reclaim(control)
        return outcome

    scheduler, owner, limit = run.scheduler()
    group = Group(owner, item_limit(limit, room), iter(thunks), room, notify, keep_errors)
    group.allowed = ahead
    scheduler.start(group)
    try:
        for read in range(1, len(thunks) + 1):
            outcome = get()
            if ahead is not None:
                scheduler.allow(group, ahead + read)
            yield outcome
            if outcome[2] is not None and not keep_errors:
                return
    finally:
        scheduler.kill(group)
