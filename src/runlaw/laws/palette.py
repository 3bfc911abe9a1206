"""Small leaves of every kind, to make random programs of: importable, so that programs pickle and print as code.

Every leaf is a pure function of its input. Those that read or give chunks respect sums: however their input is
cut, what they give adds up to the same. ``LEAVES`` lists them by what they take and give, the simplest first.
"""

from __future__ import annotations

import asyncio
import operator
from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from returns.result import Result
from typing_extensions import TypedDict

from runlaw.combinators.leaves import unpack
from runlaw.combinators.lift import lift
from runlaw.combinators.lift_batch import lift_batch
from runlaw.combinators.lift_stream import lift_stream
from runlaw.combinators.lift_transform import lift_transform
from runlaw.combinators.map_chunks import map_chunks
from runlaw.combinators.parallel import parallel
from runlaw.combinators.pipe import pipe
from runlaw.extend import Node
from runlaw.kernel.monoid import BY_VALUE, last
from runlaw.kernel.semigroup import Monoid
from runlaw.runnable import Runnable

T = TypeVar("T")
A = TypeVar("A")
B = TypeVar("B")


class Boom(Exception):
    """What failing leaves raise."""


class OtherBoom(Exception):
    """Another kind of failure."""


class Record(TypedDict):
    """The record that random programs take and give."""

    a: str
    b: int


# ------------------------------------------------------------------ text to text


@lift
def exclaim(text: str) -> str:
    """A plain function."""
    return text + "!"


@lift(blocking=False)
def shout(text: str) -> str:
    """A quick function."""
    return text.upper()


@lift
async def ashout(text: str) -> str:
    """An async function that waits."""
    await asyncio.sleep(0)
    return text.upper()


@lift
def strict(text: str) -> str:
    """Fails for texts with an x."""
    if "x" in text:
        raise Boom(f"no {text!r}")
    return text


@lift
async def astrict(text: str) -> str:
    """Fails, asynchronously, for texts with an a."""
    await asyncio.sleep(0)
    if "a" in text:
        raise OtherBoom(f"not {text!r}")
    return text


@lift
def boom(text: str) -> str:
    """Fails always."""
    raise Boom(f"never {text!r}")


@lift
def stops(text: str) -> str:
    """Lets a ``StopIteration`` escape."""
    if text:
        raise StopIteration(text)
    return text


@lift_stream
def letters(text: str) -> Iterator[str]:
    """A generator of chunks."""
    yield from text


@lift_stream(blocking=False)
def pieces(text: str) -> Iterator[str]:
    """A quick generator of chunks, with an empty one."""
    yield ""
    yield from text.partition(" ")


@lift_stream
async def aletters(text: str) -> AsyncIterator[str]:
    """An async generator of chunks."""
    for letter in text:
        await asyncio.sleep(0)
        yield letter


@lift_stream
def breaks(text: str) -> Iterator[str]:
    """Fails after its first chunk, for texts with an x."""
    yield text[:1]
    if "x" in text:
        raise Boom(f"broke off {text!r}")
    yield text[1:]


@lift_transform
def upper(chunks: Iterator[str]) -> Iterator[str]:
    """A generator from chunks to chunks."""
    for chunk in chunks:
        yield chunk.upper()


@lift_transform(blocking=False)
def spaced(chunks: Iterator[str]) -> Iterator[str]:
    """A quick one, that gives several chunks for one."""
    for chunk in chunks:
        for letter in chunk:
            yield letter
            yield "."


@lift_transform
async def aupper(chunks: AsyncIterator[str]) -> AsyncIterator[str]:
    """An async generator from chunks to chunks."""
    async for chunk in chunks:
        yield chunk.upper()


@lift_transform
def until_x(chunks: Iterator[str]) -> Iterator[str]:
    """Ends before its input does."""
    for chunk in chunks:
        yield chunk.partition("x")[0]
        if "x" in chunk:
            return


@lift_transform
def careful(chunks: Iterator[str]) -> Iterator[str]:
    """Fails where a chunk has an x, after what comes before it."""
    for chunk in chunks:
        head, found, _ = chunk.partition("x")
        if head:
            yield head
        if found:
            raise Boom("an x came")


@map_chunks
def swap(text: str) -> str:
    """A function that respects sums."""
    return text.swapcase()


@lift_batch
def titles(texts: Sequence[str]) -> list[str]:
    """A function of groups."""
    return [text.title() for text in texts]


@lift_batch(max_batch_size=2)
async def atitles(texts: Sequence[str]) -> list[str]:
    """An async function of groups of two."""
    await asyncio.sleep(0)
    return [text.title() for text in texts]


@lift_batch(max_batch_size=2, blocking=False)
def strict_titles(texts: Sequence[str]) -> list[str]:
    """A function of groups that fails where one of the texts has an x."""
    for text in texts:
        if "x" in text:
            raise Boom(f"no {text!r} in a group")
    return [text.title() for text in texts]


# --------------------------------------------------------------- to and from others


@lift(blocking=False)
def length(text: str) -> int:
    """A text's length."""
    return len(text)


@lift_transform(monoid=Monoid(0, operator.add))
def lengths(chunks: Iterator[str]) -> Iterator[int]:
    """The lengths of the chunks, which add up."""
    for chunk in chunks:
        yield len(chunk)


@lift_transform(monoid=last)
def so_far(chunks: Iterator[str]) -> Iterator[int]:
    """Snapshots: the length so far."""
    total = 0
    yield total
    for chunk in chunks:
        total += len(chunk)
        yield total


@lift_stream(monoid=Monoid("", operator.add, finish=len))
def measured(text: str) -> Iterator[Any]:  # Any: chunks of text, of which the sum is finished to a number
    """Chunks whose sum is finished into a value of another type."""
    yield from text


@lift(blocking=False)
def increment(number: int) -> int:
    """The next number."""
    return number + 1


@lift
async def adouble(number: int) -> int:
    """Twice the number, asynchronously."""
    await asyncio.sleep(0)
    return number * 2


@lift(blocking=False)
def divide(number: int) -> int:
    """Fails for 0."""
    return 12 // number


@lift(blocking=False)
def show(number: int) -> str:
    """The number as text."""
    return str(number)


@lift_stream
def tally(number: int) -> Iterator[str]:
    """As many strokes, at most five; none for a number that is not positive."""
    for _ in range(min(number, 5)):
        yield "|"


@lift(blocking=False)
def split(text: str) -> list[str]:
    """The words of a text."""
    return text.split()


@lift_stream
def words(text: str) -> Iterator[list[str]]:
    """The words of a text, one at a time."""
    for word in text.split():
        yield [word]


@lift
def join(words: list[str]) -> str:
    """The words as a text."""
    return " ".join(words)


@lift_transform
def run_together(chunks: Iterator[list[str]]) -> Iterator[str]:
    """The words as a text, without spaces, as they come."""
    for chunk in chunks:
        yield "".join(chunk)


@lift(blocking=False)
def size(words: list[str]) -> int:
    """How many words there are."""
    return len(words)


@map_chunks
def doubled(words: list[str]) -> list[str]:
    """Every word twice."""
    return [word for word in words for _ in range(2)]


@lift
def backwards(words: list[str]) -> list[str]:
    """The words in reverse."""
    return words[::-1]


@lift(blocking=False)
def labelled(record: Record) -> str:
    """A record as a text."""
    return f"{record['a']}{record['b']}"


@lift(blocking=False)
def recorded(text: str) -> Record:
    """A text as a record."""
    return {"a": text, "b": len(text)}


@lift_stream
def growing(text: str) -> Iterator[Record]:
    """A record in two chunks."""
    yield {"a": text, "b": len(text)}


@unpack
def repeated(text: str, number: int) -> str:
    """A text several times."""
    return text * min(number, 3)


@lift(blocking=False)
def paired(text: str) -> tuple[str, int]:
    """A text and its length."""
    return text, len(text)


# ---------------------------------------------------------------------- generic


@lift(blocking=False)
def same(value: T) -> T:
    """Any value itself, by a step that collects."""
    return value


@lift_transform(monoid=BY_VALUE)
def pass_on(chunks: Iterator[T]) -> Iterator[T]:
    """Chunks of any type as they are."""
    yield from chunks


@lift_transform(monoid=BY_VALUE)
async def apass_on(chunks: AsyncIterator[T]) -> AsyncIterator[T]:
    """Chunks of any type as they are, asynchronously."""
    async for chunk in chunks:
        yield chunk


@lift(blocking=False)
def boxed(value: T) -> list[T]:
    """Any value in a list."""
    return [value]


@lift(blocking=False)
def yes(value: object) -> bool:
    """Always true."""
    return True


@lift(blocking=False)
def no(value: object) -> bool:
    """Always false."""
    return False


@lift(blocking=False)
def truthy(value: object) -> bool:
    """Whether the value is true as Python sees it."""
    return bool(value)


@lift(blocking=False)
def refuses(value: object) -> bool:
    """A predicate that fails for what is true as Python sees it."""
    if value:
        raise Boom("cannot tell")
    return False


@lift
def fails(value: object) -> Any:  # Any: it gives nothing, so it fits everything
    """Fails with a ``Boom`` that does not depend on the input."""
    raise Boom("it fails")


@lift(blocking=False)
def fails_too(value: object) -> Any:  # Any: as above
    """Fails with an ``OtherBoom``."""
    raise OtherBoom("it fails too")


@lift
def overflows(value: object) -> Any:  # Any: as above
    """Fails with a ``RecursionError``, which no policy may catch."""
    raise RecursionError("too deep")


@lift(blocking=False)
def told(result: Result[Any, Exception]) -> str:  # Any: a result of whatever type
    """A ``Result`` as a text."""
    failure = result.swap().value_or(None)
    return f"ok {result.value_or(None)}" if failure is None else f"{type(failure).__name__}: {failure}"


# --------------------------------------------------------------- kinds of one's own


@dataclass(frozen=True)
class Twice(Node[T, T]):
    """A kind of one's own: a program after itself."""

    inner: Runnable[T, T]

    def lower(self) -> Runnable[T, T]:
        """What it means in terms of the others."""
        return pipe(self.inner, self.inner)


@dataclass(frozen=True)
class Both(Node[A, tuple[B, B]], Generic[A, B]):
    """A kind of one's own: a program's value, twice."""

    inner: Runnable[A, B]

    def lower(self) -> Runnable[A, tuple[B, B]]:
        """What it means in terms of the others."""
        return parallel(self.inner, self.inner)


class Ignore:
    """A listener that does nothing."""

    def __call__(self, event: object) -> None:
        """Nothing."""

    def __repr__(self) -> str:
        return "ignore"

    def __reduce__(self) -> str:
        return "ignore"


ignore: Ignore = Ignore()

Kind = Any  # Any: a type form
Leaf = Any  # Any: a Runnable of whatever types; a checker may not know whether a generic one adds up
TYPES: tuple[Kind, ...] = (str, int, list[str], Record, tuple[str, int])
GENERIC: tuple[Leaf, ...] = (same, pass_on, apass_on)
LEAVES: dict[tuple[Kind, Kind], tuple[Leaf, ...]] = {
    (str, str): (
        exclaim, shout, ashout, strict, letters, upper, swap, titles, boom, breaks, pieces, aletters, spaced, aupper,
        until_x, careful, atitles, strict_titles, astrict, stops,
    ),
    (str, int): (length, lengths, so_far, measured),
    (int, int): (increment, adouble, divide),
    (int, str): (show, tally),
    (str, list[str]): (split, words),
    (list[str], str): (join, run_together),
    (list[str], int): (size,),
    (list[str], list[str]): (doubled, backwards),
    (Record, str): (labelled,),
    (str, Record): (recorded, growing),
    (tuple[str, int], str): (repeated,),
    (str, tuple[str, int]): (paired,),
}  # fmt: skip
CONSTANTS: dict[Kind, Any] = {  # Any: a user's values
    str: "c",
    int: 7,
    list[str]: ["c"],
    Record: {"a": "c", "b": 7},
    tuple[str, int]: ("c", 7),
}  # Any: a user's values
