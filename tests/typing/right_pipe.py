"""Pipes that every checker must accept, with exactly these types."""

from __future__ import annotations

from functools import partial
from typing import assert_type

from runlaw import Runnable, identity, lift, parallel, pipe
from tests.typing.parts import (
    Box,
    Scaler,
    add,
    adopt,
    boxed,
    describe,
    double,
    dup,
    first,
    half,
    joined,
    later_size,
    maybe,
    named,
    norm,
    nothing,
    or_zero,
    pet,
    point,
    positive,
    same,
    show,
    size,
    swap,
    unboxed,
    words,
)

assert_type(pipe(show), Runnable[int, str])
assert_type(pipe(show, size), Runnable[int, int])
assert_type(pipe(lift(show), lift(size)), Runnable[int, int])
assert_type(pipe(lift(show), size), Runnable[int, int])
assert_type(pipe(show, lift(size)), Runnable[int, int])
assert_type(pipe(show, words, joined), Runnable[int, str])
assert_type(pipe(maybe, or_zero), Runnable[str, int])
assert_type(pipe(size, half), Runnable[str, float])
assert_type(pipe(adopt, pet), Runnable[str, str])
assert_type(pipe(point, norm), Runnable[int, int])
assert_type(pipe(size, describe), Runnable[str, str])
assert_type(pipe(show, nothing), Runnable[int, None])
assert_type(pipe(positive, double), Runnable[int, int])
assert_type(pipe(show, dup), Runnable[int, tuple[str, str]])
assert_type(pipe(show, dup, swap), Runnable[int, tuple[str, str]])  # gap: ty
assert_type(pipe(show, same), Runnable[int, str])
assert_type(pipe(show, boxed), Runnable[int, Box[str]])  # gap: ty
assert_type(pipe(show, boxed, unboxed), Runnable[int, str])  # gap: ty
assert_type(pipe(show, words, first), Runnable[int, str])
assert_type(pipe(show, boxed, boxed, unboxed, unboxed, size), Runnable[int, int])  # gap: mypy
assert_type(pipe(show, identity), Runnable[int, str])
assert_type(pipe(show, identity, size), Runnable[int, int])
assert_type(pipe(show, lambda x: x + "!"), Runnable[int, str])  # gap: mypy
assert_type(pipe(show, lambda x: [x]), Runnable[int, list[str]])
assert_type(pipe(show, lambda x: len(x), lambda n: n + 1), Runnable[int, int])
assert_type(pipe(size, parallel(show, half)), Runnable[str, tuple[str, float]])
assert_type(pipe(parallel(show, half), swap), Runnable[int, tuple[float, str]])  # gap: ty
assert_type(pipe(pipe(show, size), pipe(show, size)), Runnable[int, int])
assert_type(pipe(Scaler().bound, Scaler.static), Runnable[int, int])
assert_type(pipe(Scaler().bound, Scaler.of_class), Runnable[int, bytes])
assert_type(pipe(size, Scaler()), Runnable[str, float])
assert_type(pipe(show, str.upper), Runnable[int, str])
assert_type(pipe(show, str.split, len), Runnable[int, int])
assert_type(pipe(size, partial(add, y=0.5)), Runnable[str, float])
assert_type(pipe(show, lift(later_size)), Runnable[int, int])
assert_type(pipe(named, lambda record: record["size"]), Runnable[str, int])  # gap: mypy
assert_type(lift(show) | size, Runnable[int, int])
assert_type(lift(show) | lift(size), Runnable[int, int])
assert_type(show | lift(size), Runnable[int, int])
assert_type(lift(show) | dup, Runnable[int, tuple[str, str]])
assert_type(lift(show) | identity, Runnable[int, str])
assert_type(lift(show) | words | len | half, Runnable[int, float])
assert_type(lift(show) | (lambda x: x.split()), Runnable[int, list[str]])  # gap: pyrefly, pyright, ty
assert_type(lift(show).pipe(size), Runnable[int, int])
assert_type(lift(show).pipe(words, joined, size), Runnable[int, int])
assert_type(lift(show).pipe(lambda x: x.split(), lambda ws: len(ws)), Runnable[int, int])
assert_type(lift(show).pipe(dup, swap, first), Runnable[int, str])  # gap: ty
assert_type(
    pipe(show, size, show, size, show, size, show, size, show, size, show, size, show, size, show, size),
    Runnable[int, int],
)
assert_type(
    pipe(show, size, show, size, show, size, show, size, show, size, show, size, show, size, show, dup),
    Runnable[int, tuple[str, str]],
)
