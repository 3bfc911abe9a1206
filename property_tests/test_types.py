"""Types and values: what ``fits`` says of two types is what the values of the one say of the other."""

# mypy: disable-error-code="valid-type"
from __future__ import annotations

import itertools
from collections import abc
from collections.abc import Iterable, Mapping, Sequence
from types import NoneType
from typing import Any, Literal, TypeVar, get_args, get_origin

from hypothesis import assume, given
from hypothesis import strategies as st

from runlaw.algebra.fits import fits
from runlaw.algebra.flow import Flow
from runlaw.algebra.forms import is_union, members, union
from runlaw.algebra.meet import disjoint, meet
from runlaw.algebra.records import Field, fields_of, record
from runlaw.algebra.show import show
from runlaw.algebra.substitution import freshen, substitute, variables
from runlaw.algebra.unify import applied, unify
from runlaw.kernel.signature import Signature

T = TypeVar("T")
U = TypeVar("U")


class Base: ...


class Derived(Base): ...


CLASSES: dict[object, list[object]] = {
    int: [2, 3, True],
    bool: [True, False],
    float: [0.5, 2, 3, True],
    str: ["ab", "xy"],
    bytes: [b"a"],
    NoneType: [None],
    Base: [Base(), Derived()],
    Derived: [Derived()],
    object: [object(), "a", 2, None],
}
LITERALS: list[object] = [Literal["ab"], Literal["ab", "cd"], Literal[2], Literal[True]]


def belongs(value: Any, form: Any) -> bool:
    """Whether a value is of a type: the obvious way, by looking at all of it. An ``int`` may stand for a ``float``."""
    if is_union(form):
        return any(belongs(value, member) for member in members(form))
    origin, args = get_origin(form) or form, get_args(form)
    if origin is Literal:
        return any(value == one and type(value) is type(one) for one in args)
    if origin is float:
        return isinstance(value, (int, float))
    if origin is tuple:
        if not isinstance(value, tuple):
            return False
        items = args[:1] * len(value) if args[-1:] == (...,) else args
        return len(value) == len(items) and all(belongs(one, item) for one, item in zip(value, items, strict=True))
    fields = fields_of(form)
    if fields:
        return isinstance(value, dict) and all(
            belongs(value[key], field.form) if key in value else not field.required for key, field in fields.items()
        )
    if not isinstance(value, origin):
        return False
    if issubclass(origin, abc.Mapping):
        return all(belongs(key, args[0]) and belongs(one, args[1]) for key, one in value.items())
    return not args or all(belongs(one, args[0]) for one in value)


def witnesses(form: Any) -> list[Any]:
    """Values of a type, of all the kinds there are in it."""
    if is_union(form):
        return [value for member in members(form) for value in witnesses(member)]
    origin, args = get_origin(form) or form, get_args(form)
    if origin is Literal:
        return list(args)
    if origin is tuple:
        if args[-1:] == (...,):
            return [(), *[(one,) for one in witnesses(args[0])], (*witnesses(args[0]),)]
        return list(itertools.islice(itertools.product(*[witnesses(arg) for arg in args]), 400))
    fields = fields_of(form)
    if fields:
        full = [dict(zip(fields, values, strict=True)) for values in itertools.islice(
            itertools.product(*[witnesses(field.form) for field in fields.values()]), 100)]  # fmt: skip
        needed = {key for key, field in fields.items() if field.required}
        return full + [{key: one for key, one in value.items() if key in needed} for value in full]
    if not args:
        return CLASSES[origin]
    items = witnesses(args[-1])
    if issubclass(origin, abc.Mapping):
        return [{}, *[{"a": one} for one in items], {str(n): one for n, one in enumerate(items)}]
    if issubclass(origin, (list, set, frozenset)):
        hashable = items if origin is list else [one for one in items if _hashable(one)]
        return [origin(), *[origin([one]) for one in hashable], origin(hashable)]
    return [(), *[[one] for one in items], tuple(items)]


def _hashable(value: object) -> bool:
    try:
        hash(value)
    except TypeError:
        return False
    return True


def tuple_of(items: Sequence[object]) -> object:
    make: Any = tuple
    return make[tuple(items)]


def alternatives(forms: st.SearchStrategy[object]) -> st.SearchStrategy[object]:
    return st.lists(forms, min_size=2, max_size=3).map(union)


atoms = st.sampled_from([*CLASSES, *LITERALS])
choices = st.one_of(atoms, alternatives(atoms))


def containers(makes: Iterable[Any]) -> Any:
    return lambda inner: st.one_of([inner.map(make) for make in makes])


def tuples(inner: st.SearchStrategy[object]) -> st.SearchStrategy[object]:
    return st.lists(inner, max_size=3).map(tuple_of)


def of(origin: Any, *before: object) -> Any:
    return lambda form: origin[(*before, form)]


def repeated(form: object) -> object:
    return tuple_of([form, ...])


READ_ONLY = [of(Sequence), of(Mapping, str), repeated]
read_only = st.recursive(choices, lambda inner: containers(READ_ONLY)(inner) | tuples(inner), max_leaves=4)
plain = st.recursive(choices, tuples, max_leaves=4)
everything = st.recursive(
    choices,
    lambda inner: (
        containers([*READ_ONLY, of(list), of(dict, str), of(set)])(inner) | tuples(inner) | alternatives(inner)
    ),
    max_leaves=5,
)
field_lists = st.dictionaries(
    st.sampled_from(["x", "y", "z"]), st.builds(Field, choices, st.booleans()), min_size=1, max_size=3
)
records = field_lists.map(lambda fields: record("Record", fields))


def pairs(forms: st.SearchStrategy[object]) -> st.SearchStrategy[tuple[object, object]]:
    """Two types, often close to each other."""
    return forms.flatmap(
        lambda one: st.tuples(st.just(one), st.one_of(forms, st.just(one), st.just(union([one, str]))))
    )


@given(everything)
def test_every_type_fits_itself_and_object_and_nothing_fits_less(form: object) -> None:
    assert fits(form, form)
    assert fits(form, object)
    assert fits(form, Any)
    assert fits(Any, form)
    assert fits(form, union([form, bytes]))


@given(everything)
def test_witnesses_are_values_of_their_type(form: object) -> None:
    assert all(belongs(value, form) for value in witnesses(form))


@given(pairs(everything))
def test_what_fits_holds_for_every_value(forms: tuple[object, object]) -> None:
    output, input = forms
    if fits(output, input):
        assert [value for value in witnesses(output) if not belongs(value, input)] == []


@given(pairs(read_only))
def test_what_does_not_fit_has_a_value_that_shows_it(forms: tuple[object, object]) -> None:
    output, input = forms
    if not fits(output, input):
        assert any(not belongs(value, input) for value in witnesses(output))


@given(read_only, read_only, read_only)
def test_fits_is_transitive(one: object, other: object, third: object) -> None:
    middle = union([one, other])
    last = union([middle, third])
    assert fits(one, middle)
    assert fits(middle, last)
    assert fits(one, last)
    if fits(one, other) and fits(other, third):
        assert fits(one, third)


@given(pairs(records))
def test_records_fit_by_their_values(forms: tuple[object, object]) -> None:
    output, input = forms
    if isinstance(input, type) and fits(output, input):
        given_fields, wanted = fields_of(output), fields_of(input)
        assert all(key in given_fields for key, field in wanted.items() if field.required)
        assert [value for value in witnesses(output) if not belongs(value, input)] == []


@given(records, choices)
def test_records_fit_mappings_by_their_values(form: object, value: Any) -> None:
    if fits(form, Mapping[str, value]):
        assert all(belongs(one, Mapping[str, value]) for one in witnesses(form))
    assert fits(form, Mapping[str, object])


@given(pairs(plain))
def test_disjoint_types_share_no_value(forms: tuple[object, object]) -> None:
    one, other = forms
    assert disjoint(one, other) == disjoint(other, one)
    if disjoint(one, other):
        assert not any(belongs(value, other) for value in witnesses(one))
        assert not any(belongs(value, one) for value in witnesses(other))


@given(st.lists(plain, min_size=1, max_size=3))
def test_the_meet_is_one_of_the_shared_types(forms: list[object]) -> None:
    met = meet(forms, "In")
    assume(all(fits(one, other) or fits(other, one) for one, other in itertools.combinations(forms, 2)))
    if not any(is_union(form) for form in forms):
        assert all(fits(met, form) for form in forms)


@given(st.lists(records, min_size=1, max_size=3))
def test_the_meet_of_records_asks_for_the_keys_of_all(forms: list[Any]) -> None:
    met = fields_of(meet(forms, "In"))
    for form in forms:
        for key, field in fields_of(form).items():
            assert key in met
            assert met[key].required >= field.required


@given(everything)
def test_shown_types_read_back(form: object) -> None:
    names = {"Base": Base, "Derived": Derived, "Sequence": Sequence, "Mapping": Mapping, "Literal": Literal}
    read = eval(show(form), names)
    assert fits(read, form)
    assert fits(form, read)


SHAPES: list[Any] = [
    lambda form: form,
    lambda form: Sequence[form],
    lambda form: tuple[form, form],
    lambda form: dict[str, list[form]],
    lambda form: tuple[int, *tuple[form, ...]],
    lambda form: abc.Callable[[int], form],
    lambda form: record("Shape", {"x": Field(form), "y": Field(list[form], required=False)}),
]


@given(st.sampled_from(SHAPES), everything)
def test_a_variable_is_solved_by_what_stands_in_its_place(shape: Any, form: object) -> None:
    found, bindings = applied(shape(form), shape(T), tuple[T, T])
    assert found == tuple_of([form, form])
    assert substitute(shape(T), bindings) == shape(form)
    assert fits(shape(form), substitute(shape(T), bindings))


@given(st.sampled_from(SHAPES), everything)
def test_unifying_with_types_without_variables_learns_nothing(shape: Any, form: object) -> None:
    bindings: dict[object, object] = {}
    unify(shape(form), form, bindings)
    assert bindings == {}


@given(st.sampled_from(SHAPES))
def test_fresh_variables_are_new_and_may_be_renamed_back(shape: Any) -> None:
    (form,) = freshen((shape(T),), {T})
    (new,) = variables(form)
    assert new is not T
    assert substitute(form, {new: T}) == shape(T)


generic_steps = st.sampled_from(
    [
        Signature(T, T),
        Signature(T, tuple[T, T]),
        Signature(tuple[T, U], tuple[U, T]),
        Signature(Sequence[T], T),
        Signature(T, list[T]),
        Signature(Any, Any),
        Signature(object, int),
    ]
)


@given(everything, st.lists(generic_steps, max_size=6), st.integers(0, 6))
def test_following_a_pipe_in_two_parts_gives_the_same(form: object, steps: list[Signature], cut: int) -> None:
    whole = Flow(Signature(int, form))
    fit = [whole.then(step) for step in steps]
    assume(all(fit))
    first = Flow(Signature(int, form))
    for step in steps[:cut]:
        first.then(step)
    rest = Flow(first.signature)
    for step in steps[cut:]:
        assert rest.then(step)
    assert [show(form) for form in rest.signature] == [show(form) for form in whole.signature]
