"""Leaves that every checker must refuse."""

from __future__ import annotations

import operator

from runlaw import Monoid, Runnable, const, lift, lift_batch, lift_stream, lift_transform, map_chunks, unpack
from tests.typing.parts import add, cats, chars, codes, half, later_codes, ratios, show, size, sizes_of, upper_all

total = Monoid(0, operator.add)
lift(3)
lift(add)
lift(show, nam="x")
lift(show, run_type="chian")
lift(show, tags="a")  # gap: mypy, plugin, pyrefly, pyright, ty
lift(show, blocking="no")
lift(show, max_batch_size=3)
lift(name="x")(add)
lift(name=3)(show)
lift(show).invoke("3")  # runs
lift(show).invoke(3).missing
lift_stream(show)
lift_stream(codes).invoke("a")
lift_stream(later_codes).invoke("a")
lift_stream(ratios).invoke("a")
lift_stream(cats)
lift_stream(name="x")(codes).invoke("a")
lift_stream(chars, monoid=total)  # runs
lift_stream(codes, monoid=operator.add)
lift_stream(monoid=total)(chars)  # runs
lift_stream(chars).invoke(3)
lift_transform(upper_all, monoid=total)  # runs
lift_transform(sizes_of).invoke("a")
lift_transform(name="x")(sizes_of).invoke("a")
lift_transform(show)
lift_transform(chars)
lift_transform(monoid=total)(upper_all)  # runs
lift_batch(show)
lift_batch(size, max_batch_size="2")
map_chunks(size).invoke("a")
map_chunks(half).invoke(3)
map_chunks(name="x")(size).invoke("a")
map_chunks(show, monoid=total)  # runs
map_chunks(add)
const(3).invoke()
unpack(add).invoke(1)
unpack(add).invoke((1, "2"))
unpack(add).invoke((1, 2.0, 3))
unpack(3)
wrong_output: Runnable[int, int] = lift(show)  # runs
wrong_input: Runnable[object, str] = lift(show)  # runs
