"""The types of programs, and the programs that are refused for their types."""

from __future__ import annotations

import gc
import pickle
import subprocess
import sys
import weakref
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import pytest
from pydantic import TypeAdapter
from returns.result import Result
from typing_extensions import NotRequired, TypedDict

from runlaw.algebra.records import fields_of
from runlaw.algebra.show import show
from runlaw.algebra.signatures import check_common_input, check_composition, signature
from runlaw.algebra.walk import name
from runlaw.kernel.config import Config
from runlaw.kernel.nodes import (
    Assign,
    Attempt,
    BatchFn,
    Branch,
    Configured,
    Const,
    Each,
    Fallbacks,
    Fn,
    Generate,
    Identity,
    Leaf,
    Listening,
    MapChunks,
    Node,
    Options,
    Parallel,
    Pick,
    Pipe,
    Retry,
    Timeout,
    Transform,
    Typed,
)
from runlaw.kernel.signature import UNKNOWN, Provisional, Signature

T = TypeVar("T")
U = TypeVar("U")
Whole = TypeVar("Whole", bound=int)


class A(TypedDict):
    a: int


class AC(A):
    c: str


class ABC(AC):
    b: str


class C(TypedDict):
    c: str


class MaybeA(TypedDict):
    a: NotRequired[int]


class Other: ...


def show_number(x: int) -> str:
    return str(x)


def length(x: str) -> int:
    return len(x)


def dup(x: T) -> tuple[T, T]:
    return (x, x)


def first(xs: Sequence[T]) -> T:
    return xs[0]


def swap(x: tuple[T, U]) -> tuple[U, T]:
    return (x[1], x[0])


def wrap(x: T) -> list[T]:
    return [x]


def double(x: Whole) -> Whole:
    return x


def apply(f: Callable[[int], T]) -> T:
    return f(1)


def positive(x: int) -> bool:
    return x > 0


def text_to_bytes(x: str) -> bytes:
    return x.encode()


def words(x: str) -> Iterator[str]:
    yield x


def upper(xs: Iterator[str]) -> Iterator[str]:
    yield from xs


def lengths(xs: Sequence[str]) -> list[int]:
    return []


def make_a(x: int) -> A:
    return {"a": x}


def make_ac(x: int) -> AC:
    return {"a": x, "c": ""}


def maybe_a(x: int) -> MaybeA:
    return {}


def table(x: int) -> dict[str, int]:
    return {}


def use_a(x: A) -> str:
    return ""


def use_c(x: C) -> bytes:
    return b""


def use_abc(x: ABC) -> int:
    return 1


def late(x: Missing) -> int:  # type: ignore[name-defined]  # noqa: F821 - what it is about
    return 1


def leaf(fn: Callable[..., Any], kind: type[Leaf] = Fn) -> Leaf:
    return kind(fn, Options(getattr(fn, "__name__", "leaf")), False)


def pipe(*steps: Callable[..., Any] | Node) -> Pipe:
    return Pipe(tuple(node(step) for step in steps))


def node(step: Callable[..., Any] | Node) -> Node:
    return step if isinstance(step, Node) else leaf(step)


def keyed(**branches: Callable[..., Any] | Node) -> Parallel:
    return Parallel(tuple((key, node(branch)) for key, branch in branches.items()), True)


def positional(*branches: Callable[..., Any] | Node) -> Parallel:
    return Parallel(tuple((str(n), node(branch)) for n, branch in enumerate(branches)), False)


def assign(**branches: Callable[..., Any] | Node) -> Assign:
    return Assign(tuple((key, node(branch)) for key, branch in branches.items()))


@dataclass(frozen=True)
class Lowered(Node):
    inner_program: Node

    def lower(self) -> Node:
        return self.inner_program

    __hash__ = Node.__hash__


@dataclass(frozen=True)
class Mute(Node):
    __hash__ = Node.__hash__


IDENTITY = Identity()
UNTYPED = leaf(lambda x: x)

PROGRAMS: list[tuple[Node, str, str]] = [
    # leaves
    (leaf(show_number), "int", "str"),
    (UNTYPED, "Any", "Any"),
    (leaf(words, Generate), "str", "str"),
    (leaf(upper, Transform), "str", "str"),
    (leaf(length, MapChunks), "str", "int"),
    (leaf(lengths, BatchFn), "str", "int"),
    (IDENTITY, "T", "T"),
    (Const("a"), "object", "str"),
    (Const(None), "object", "None"),
    # pipes
    (pipe(show_number, length), "int", "int"),
    (pipe(show_number, dup), "int", "tuple[str, str]"),
    (pipe(show_number, IDENTITY), "int", "str"),
    (pipe(show_number, dup, first), "int", "str"),
    (pipe(show_number, dup, dup), "int", "tuple[tuple[str, str], tuple[str, str]]"),
    (pipe(dup, dup), "T", "tuple[tuple[T, T], tuple[T, T]]"),
    (pipe(IDENTITY, length), "str", "int"),
    (pipe(dup, first, length), "str", "int"),
    (pipe(wrap, lambda x: x), "T", "Any"),
    (pipe(show_number, lambda x: x, wrap), "int", "list[Any]"),
    (pipe(positive, double), "int", "bool"),
    (pipe(Const("a"), dup, swap), "object", "tuple[str, str]"),
    (pipe(positional(show_number, positive), swap), "int", "tuple[bool, str]"),
    (pipe(Const(show_number), apply), "object", "T"),
    # parallels
    (positional(show_number, dup), "int", "tuple[str, tuple[int, int]]"),
    (positional(IDENTITY, length), "str", "tuple[str, int]"),
    (positional(IDENTITY, dup, wrap), "T", "tuple[T, tuple[T, T], list[T]]"),
    (positional(show_number, lambda x: x), "int", "tuple[str, Any]"),
    (positional(first, wrap, IDENTITY, leaf(lambda x: x)), "Sequence[T]", "tuple[T, list[Sequence[T]], Sequence[T], Any]"),
    (keyed(joke=show_number, poem=positive), "int", "TypedDict({'joke': str, 'poem': bool})"),
    (keyed(a=IDENTITY, b=dup), "T", "TypedDict({'a': T, 'b': tuple[T, T]})"),
    (pipe(show_number, keyed(a=IDENTITY, b=dup)), "int", "TypedDict({'a': str, 'b': tuple[str, str]})"),
    (keyed(x=use_a, y=use_c), "TypedDict({'a': int, 'c': str})", "TypedDict({'x': str, 'y': bytes})"),
    (keyed(x=use_a, y=lambda x: x), "A", "TypedDict({'x': str, 'y': Any})"),
    (keyed(x=use_a, y=use_abc), "ABC", "TypedDict({'x': str, 'y': int})"),
    # others
    (Each(leaf(show_number)), "Sequence[int]", "list[str]"),
    (Each(IDENTITY), "Sequence[T]", "list[T]"),
    (pipe(lengths, Each(leaf(show_number))), "Sequence[str]", "list[str]"),
    (Branch(((leaf(positive), leaf(show_number)),), leaf(dup)), "int", "str | tuple[int, int]"),
    (Branch(((leaf(positive), leaf(show_number)),), leaf(show_number)), "int", "str"),
    (Branch(((UNTYPED, leaf(length)),), UNTYPED), "str", "Any"),
    (Branch(((UNTYPED, leaf(length)),), IDENTITY), "str", "int | str"),
    (Fallbacks((leaf(show_number), leaf(dup)), (Exception,)), "int", "str | tuple[int, int]"),
    (Fallbacks((leaf(show_number), leaf(show_number)), (Exception,)), "int", "str"),
    (Retry(leaf(show_number), (Exception,), ()), "int", "str"),
    (Timeout(leaf(show_number), 1.0), "int", "str"),
    (Configured(leaf(show_number), Config(run_name="x")), "int", "str"),
    (Listening(leaf(show_number)), "int", "str"),
    (Attempt(leaf(show_number), (ValueError,)), "int", "Result[str, ValueError]"),
    (Attempt(IDENTITY, (ValueError, KeyError)), "T", "Result[T, ValueError | KeyError]"),
    (Typed(UNTYPED, int, str), "int", "str"),
    (Typed(leaf(show_number), None, bytes), "int", "bytes"),
    (Typed(UNTYPED, TypeAdapter(list[int]), TypeAdapter(int | None)), "list[int]", "int | None"),
    (Typed(IDENTITY, int), "int", "int"),
    (Typed(leaf(dup), str), "str", "tuple[str, str]"),
    (Lowered(pipe(show_number, dup)), "int", "tuple[str, str]"),
    (Mute(), "Any", "Any"),
    # records
    (assign(b=use_a), "A", "TypedDict({'a': int, 'b': str})"),
    (assign(b=lambda x: x), "Mapping[str, Any]", "TypedDict({'b': Any})"),
    (assign(a=use_a), "A", "TypedDict({'a': str})"),
    (pipe(make_ac, assign(b=use_a)), "int", "TypedDict({'a': int, 'c': str, 'b': str})"),
    (pipe(make_ac, assign(b=use_a), use_abc), "int", "int"),
    (pipe(make_ac, assign(all=dup)), "int", "TypedDict({'a': int, 'c': str, 'all': tuple[AC, AC]})"),
    (pipe(make_ac, Configured(assign(b=use_a), Config(run_name="x")), use_abc), "int", "int"),
    (pipe(make_ac, Retry(Listening(assign(b=use_a)), (Exception,), ()), use_abc), "int", "int"),
    (pipe(assign(b=use_a), use_abc), "A", "int"),
    (Pick(("a",), True), "TypedDict({'a': T1})", "T1"),
    (Pick(("a", "c"), False), "TypedDict({'a': T1, 'c': T2})", "TypedDict({'a': T1, 'c': T2})"),
    (pipe(make_ac, Pick(("c",), True)), "int", "str"),
    (pipe(make_ac, Pick(("c", "a"), False)), "int", "TypedDict({'c': str, 'a': int})"),
    (pipe(table, Pick(("c",), True)), "int", "int"),
    (pipe(maybe_a, Pick(("a",), True)), "int", "int"),
    (pipe(make_ac, positional(Pick(("a",), True), Pick(("c",), True))), "int", "tuple[int, str]"),
    (pipe(lambda x: x, Pick(("c",), True)), "Any", "Any"),
]


@pytest.mark.parametrize(("program", "taken", "given"), PROGRAMS, ids=lambda one: one if isinstance(one, str) else "")
def test_signature(program: Node, taken: str, given: str) -> None:
    found = signature(program)
    assert (show(found.input), show(found.output)) == (taken, given)
    assert signature(program) is found or found is UNKNOWN
    assert signature(program, strict=True) == found


@pytest.mark.parametrize("program", [program for program, _, _ in PROGRAMS if isinstance(program, Pipe)])
def test_what_has_a_type_is_accepted(program: Pipe) -> None:
    check_composition(program.steps, name)


def test_equal_programs_have_equal_types() -> None:
    assert signature(keyed(x=use_a, y=use_c)) == signature(keyed(x=use_a, y=use_c))
    assert signature(pipe(show_number, keyed(a=IDENTITY, b=dup))) == signature(pipe(show_number, keyed(a=IDENTITY, b=dup)))
    assert signature(Pick(("a", "b"), False)) == signature(Pick(("a", "b"), False))


def test_the_output_of_a_keyed_parallel_is_a_typed_dict() -> None:
    form = signature(keyed(joke=show_number, poem=positive)).output
    assert isinstance(form, type)
    assert form.__name__ == "RunnableParallel<joke,poem>Output"
    assert all(field.required for field in fields_of(form).values())
    adapter = TypeAdapter[Any](form)
    assert adapter.validate_python({"joke": "a", "poem": True}) == {"joke": "a", "poem": True}


def test_the_types_of_a_program_are_no_part_of_it() -> None:
    program = pipe(show_number, length)
    before = pickle.dumps(program)
    signature(program)
    assert pickle.dumps(program) == before
    assert program == pipe(show_number, length)
    assert hash(program) == hash(pipe(show_number, length))


def test_what_is_not_resolved_yet_is_found_later(monkeypatch: pytest.MonkeyPatch) -> None:
    program = positional(pipe(late, show_number), Each(leaf(late)), Attempt(leaf(late), (ValueError,)))
    assert isinstance(signature(program), Provisional)
    assert show(signature(program).input) == "Sequence[Any]"
    with pytest.raises(NameError, match=r"of parameter 'x' of late\(\) cannot be resolved: 'Missing' is not defined"):
        signature(program, strict=True)
    check_composition([leaf(show_number), leaf(late)], name)
    typed = Typed(leaf(late), bytes, int)
    assert signature(typed) == (bytes, int)
    assert not isinstance(signature(Typed(leaf(late), bytes, int)), Provisional)

    monkeypatch.setitem(late.__globals__, "Missing", bytes)
    assert signature(pipe(late, show_number)) == (bytes, str)
    assert signature(Each(leaf(late))).input == Sequence[bytes]


REFUSED: list[tuple[list[Node], str]] = [
    (
        [leaf(show_number), leaf(show_number)],
        "step 2 (show_number) cannot follow step 1 (show_number): show_number expected int, got str from show_number; "
        "change one of the two, put a step between them, or state their types with with_types(...)",
    ),
    (
        [leaf(length), leaf(show_number), leaf(dup), leaf(length)],
        "step 4 (length) cannot follow step 3 (dup): length expected str, got tuple[str, str] from dup; "
        "change one of the two, put a step between them, or state their types with with_types(...)",
    ),
    (
        [pipe(length, show_number), pipe(positive, length)],
        "step 3 (positive) cannot follow step 2 (show_number): positive expected int, got str from show_number; "
        "change one of the two, put a step between them, or state their types with with_types(...)",
    ),
    (
        [leaf(make_a), leaf(use_abc)],
        "step 2 (use_abc) cannot follow step 1 (make_a): use_abc expected ABC, got A from make_a, "
        "which lacks 'c', 'b'; "
        "change one of the two, put a step between them, or state their types with with_types(...)",
    ),
    (
        [leaf(make_a), Pick(("z",), True)],
        "step 2 (RunnablePick<z>) cannot follow step 1 (make_a): RunnablePick<z> expected TypedDict({'z': T1}), "
        "got A from make_a, which lacks 'z'; "
        "change one of the two, put a step between them, or state their types with with_types(...)",
    ),
    (
        [leaf(make_a), assign(b=use_a), leaf(use_abc)],
        "step 3 (use_abc) cannot follow step 2 (RunnableAssign<b>): use_abc expected ABC, "
        "got TypedDict({'a': int, 'b': str}) from RunnableAssign<b>, which lacks 'c'; "
        "change one of the two, put a step between them, or state their types with with_types(...)",
    ),
    (
        [leaf(show_number), leaf(double)],
        "step 2 (double) cannot follow step 1 (show_number): double expected Whole, got str from show_number; "
        "change one of the two, put a step between them, or state their types with with_types(...)",
    ),
    (
        [keyed(x=show_number), leaf(show_number)],
        "step 2 (show_number) cannot follow step 1 (RunnableParallel<x>): show_number expected int, "
        "got TypedDict({'x': str}) from RunnableParallel<x>; "
        "change one of the two, put a step between them, or state their types with with_types(...)",
    ),
    (
        [Attempt(leaf(show_number), (ValueError,)), leaf(length)],
        "step 2 (length) cannot follow step 1 (RunnableAttempt): length expected str, "
        "got Result[str, ValueError] from RunnableAttempt; "
        "change one of the two, put a step between them, or state their types with with_types(...)",
    ),
]


@pytest.mark.parametrize(("steps", "message"), REFUSED)
def test_steps_that_cannot_fit_are_refused(steps: list[Node], message: str) -> None:
    with pytest.raises(TypeError) as caught:
        check_composition(steps, name)
    assert str(caught.value) == message


@pytest.mark.parametrize(
    "steps",
    [
        [show_number, swap],
        [dup, double, length],
        [IDENTITY, length, length],
        [Each(leaf(show_number)), Each(leaf(show_number))],
        [keyed(x=show_number), Pick(("x",), True), show_number],
        [Const("a"), show_number],
        [Typed(UNTYPED, int, str), show_number],
        [Fallbacks((leaf(show_number), leaf(positive)), (Exception,)), length],
        [Lowered(leaf(show_number)), Lowered(leaf(show_number))],
        [positional(show_number, show_number), first, show_number],
    ],
)
def test_other_steps_that_cannot_fit(steps: list[Any]) -> None:
    with pytest.raises(TypeError, match="cannot follow step"):
        check_composition([node(step) for step in steps], name)


@pytest.mark.parametrize(
    "steps",
    [
        [show_number],
        [show_number, lambda x: x, show_number],
        [positive, show_number],
        [show_number, Const(1), show_number],
        [positive, double, positive],
        [keyed(x=show_number), Pick(("x",), True), length],
        [lambda x: {}, assign(b=use_a), use_abc],
        [table, use_a],
        [apply, show_number],
        [Typed(leaf(show_number), None, int), positive],
    ],
)
def test_steps_that_fit(steps: list[Any]) -> None:
    check_composition([node(step) for step in steps], name)


def test_classes_of_one_name_are_told_apart() -> None:
    other = type("Other", (), {"__module__": "elsewhere"})

    def make(x: int) -> Any:
        return x

    def use(x: Any) -> int:
        return 1

    make.__annotations__["return"] = Other
    use.__annotations__["x"] = other
    with pytest.raises(TypeError, match=rf"use expected elsewhere\.Other, got {__name__}\.Other from make"):
        check_composition([leaf(make), leaf(use)], name)


COMMON: list[tuple[list[tuple[str, Node]], str]] = [
    (
        [("a", leaf(show_number)), ("b", leaf(length))],
        "parallel() gives one input to all, but a (show_number) expected int and b (length) expected str, "
        "and no value is both; "
        "change one of the two, or put a step before it that makes what it takes of the common input",
    ),
    (
        [("a", UNTYPED), ("b", IDENTITY), ("c", leaf(use_a)), ("d", leaf(positive))],
        "parallel() gives one input to all, but c (use_a) expected A and d (positive) expected int, "
        "and no value is both; "
        "change one of the two, or put a step before it that makes what it takes of the common input",
    ),
]


@pytest.mark.parametrize(("branches", "message"), COMMON)
def test_branches_without_a_common_input_are_refused(branches: list[tuple[str, Node]], message: str) -> None:
    with pytest.raises(TypeError) as caught:
        check_common_input(branches, "parallel")
    assert str(caught.value) == message


def test_branches_with_a_common_input_are_accepted() -> None:
    check_common_input([("a", leaf(use_a)), ("b", leaf(use_c)), ("c", leaf(use_abc))], "parallel")
    check_common_input([("a", leaf(show_number)), ("b", IDENTITY), ("c", UNTYPED), ("d", leaf(dup))], "parallel")
    check_common_input([(str(n), leaf(show_number)) for n in range(1000)], "parallel")


def test_long_pipes() -> None:
    untyped = [leaf(lambda x: x) for _ in range(100_000)]
    check_composition(untyped, name)
    assert signature(Pipe(tuple(untyped))) == UNKNOWN
    same = [leaf(double) for _ in range(100_000)]
    check_composition(same, name)
    assert show(signature(pipe(positive, *same[:10_000])).output) == "bool"
    with pytest.raises(TypeError, match=r"step 100001 \(length\) cannot follow step 100000 \(double\)"):
        check_composition([leaf(positive), *same[1:], leaf(length)], name)


def test_types_that_grow_without_end_become_any() -> None:
    doubled = pipe(show_number, *[leaf(dup)] * 1000)
    assert signature(doubled) == (int, Any)
    wrapped = pipe(show_number, *[leaf(wrap)] * 1000)
    assert signature(wrapped) == (int, Any)
    assert show(signature(pipe(show_number, *[leaf(wrap)] * 100)).output) == "list[" * 100 + "str" + "]" * 100


def test_deep_programs() -> None:
    program: Node = leaf(show_number)
    for _ in range(150):
        program = Each(program)
    assert show(signature(program).output) == "list[" * 150 + "str" + "]" * 150
    check_composition([program, program], name)
    for _ in range(70):
        program = Each(Parallel((("a", Retry(program, (Exception,), ())),), True))
    assert isinstance(signature(program), Signature)


def test_programs_are_not_kept_alive_by_their_types() -> None:
    def local(x: int) -> list[str]:
        return []

    program: Node | None = keyed(a=local, b=local)
    assert program is not None
    signature(program)
    watched = weakref.ref(program), weakref.ref(local)
    del program, local
    gc.collect()
    assert [one() for one in watched] == [None, None]


def test_heavy_packages_are_imported_only_where_needed() -> None:
    code = (
        "import sys\n"
        "from runlaw.algebra.signatures import signature, check_composition\n"
        "from runlaw.kernel.nodes import Fn, Options, Each, Pipe\n"
        "def f(x: int) -> list[int]: return [x]\n"
        "leaf = Fn(f, Options('f'), False)\n"
        "signature(Pipe((leaf, Each(leaf))))\n"
        "print([m for m in ('pydantic', 'returns', 'typing_extensions') if m in sys.modules])\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_mappings_count_as_records() -> None:
    def use(x: Mapping[str, int]) -> int:
        return 1

    assert signature(assign(b=use)).input == Mapping[str, int]
    assert Result is not None
