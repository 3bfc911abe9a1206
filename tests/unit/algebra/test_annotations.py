"""What is read off functions of every kind: their types, with string annotations as this module has them."""

from __future__ import annotations

import abc
import functools
import gc
import sys
import typing
import weakref
from collections.abc import (
    AsyncGenerator,
    AsyncIterable,
    AsyncIterator,
    Awaitable,
    Callable,
    Coroutine,
    Generator,
    Iterable,
    Iterator,
    Mapping,
    Sequence,
)
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Annotated, Any, Generic, NamedTuple, NewType, ParamSpec, Self, TypeVar, overload
from unittest.mock import MagicMock

import pytest
from typing_extensions import TypedDict

from runlaw.algebra.annotations import Shape, signature_of
from runlaw.algebra.show import show
from runlaw.kernel.signature import UNKNOWN, Provisional, Signature

T = TypeVar("T")
P = ParamSpec("P")
R = TypeVar("R")


def inc(x: int) -> int:
    return x + 1


def untyped(x):  # type: ignore[no-untyped-def]  # what it is about
    return x


def half_typed(x: int):  # type: ignore[no-untyped-def]  # what it is about
    return x


def nothing(x: None) -> None: ...


def same(x: T) -> T:
    return x


def annotated(x: Annotated[int, "metres"]) -> Annotated[str, "text"]:
    return str(x)


def optional(x: int | None = None) -> str | None:
    return str(x)


def several(a: int, b: str, c: bytes = b"") -> float:
    return 1.0


def spread(*xs: int) -> str:
    return ""


def spread_after(a: str, *xs: int) -> str:
    return ""


async def fetch(url: str) -> bytes:
    return b""


async def fetch_later(url: str) -> Awaitable[int]:
    raise NotImplementedError


def promise(url: str) -> Awaitable[bytes]:
    return fetch(url)


def coroutine(url: str) -> Coroutine[Any, Any, bytes]:
    return fetch(url)


def perhaps(url: str) -> Awaitable[bytes] | str:
    return url


def words(text: str) -> Iterator[str]:
    yield text


def word_list(text: str) -> list[str]:
    return [text]


def generated(text: str) -> Generator[int, None, str]:
    yield 1
    return ""


async def awords(text: str) -> AsyncIterator[str]:
    yield text


async def agenerated(text: str) -> AsyncGenerator[int, None]:
    yield 1


def upper(chunks: Iterator[str]) -> Iterator[bytes]:
    yield b""


def upper_any(chunks: Iterable[str]) -> Generator[bytes, None, None]:
    yield b""


async def aupper(chunks: AsyncIterator[str]) -> AsyncIterable[bytes]:
    yield b""


def lengths(texts: Sequence[str]) -> list[int]:
    return []


async def alengths(texts: list[str]) -> Sequence[int]:
    return []


def generic_batch(xs: Sequence[T]) -> Sequence[tuple[T, T]]:
    return []


def traced(fn: Callable[P, R]) -> Callable[P, R]:
    @functools.wraps(fn)
    def wrapper(*args: P.args, **kwargs: P.kwargs) -> R:
        return fn(*args, **kwargs)

    return wrapper


def with_session(fn: Callable[[bytes, int], str]) -> Callable[[int], str]:
    @functools.wraps(fn)
    def wrapper(x: int) -> str:
        return fn(b"", x)

    return wrapper


@traced
def traced_inc(x: int) -> str:
    return ""


@traced
@traced
async def traced_fetch(x: int) -> str:
    return ""


@with_session
def in_session(session: bytes, x: int) -> str:
    return ""


@functools.lru_cache
def cached(x: int) -> str:
    return ""


@functools.singledispatch
def dispatched(x: int) -> str:
    return ""


@overload
def parse(x: int) -> str: ...
@overload
def parse(x: bytes) -> str: ...
def parse(x: int | bytes) -> str:
    return ""


@overload
def double(x: int) -> int: ...
@overload
def double(x: str) -> str: ...
def double(x: Any) -> Any:
    return x


class Box(Generic[T]):
    def __init__(self, value: T) -> None:
        self.value = value

    def put(self, value: T) -> list[T]:
        return [value]

    def itself(self, times: int) -> Self:
        return self

    def __call__(self, key: str) -> T:
        return self.value

    @classmethod
    def made(cls, value: str) -> Self:
        raise NotImplementedError

    @staticmethod
    def text(value: bytes) -> str:
        return ""

    @overload
    def get(self, key: int) -> int: ...
    @overload
    def get(self, key: str) -> int: ...
    def get(self, key: Any) -> int:
        return 1


class IntBox(Box[int]): ...


class Maker:
    def __new__(cls, x: bytes) -> Maker:
        return object.__new__(cls)


class Meta(abc.ABC):
    @abc.abstractmethod
    def run(self, x: int) -> str: ...


class Run(Meta):
    def run(self, x: int) -> str:
        return ""


@dataclass
class User:
    name: str


@dataclass
class Late:
    value: Later


class Pair(NamedTuple):
    left: int


class Point(TypedDict):
    x: int


class Later: ...


class Unhashable:
    __hash__ = None  # type: ignore[assignment]  # what it is about

    def __call__(self, x: int) -> str:
        return ""


class Told:
    def __runlaw_signature__(self, strict: bool) -> Signature:
        return Signature(int, bytes)

    def __call__(self, x: object) -> object:
        return x


UserId = NewType("UserId", int)

CASES: list[tuple[object, Shape, str, str]] = [
    (inc, "fn", "int", "int"),
    (untyped, "fn", "Any", "Any"),
    (half_typed, "fn", "int", "Any"),
    (lambda x: x, "fn", "Any", "Any"),
    (nothing, "fn", "None", "None"),
    (same, "fn", "T", "T"),
    (optional, "fn", "int | None", "str | None"),
    (spread, "fn", "int", "str"),
    (several, "fn", "int", "float"),
    (inc, "map", "int", "int"),
    # asynchronous functions
    (fetch, "fn", "str", "bytes"),
    (fetch_later, "fn", "str", "Awaitable[int]"),
    (promise, "fn", "str", "bytes"),
    (coroutine, "fn", "str", "bytes"),
    (perhaps, "fn", "str", "bytes | str"),
    # chunks
    (words, "stream", "str", "str"),
    (word_list, "stream", "str", "str"),
    (generated, "stream", "str", "int"),
    (awords, "stream", "str", "str"),
    (agenerated, "stream", "str", "int"),
    (inc, "stream", "int", "Any"),
    (untyped, "stream", "Any", "Any"),
    (upper, "transform", "str", "bytes"),
    (upper_any, "transform", "str", "bytes"),
    (aupper, "transform", "str", "bytes"),
    (untyped, "transform", "Any", "Any"),
    # groups
    (lengths, "batch", "str", "int"),
    (alengths, "batch", "str", "int"),
    (generic_batch, "batch", "T", "tuple[T, T]"),
    (untyped, "batch", "Any", "Any"),
    # several arguments
    (several, "unpack", "tuple[int, str] | tuple[int, str, bytes]", "float"),
    (spread, "unpack", "tuple[int, ...]", "str"),
    (spread_after, "unpack", "tuple[str, *tuple[int, ...]]", "str"),
    (inc, "unpack", "tuple[int]", "int"),
    (lambda a, b: a, "unpack", "tuple[Any, Any]", "Any"),
    (lambda: 1, "unpack", "tuple[()]", "Any"),
    (len, "unpack", "tuple[Any, ...]", "int"),
    # partial
    (functools.partial(several, 1), "fn", "str", "float"),
    (functools.partial(several, b="x"), "fn", "int", "float"),
    (functools.partial(functools.partial(several, 1), "x"), "fn", "bytes", "float"),
    (functools.partial(fetch), "fn", "str", "bytes"),
    (functools.partial(functools.partial(Box[int](1).put)), "fn", "int", "list[int]"),
    # wrapped
    (traced_inc, "fn", "int", "str"),
    (traced_fetch, "fn", "int", "str"),
    (in_session, "fn", "int", "str"),
    (functools.partial(traced_inc), "fn", "int", "str"),
    (cached, "fn", "int", "str"),
    (dispatched, "fn", "Any", "str"),
    # overloaded
    (parse, "fn", "int | bytes", "str"),
    (double, "fn", "int | str", "Any"),
    (Box(1).get, "fn", "int | str", "int"),
    # methods and callable objects
    (Box(1).put, "fn", "Any", "list[Any]"),
    (Box[int](1).put, "fn", "int", "list[int]"),
    (IntBox(1).put, "fn", "int", "list[int]"),
    (IntBox(1).itself, "fn", "int", "IntBox"),
    (Box[str]("").itself, "fn", "int", "Box[str]"),
    (IntBox.made, "fn", "str", "IntBox"),
    (Box.text, "fn", "bytes", "str"),
    (IntBox(1).text, "fn", "bytes", "str"),
    (vars(Box)["text"], "fn", "bytes", "str"),
    (Box(1), "fn", "str", "Any"),
    (IntBox(1), "fn", "str", "int"),
    (Run().run, "fn", "int", "str"),
    (Unhashable(), "fn", "int", "str"),
    (Told(), "fn", "int", "bytes"),
    # classes
    (User, "fn", "str", "User"),
    (Late, "fn", "Later", "Late"),
    (Pair, "fn", "int", "Pair"),
    (Maker, "fn", "bytes", "Maker"),
    (Box, "fn", "T", "Box[T]"),
    (Box[int], "fn", "int", "Box[int]"),
    (IntBox, "fn", "int", "IntBox"),
    (Point, "fn", "Any", "Point"),
    (UserId, "fn", "int", "UserId"),
    (Later, "fn", "Any", "Later"),
    # builtins
    (str, "fn", "object", "str"),
    (int, "fn", "Any", "int"),
    (bool, "fn", "object", "bool"),
    (len, "fn", "Sized", "int"),
    (repr, "fn", "object", "str"),
    (print, "fn", "object", "None"),
    (sorted, "fn", "Iterable[_T]", "list[_T]"),
    (list, "fn", "Iterable[_T]", "list[_T]"),
    (list[int], "fn", "Iterable[int]", "list[int]"),
    (list, "batch", "_T", "_T"),
    (ValueError, "fn", "Any", "ValueError"),
    (str.upper, "fn", "str", "str"),
    (str.split, "fn", "str", "list[str]"),
    (bytes.decode, "fn", "bytes", "str"),
    (dict.keys, "fn", "dict", "Any"),
    (", ".join, "fn", "Iterable[str]", "str"),
    ("a".startswith, "fn", "Any", "Any"),
    ([].append, "fn", "Any", "Any"),
    ((1).__add__, "fn", "Any", "Any"),
    (sum, "fn", "Any", "Any"),
    # whatever else
    (MagicMock(), "fn", "Any", "Any"),
    (SimpleNamespace(), "fn", "Any", "Any"),
]


@pytest.mark.parametrize(("fn", "shape", "taken", "given"), CASES, ids=lambda one: getattr(one, "__qualname__", None))
def test_signature(fn: object, shape: Shape, taken: str, given: str) -> None:
    signature = signature_of(fn, shape)
    assert (show(signature.input), show(signature.output)) == (taken, given)
    assert signature_of(fn, shape) == signature
    assert signature_of(fn, shape, strict=True) == signature


def test_annotated_is_kept() -> None:
    assert signature_of(annotated) == (Annotated[int, "metres"], Annotated[str, "text"])


def test_any_and_object_differ() -> None:
    assert signature_of(str).input is object
    assert signature_of(int).input is Any
    assert signature_of(lambda x: x) is UNKNOWN


def unresolved(x: Missing, y: Gone) -> list[Nowhere]:  # type: ignore[name-defined]  # noqa: F821 - what it is about
    return []


def half_resolved(x: Missing) -> int:  # type: ignore[name-defined]  # noqa: F821 - what it is about
    return 1


def no_type(x: "1 +", y: int) -> int:  # type: ignore[valid-type]  # noqa: F722 - what it is about
    return 1


def attribute(x: typing.Nothing) -> int:  # type: ignore[name-defined]  # what it is about
    return 1


def test_an_annotation_that_cannot_be_resolved_counts_as_any_and_is_not_remembered() -> None:
    assert signature_of(unresolved) == UNKNOWN
    assert isinstance(signature_of(unresolved), Provisional)
    assert signature_of(half_resolved) == (Any, int)
    assert signature_of(no_type) == (Any, int)
    assert signature_of(attribute) == (Any, int)
    assert not isinstance(signature_of(inc), Provisional)


def test_a_name_that_is_defined_later_is_found_later(monkeypatch: pytest.MonkeyPatch) -> None:
    assert signature_of(half_resolved).input is Any
    monkeypatch.setitem(half_resolved.__globals__, "Missing", bytes)
    assert signature_of(half_resolved) == (bytes, int)


def test_strict_names_function_parameter_and_what_is_missing() -> None:
    with pytest.raises(NameError) as caught:
        signature_of(unresolved, strict=True)
    assert str(caught.value) == (
        "the annotation 'Missing' of parameter 'x' of unresolved() cannot be resolved: 'Missing' is not defined; "
        "define or import it at module level, not only for type checkers, "
        "or state the types with with_types(input=..., output=...)"
    )
    assert caught.value.name == "Missing"


def test_strict_names_the_result() -> None:
    def late(x: int) -> list[Nowhere]:  # type: ignore[name-defined]  # noqa: F821 - what it is about
        return []

    with pytest.raises(NameError, match=r"annotation 'list\[Nowhere\]' of the result of late\(\).*'Nowhere' is not"):
        signature_of(late, strict=True)


def test_strict_refuses_what_is_no_type() -> None:
    with pytest.raises(TypeError, match=r"of parameter 'x' of no_type\(\) cannot be resolved"):
        signature_of(no_type, strict=True)
    with pytest.raises(TypeError, match=r"of parameter 'x' of attribute\(\) cannot be resolved.*Nothing"):
        signature_of(attribute, strict=True)


def test_only_what_a_leaf_passes_must_resolve() -> None:
    def extra(x: int, y: Gone = None) -> str:  # type: ignore[name-defined]  # noqa: F821 - what it is about
        return ""

    assert signature_of(extra, strict=True) == (int, str)


def test_names_of_enclosing_functions_are_found_where_the_function_uses_them() -> None:
    class Local: ...

    def make(x: Local) -> Local:
        return Local()

    assert signature_of(make) == (Local, Local)


def test_a_nested_class_is_found_from_its_methods() -> None:
    class Outer:
        class Inner: ...

        def run(self, x: Inner) -> Outer:
            return self

    assert signature_of(Outer().run) == (Outer.Inner, Outer)


def test_no_type_check_is_obeyed_where_annotations_are_no_types() -> None:
    def odd(x: "a text about x") -> 3:  # type: ignore[valid-type]  # noqa: F722 - what it is about
        return x

    assert signature_of(odd) == (Any, 3)


def test_functions_are_not_kept_alive() -> None:
    def make() -> list[weakref.ref[Any]]:
        class Local: ...

        def plain(x: int) -> list[str]:
            return []

        def local(x: Local) -> Local:
            return x

        def method_of_its_type(x: int) -> Local:
            return Local()

        Local.make = method_of_its_type  # type: ignore[attr-defined]  # makes a cycle through the type
        made = [plain, local, method_of_its_type, Local, functools.partial(plain)]
        for fn in made:
            signature_of(fn)
            assert signature_of(fn) == signature_of(fn)
        return [weakref.ref(fn) for fn in made]

    refs = make()
    gc.collect()
    assert [ref() for ref in refs] == [None] * 5


def test_a_callable_that_says_anything_of_itself_is_no_failure() -> None:
    class Liar:
        __signature__ = 3
        __wrapped__ = 4
        __annotations__ = None  # type: ignore[assignment]  # what it is about

        def __call__(self, x: int) -> str:
            return ""

    assert signature_of(Liar()) == UNKNOWN

    class Everything:
        def __getattr__(self, name: str) -> Any:
            return self

        def __call__(self, x: int) -> str:
            return ""

    assert signature_of(Everything()).input in (int, Any)


def test_wrappers_of_themselves_end() -> None:
    def loop(x: int) -> int:
        return x

    loop.__wrapped__ = loop  # type: ignore[attr-defined]  # what it is about
    assert isinstance(signature_of(loop), Signature)


def test_mappings_of_arguments_are_read_by_position() -> None:
    def keyed(*, key: int) -> Mapping[str, int]:
        return {}

    assert signature_of(keyed).input is Any


if sys.version_info >= (3, 12):

    def test_type_parameters_of_the_new_syntax() -> None:
        names: dict[str, Any] = {}
        exec(
            "from __future__ import annotations\n"
            "def pair[X](x: X) -> tuple[X, X]: ...\n"
            "class Box[X]:\n"
            "    def __init__(self, x: X) -> None: ...\n"
            "    def get(self, key: int) -> X: ...\n"
            "type Numbers = list[int]\n"
            "def total(xs: Numbers) -> int: ...\n",
            names,
        )
        taken, given = signature_of(names["pair"])
        assert given == tuple[taken, taken]
        assert show(signature_of(names["Box"]).output) == "Box[X]"
        assert signature_of(names["Box"][int]).input is int
        assert show(signature_of(names["total"]).input) == "Numbers"
