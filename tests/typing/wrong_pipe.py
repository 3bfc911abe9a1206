"""Pipes that every checker must refuse."""

from __future__ import annotations

from functools import partial

from runlaw import Runnable, attempt, identity, lift, parallel, pipe
from tests.typing.parts import (
    Cat,
    Scaler,
    add,
    adopt,
    boxed,
    double,
    dup,
    first,
    half,
    later_size,
    maybe,
    named,
    norm,
    pet,
    point,
    positive,
    show,
    size,
    swap,
    unboxed,
    words,
)

pipe()
pipe(3)
pipe(show, 3)
pipe(show, "size")
pipe(show, double)
pipe(size, size)
pipe(lift(show), lift(double))
pipe(lift(show), double)
pipe(show, lift(double))
pipe(show, size, size)
pipe(show, words, size)
pipe(size, show, double)
pipe(maybe, double)
pipe(half, double)
pipe(pet, Cat.__name__.count, size)  # runs
pipe(show, norm)
pipe(named, norm)
pipe(point, size)
pipe(size, pet)
pipe(show, dup, size)
pipe(show, swap)
pipe(show, dup, swap, size)
pipe(show, unboxed)
pipe(show, boxed, size)
pipe(size, first)
pipe(show, words, first, double)  # gap: ty
pipe(show, identity, double)
pipe(show, add)
pipe(size, partial(add, y="a"))  # runs
pipe(show, Scaler())
pipe(show, Scaler().bound)
pipe(size, str.upper)
pipe(show, str.split, str.upper)  # gap: pyrefly
pipe(show, lambda: 3)
pipe(show, lambda a, b: a)
pipe(show, lift(later_size), size)
pipe(parallel(show, half), size)
pipe(parallel(show, half), lift(swap), norm)
pipe(show, attempt(size), half)
pipe(pipe(show, size), pipe(words, len))
pipe(show, [size])
pipe(show, {"a": size})  # runs  # gap: plugin  # runs
pipe(show, None)
pipe(
    show, size, show, size, show, size, show, size, show, size, show, size, show, size, show, size, show
)  # runs  # gap: plugin  # runs
pipe(show, size, show, size, show, size, show, size, show, size, show, size, show, size, show, double)
pipe(show, steps=[size])
lift(show) | double
lift(show) | lift(double)
lift(show) | 3
lift(show) | lift(size) | size
double | lift(size)
3 | lift(size)
lift(show) | dup | size
lift(show) | identity | double
lift(show).pipe()  # runs
lift(show).pipe(double)
lift(show).pipe(size, size)
lift(show).pipe(words, len, size)
lift(show).pipe(3)
lift(show) | norm
lift(adopt) | norm
positive | identity | size
identity.pipe(show, double)
identity | pipe(show, double)
not_this_input: Runnable[str, str] = pipe(show, size, show)  # runs
not_this_output: Runnable[int, str] = pipe(show, size)  # runs
not_a_tuple: Runnable[int, str] = pipe(show, dup)  # runs
