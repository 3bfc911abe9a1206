"""Leaves that every checker must accept, with exactly these types."""

from __future__ import annotations

import operator
from collections import OrderedDict, defaultdict
from collections.abc import AsyncIterator, Iterator, Sequence
from functools import partial
from typing import assert_type

from runlaw import (
    Monoid,
    Runnable,
    Semigroup,
    const,
    last,
    lift,
    lift_batch,
    lift_stream,
    lift_transform,
    map_chunks,
    unpack,
)
from tests.typing.parts import (
    Cat,
    Point,
    Scaler,
    Words,
    add,
    cats,
    chars,
    codes,
    greet,
    half,
    later_add,
    later_chars,
    later_codes,
    later_size,
    later_sizes,
    later_upper_all,
    lists,
    point,
    points,
    ratios,
    shout,
    show,
    size,
    sizes,
    sizes_of,
    sums,
    upper_all,
    words,
)


def ordered(text: str) -> Iterator[OrderedDict[str, str]]:
    yield OrderedDict(text=text)


def grouped(text: str) -> Iterator[defaultdict[str, list[str]]]:
    yield defaultdict(list, {text: [text]})


total = Monoid(0, operator.add)
longest: Semigroup[str] = Semigroup(lambda a, b: max(a, b, key=len))

assert_type(lift(show), Runnable[int, str])
assert_type(lift(later_size), Runnable[str, int])
assert_type(lift(Scaler()), Runnable[int, float])
assert_type(lift(Scaler().bound), Runnable[int, str])
assert_type(lift(Scaler.static), Runnable[str, int])
assert_type(lift(Scaler.of_class), Runnable[str, bytes])
assert_type(lift(partial(add, y=0.5)), Runnable[int, float])  # gap: mypy, pyrefly
assert_type(lift(str.upper), Runnable[str, str])
assert_type(lift(show, name="show"), Runnable[int, str])
assert_type(lift(later_size, run_type="tool", tags=["a"]), Runnable[str, int])
assert_type(lift(show, metadata={"a": 1}, blocking=False), Runnable[int, str])
assert_type(lift(name="show")(show), Runnable[int, str])
assert_type(lift(name="size")(later_size), Runnable[str, int])
assert_type(lift_stream(chars), Runnable[str, str])
assert_type(lift_stream(later_chars), Runnable[str, str])
assert_type(lift_stream(lists), Runnable[int, list[int]])
assert_type(lift_stream(ordered), Runnable[str, OrderedDict[str, str]])
assert_type(lift_stream(grouped), Runnable[str, defaultdict[str, list[str]]])
assert_type(lift_stream(sums), Runnable[int, Words])
assert_type(lift_stream(points), Runnable[int, Point])
assert_type(lift_stream(chars, name="chars"), Runnable[str, str])
assert_type(lift_stream(codes, monoid=total), Runnable[str, int])
assert_type(lift_stream(codes, monoid=last), Runnable[str, int])
assert_type(lift_stream(later_codes, monoid=last), Runnable[str, int])
assert_type(lift_stream(later_codes, monoid=total), Runnable[str, int])
assert_type(lift_stream(cats, monoid=last), Runnable[int, Cat])
assert_type(lift_stream(points, monoid=last), Runnable[int, Point])
assert_type(lift_stream(chars, monoid=longest), Runnable[str, str])
assert_type(lift_stream(ratios, monoid=Monoid(0.0, max)), Runnable[str, float])
assert_type(lift_stream(codes, monoid=Semigroup(max)), Runnable[str, int])  # gap: ty
assert_type(lift_stream(name="chars")(chars), Runnable[str, str])
assert_type(lift_stream(name="chars")(later_chars), Runnable[str, str])
assert_type(lift_stream(monoid=last)(codes), Runnable[str, int])
assert_type(lift_stream(monoid=last)(later_codes), Runnable[str, int])
assert_type(lift_stream(monoid=total)(codes), Runnable[str, int])
assert_type(lift_transform(upper_all), Runnable[str, str])
assert_type(lift_transform(later_upper_all), Runnable[str, str])
assert_type(lift_transform(sizes_of, monoid=total), Runnable[str, int])
assert_type(lift_transform(sizes_of, monoid=last), Runnable[str, int])
assert_type(lift_transform(name="upper")(upper_all), Runnable[str, str])
assert_type(lift_transform(name="upper")(later_upper_all), Runnable[str, str])
assert_type(lift_transform(monoid=last)(sizes_of), Runnable[str, int])
assert_type(lift_transform(monoid=total)(sizes_of), Runnable[str, int])
assert_type(lift_batch(sizes), Runnable[str, int])
assert_type(lift_batch(later_sizes), Runnable[str, int])
assert_type(lift_batch(sizes, max_batch_size=8), Runnable[str, int])
assert_type(lift_batch(max_batch_size=8)(sizes), Runnable[str, int])
assert_type(lift_batch(max_batch_size=8)(later_sizes), Runnable[str, int])
assert_type(map_chunks(shout), Runnable[str, str])
assert_type(map_chunks(words), Runnable[str, list[str]])
assert_type(map_chunks(point), Runnable[int, Point])
assert_type(map_chunks(size, monoid=total), Runnable[str, int])
assert_type(map_chunks(half, monoid=last), Runnable[int, float])
assert_type(map_chunks(name="shout")(shout), Runnable[str, str])
assert_type(map_chunks(monoid=last)(half), Runnable[int, float])
assert_type(const(size("a")), Runnable[object, int])
assert_type(const(show(3)), Runnable[object, str])
assert_type(const(Cat()), Runnable[object, Cat])
assert_type(unpack(add), Runnable[tuple[int, float], float])
assert_type(unpack(later_add), Runnable[tuple[int, float], float])
assert_type(unpack(greet), Runnable[tuple[str, int, bytes], str])
assert_type(unpack(show), Runnable[tuple[int], str])


@lift
def bare(x: int) -> str:
    return str(x)


@lift
async def bare_async(x: int) -> str:
    return str(x)


@lift(name="other", tags=["a"], blocking=False)
def with_options(x: int) -> str:
    return str(x)


@lift(run_type="tool")
async def with_options_async(x: int) -> str:
    return str(x)


@lift_stream
def streaming(x: int) -> Iterator[str]:
    yield str(x)


@lift_stream
async def streaming_async(x: int) -> AsyncIterator[str]:
    yield str(x)


@lift_stream(name="stream")
def streaming_with_options(x: int) -> Iterator[list[str]]:
    yield [str(x)]


@lift_stream(monoid=last)
def snapshots(x: int) -> Iterator[int]:
    yield x


@lift_stream(monoid=total)
def counting(x: int) -> Iterator[int]:
    yield x


@lift_transform
def transforming(chunks: Iterator[int]) -> Iterator[str]:
    for chunk in chunks:
        yield str(chunk)


@lift_transform(monoid=last, name="sizes")
def transforming_snapshots(chunks: Iterator[str]) -> Iterator[int]:
    for chunk in chunks:
        yield len(chunk)


@lift_batch
def grouping(group: Sequence[int]) -> list[str]:
    return [str(x) for x in group]


@lift_batch(max_batch_size=2)
async def grouping_async(group: Sequence[int]) -> list[str]:
    return [str(x) for x in group]


@map_chunks
def by_chunk(x: str) -> bytes:
    return x.encode()


@unpack
def taking_two(x: int, y: str) -> str:
    return x * y


assert_type(bare, Runnable[int, str])
assert_type(bare_async, Runnable[int, str])
assert_type(with_options, Runnable[int, str])
assert_type(with_options_async, Runnable[int, str])
assert_type(streaming, Runnable[int, str])
assert_type(streaming_async, Runnable[int, str])
assert_type(streaming_with_options, Runnable[int, list[str]])
assert_type(snapshots, Runnable[int, int])
assert_type(counting, Runnable[int, int])
assert_type(transforming, Runnable[int, str])
assert_type(transforming_snapshots, Runnable[str, int])
assert_type(grouping, Runnable[int, str])
assert_type(grouping_async, Runnable[int, str])
assert_type(by_chunk, Runnable[str, bytes])
assert_type(taking_two, Runnable[tuple[int, str], str])
