"""Models made by the quick ways are those of the constructor, whatever is done with them."""

import copy
import pickle
from collections.abc import Callable

import pytest
from pydantic import BaseModel, Field, PrivateAttr, TypeAdapter, ValidationError

from runlaw.components import (
    AIMessage,
    AIMessageChunk,
    ChatPromptValue,
    Document,
    HumanMessage,
    Message,
    StringPromptValue,
    SystemMessage,
    chat_prompt,
    prompt,
)
from runlaw.components.base import Value, quick_maker, trusted
from runlaw.components.messages import ai_text, human_text, system_text, text_chunk
from runlaw.components.stored import text_document

MADE: list[tuple[Callable[[], Value], Value]] = [
    (lambda: human_text("x"), HumanMessage(content="x")),
    (lambda: system_text("x"), SystemMessage(content="x")),
    (lambda: ai_text("x"), AIMessage(content="x")),
    (lambda: text_chunk("x"), AIMessageChunk(content="x")),
    (lambda: text_document("x"), Document(page_content="x")),
    (lambda: prompt("{x}").invoke({"x": "x"}), StringPromptValue(text="x")),
    (lambda: chat_prompt("{x}").invoke({"x": "x"}), ChatPromptValue(messages=[HumanMessage(content="x")])),
    (
        lambda: chat_prompt([("system", "{x}"), ("human", "y")]).invoke({"x": "x"}),
        ChatPromptValue(messages=[SystemMessage(content="x"), HumanMessage(content="y")]),
    ),
]


@pytest.mark.parametrize(
    ("make", "built"), MADE, ids=[f"{number}-{built!r:.30}" for number, (_, built) in enumerate(MADE)]
)
def test_made_quickly_or_by_the_constructor(make: Callable[[], Value], built: Value) -> None:
    made = make()
    assert (made, repr(made), str(made), type(made)) == (built, repr(built), str(built), type(built))
    assert built == made
    assert list(vars(made).items()) == list(vars(built).items())
    assert made.model_fields_set == built.model_fields_set
    assert (made.model_extra, made.__pydantic_extra__, made.__pydantic_private__) == (None, None, None)
    assert made.model_dump() == built.model_dump()
    assert made.model_dump_json() == built.model_dump_json()
    assert made.model_dump_json(exclude_unset=True) == built.model_dump_json(exclude_unset=True)
    assert made.model_dump_json(exclude_defaults=True) == built.model_dump_json(exclude_defaults=True)
    for again in (
        pickle.loads(pickle.dumps(made)),
        copy.copy(made),
        copy.deepcopy(made),
        made.model_copy(),
        type(made).model_validate(made),
        type(made).model_validate_json(made.model_dump_json()),
    ):
        assert (again, repr(again), again.model_fields_set >= built.model_fields_set) == (built, repr(built), True)
    field = next(iter(built.model_fields_set))
    changed = made.model_copy(update={field: getattr(built, field)})
    assert changed.model_fields_set == built.model_copy(update={field: getattr(built, field)}).model_fields_set
    with pytest.raises(ValidationError, match="frozen"):
        setattr(made, field, "y")
    with pytest.raises(AttributeError, match=f"'{type(built).__name__}' object has no attribute 'nothing'"):
        _ = made.nothing  # type: ignore[attr-defined]  # that is the point


def test_nothing_is_shared_between_two() -> None:
    for make, _ in MADE:
        first, second = make(), make()
        for name, value in vars(first).items():
            if isinstance(value, dict | list):
                assert value is not vars(second)[name]


def test_a_message_made_quickly_stands_in_unions_as_any_other() -> None:
    adapter: TypeAdapter[list[Message]] = TypeAdapter(list[Message])
    made: list[Message] = [human_text("a"), ai_text("b"), text_chunk("c"), system_text("d")]
    assert adapter.validate_python(made) == made
    assert adapter.validate_json(adapter.dump_json(made)) == made


def test_a_message_class_of_ones_own_keeps_its_private_values() -> None:
    class Marked(HumanMessage):
        _mark: int = PrivateAttr(default=3)

    assert Marked(content="x")._mark == 3
    assert pickle.loads(pickle.dumps(human_text("x"))) == human_text("x")


def test_quick_makers_for_models_with_any_defaults() -> None:
    class One(Value):
        first: str
        facts: dict[str, int] = Field(default_factory=dict)

    class Three(Value):
        first: str
        facts: dict[str, int] = Field(default_factory=dict)
        more: dict[str, int] = Field(default_factory=dict)
        others: list[int] = Field(default_factory=list)
        number: int = 3

    for kind in (One, Three):
        assert quick_maker(kind, "first")("x") == kind(first="x")
        assert vars(quick_maker(kind, "first")("x")) == vars(kind(first="x"))


def test_trusted_values_become_the_model() -> None:
    class Pair(Value):
        a: int
        b: int = 0

    made = trusted(Pair, {"a": 1, "b": 0}, {"a"})
    assert (made, repr(made), made.model_fields_set) == (Pair(a=1), "Pair(a=1)", {"a"})
    assert isinstance(made, BaseModel)
