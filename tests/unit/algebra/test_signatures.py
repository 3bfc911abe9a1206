"""The types of programs of every kind."""

from __future__ import annotations

import gc
import pickle
import subprocess
import sys
import weakref
from collections.abc import Mapping, Sequence
from typing import Any

import pytest
from pydantic import TypeAdapter
from returns.result import Result

from runlaw.algebra.records import fields_of
from runlaw.algebra.show import show
from runlaw.algebra.signatures import check_composition, signature
from runlaw.algebra.walk import name
from runlaw.kernel.config import Config
from runlaw.kernel.nodes import (
    Attempt,
    BatchFn,
    Branch,
    Configured,
    Const,
    Each,
    Fallbacks,
    Generate,
    Listening,
    MapChunks,
    Node,
    Parallel,
    Pick,
    Pipe,
    Retry,
    Timeout,
    Transform,
    Typed,
)
from runlaw.kernel.signature import UNKNOWN, Provisional, Signature
from tests.unit.algebra.program_samples import (
    IDENTITY,
    UNTYPED,
    Lowered,
    Mute,
    apply,
    assign,
    double,
    dup,
    first,
    keyed,
    late,
    leaf,
    length,
    lengths,
    make_ac,
    maybe_a,
    pipe,
    positional,
    positive,
    show_number,
    swap,
    table,
    upper,
    use_a,
    use_abc,
    use_c,
    words,
    wrap,
)

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
    (
        positional(first, wrap, IDENTITY, leaf(lambda x: x)),
        "Sequence[T]",
        "tuple[T, list[Sequence[T]], Sequence[T], Any]",
    ),
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
    assert signature(pipe(show_number, keyed(a=IDENTITY, b=dup))) == signature(
        pipe(show_number, keyed(a=IDENTITY, b=dup))
    )
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
