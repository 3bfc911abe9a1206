"""Sections 1 and 9: schemas of programs: what they say, how they are titled, and that they are made once."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, NotRequired, TypedDict

import pytest
from pydantic import BaseModel, InstanceOf, TypeAdapter, ValidationError
from typing_extensions import TypedDict as OtherTypedDict

from runlaw import (
    Runnable,
    assign,
    attempt,
    branch,
    const,
    identity,
    lift,
    map_batch,
    parallel,
    pick,
    pipe,
    with_config,
    with_fallbacks,
    with_listeners,
    with_retry,
    with_timeout,
    with_types,
    with_validation,
)
from runlaw.extend import Node

from .support import increment, length, long_pipe, shout, show, wrong


class Topic(TypedDict):
    topic: str


class Lengthy(OtherTypedDict):
    length: int
    language: NotRequired[str]


class Tree(TypedDict):
    """A tree."""

    value: int
    children: NotRequired[list[Tree]]


@dataclass
class Spot:
    x: int


class Page(BaseModel):
    text: str


class Widget:
    """A class that pydantic knows nothing of."""


def joke(request: Topic) -> str:
    return request["topic"]


def poem(request: Lengthy) -> int:
    return request["length"]


def grow(tree: Tree) -> Tree:
    return tree


def spot(at: Spot) -> Page:
    return Page(text=str(at.x))


def draw(widgets: list[Widget]) -> Widget:
    return widgets[0]


def late(value: Missing) -> int:  # type: ignore[name-defined]  # noqa: F821 - what it is about
    return 1


def positive(number: int) -> bool:
    return number > 0


def schemas(program: Runnable[Any, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    return program.input_schema.json_schema(), program.output_schema.json_schema()


def titles(program: Runnable[Any, Any]) -> tuple[str, str]:
    taken, given = schemas(program)
    return taken["title"], given["title"]


@dataclass(frozen=True)
class Twice(Node[str, str]):
    inner: Runnable[str, str]

    def lower(self) -> Runnable[str, str]:
        return pipe(self.inner, self.inner)


def test_schemas_are_adapters_of_the_types() -> None:
    program = pipe(length, show)
    assert isinstance(program.input_schema, TypeAdapter)
    assert isinstance(program.output_schema, TypeAdapter)
    assert schemas(program) == ({"title": "lengthInput", "type": "string"}, {"title": "showOutput", "type": "string"})


TITLES: dict[str, tuple[Runnable[Any, Any], str, str]] = {
    "leaf": (lift(length), "lengthInput", "lengthOutput"),
    "named leaf": (lift(length, name="size"), "sizeInput", "sizeOutput"),
    "lambda": (lift(lambda x: x), "RunnableLambdaInput", "RunnableLambdaOutput"),
    "prompt": (lift(joke, name="Joke", run_type="prompt"), "PromptInput", "JokeOutput"),
    "pipe": (pipe(length, increment, show), "lengthInput", "showOutput"),
    "pipe of pipes": (
        pipe(parallel(a=pipe(length, show)), pick("a")),
        "RunnableParallel<a>Input",
        "RunnablePick<a>Output",
    ),
    "run name": (with_config(length, run_name="other"), "lengthInput", "lengthOutput"),
    "pipe with a run name": (with_config(pipe(length, show), run_name="other"), "lengthInput", "showOutput"),
    "listeners": (with_listeners(length, on_start=print), "lengthInput", "lengthOutput"),
    "types": (with_types(length, input=str), "lengthInput", "lengthOutput"),
    "validation": (with_validation(length), "lengthInput", "lengthOutput"),
    "parallel": (wrong(parallel)(length, shout), "RunnableParallel<0,1>Input", "RunnableParallel<0,1>Output"),
    "branch": (branch((positive, increment), default=increment), "RunnableBranchInput", "RunnableBranchOutput"),
    "map_batch": (map_batch(length), "RunnableEach<length>Input", "RunnableEach<length>Output"),
    "retry": (with_retry(length), "RunnableRetryInput", "RunnableRetryOutput"),
    "fallbacks": (with_fallbacks(length, length), "RunnableWithFallbacksInput", "RunnableWithFallbacksOutput"),
    "timeout": (with_timeout(length, 1), "RunnableTimeoutInput", "RunnableTimeoutOutput"),
    "attempt": (attempt(length), "RunnableAttemptInput", "RunnableAttemptOutput"),
    "assign": (assign(n=joke), "RunnableAssign<n>Input", "RunnableAssign<n>Output"),
    "identity": (wrong(identity), "RunnablePassthroughInput", "RunnablePassthroughOutput"),
    "own kind": (Twice(lift(shout)), "shoutInput", "shoutOutput"),
}


@pytest.mark.parametrize(("program", "taken", "given"), list(TITLES.values()), ids=list(TITLES))
def test_titles_come_from_the_own_names_of_the_first_and_the_last_step(
    program: Runnable[Any, Any], taken: str, given: str
) -> None:
    assert titles(program) == (taken, given)


def test_records_have_their_fields_and_their_required_keys() -> None:
    assert lift(joke).input_schema.json_schema() == {
        "title": "jokeInput",
        "type": "object",
        "properties": {"topic": {"title": "Topic", "type": "string"}},
        "required": ["topic"],
    }
    assert lift(poem).input_schema.json_schema()["required"] == ["length"]


def test_the_input_of_a_parallel_over_records_asks_for_the_required_keys_of_all() -> None:
    program: Runnable[Any, Any] = wrong(parallel)(joke=joke, poem=poem)
    taken, given = schemas(program)
    assert set(taken["properties"]) == {"topic", "length", "language"}
    assert set(taken["required"]) == {"topic", "length"}
    assert given["properties"] == {
        "joke": {"title": "Joke", "type": "string"},
        "poem": {"title": "Poem", "type": "integer"},
    }
    assert set(given["required"]) == {"joke", "poem"}
    assert program.input_schema.validate_python({"topic": "a", "length": 1}, strict=True) == {"topic": "a", "length": 1}
    with pytest.raises(ValidationError):
        program.input_schema.validate_python({"topic": "a"}, strict=True)


def test_a_record_that_assign_makes_may_have_more_keys() -> None:
    adapter = assign(n=joke).output_schema
    assert adapter.validate_python({"topic": "a", "n": "b", "more": 1})["more"] == 1


def test_recursive_records_refer_to_themselves() -> None:
    taken, _ = schemas(lift(grow))
    assert taken["$ref"] == "#/$defs/Tree"
    assert taken["$defs"]["Tree"]["properties"]["children"]["items"] == {"$ref": "#/$defs/Tree"}
    assert taken["$defs"]["Tree"]["description"] == "A tree."
    tree: Tree = {"value": 1, "children": [{"value": 2}]}
    assert lift(grow).input_schema.validate_python(tree, strict=True) == tree
    with pytest.raises(ValidationError):
        lift(grow).input_schema.validate_python({"value": 1, "children": [{"value": "2"}]}, strict=True)


def test_models_and_dataclasses_stay_definitions_of_their_own_names() -> None:
    taken, given = schemas(lift(spot))
    assert (taken["title"], taken["$ref"], taken["$defs"]["Spot"]["title"]) == ("spotInput", "#/$defs/Spot", "Spot")
    assert (given["title"], given["$ref"], given["$defs"]["Page"]["title"]) == ("spotOutput", "#/$defs/Page", "Page")


def test_values_stay_what_they_are_where_they_fit() -> None:
    page = Page(text="a")
    assert lift(spot).output_schema.validate_python(page, strict=True) is page
    assert lift(spot).output_schema.validate_python({"text": "a"}) == page
    with pytest.raises(ValidationError):
        lift(spot).output_schema.validate_python({"text": "a"}, strict=True)


def test_adapters_are_lax_unless_told_otherwise() -> None:
    assert lift(increment).input_schema.validate_python("3") == 3
    assert lift(increment).input_schema.validate_json("3") == 3
    with pytest.raises(ValidationError, match="valid integer"):
        lift(increment).input_schema.validate_python("3", strict=True)


@pytest.mark.parametrize("program", [lift(increment), pipe(length, show), map_batch(length)], ids=repr)
def test_a_schema_is_made_once(program: Runnable[Any, Any]) -> None:
    assert program.input_schema is program.input_schema
    assert program.output_schema is program.output_schema
    assert program.input_schema.json_schema() is program.input_schema.json_schema()


def test_a_schema_changes_neither_equality_nor_hash() -> None:
    used, fresh = pipe(length, show), pipe(length, show)
    schemas(used)
    assert used == fresh
    assert hash(used) == hash(fresh)


def test_options_of_json_schema_are_pydantics() -> None:
    schema = lift(spot).input_schema.json_schema(ref_template="#/components/{model}")
    assert schema["$ref"] == "#/components/Spot"
    assert schema["title"] == "spotInput"


def test_with_types_says_the_schema() -> None:
    program: Runnable[list[int], Any] = with_types(wrong(lambda value: value), input=TypeAdapter(list[int]))
    assert program.input_schema.json_schema() == {
        "title": "RunnableLambdaInput",
        "type": "array",
        "items": {"type": "integer"},
    }
    assert program.output_schema.json_schema() == {"title": "RunnableLambdaOutput"}
    assert pipe(program, wrong(length)).input_schema.json_schema() == program.input_schema.json_schema()


def test_with_types_makes_a_class_known_that_pydantic_does_not_know() -> None:
    program = with_types(draw, input=TypeAdapter(list[InstanceOf[Widget]]), output=TypeAdapter(InstanceOf[Widget]))
    widget = Widget()
    assert program.input_schema.validate_python([widget]) == [widget]
    with pytest.raises(ValidationError):
        program.output_schema.validate_python(1)
    with pytest.raises(TypeError, match=r"the input of draw has no JSON schema.*WithJsonSchema"):
        program.input_schema.json_schema()


def test_a_type_that_pydantic_cannot_describe_is_named() -> None:
    with pytest.raises(
        TypeError, match=r"the input of draw: pydantic cannot describe Widget, a part of list\[Widget\]"
    ) as caught:
        lift(draw).input_schema.json_schema()
    assert "with_types(step, input=TypeAdapter(...))" in str(caught.value)
    with pytest.raises(TypeError, match="the output of draw: pydantic cannot describe Widget; say"):
        lift(draw).output_schema.json_schema()


def test_an_annotation_that_cannot_be_resolved_is_an_error_at_the_first_use_of_the_schema() -> None:
    program = lift(late)
    assert program.invoke(wrong(None)) == 1
    with pytest.raises(NameError, match=r"'Missing' of parameter 'value' of late\(\)") as caught:
        program.input_schema.json_schema()
    assert caught.value.name == "Missing"
    with pytest.raises(NameError, match="Missing"):
        pipe(program, increment).input_schema.json_schema()
    assert pipe(increment, wrong(program), show).input_schema.json_schema()["title"] == "incrementInput"


def test_an_annotation_that_is_resolved_later_has_a_schema_then(monkeypatch: pytest.MonkeyPatch) -> None:
    program = lift(late)
    with pytest.raises(NameError):
        program.input_schema.json_schema()
    monkeypatch.setitem(globals(), "Missing", str)
    assert lift(late).input_schema.json_schema()["type"] == "string"


def never_returns(value: int) -> Missing2:  # type: ignore[name-defined]  # noqa: F821 - what it is about
    raise ValueError(value)


def test_each_side_has_its_own_error() -> None:
    with pytest.raises(NameError, match="the result of never_returns"):
        lift(never_returns).output_schema.json_schema()


def test_the_schema_of_attempt_tells_success_from_failure() -> None:
    program = attempt(increment)
    adapter = program.output_schema
    success, failure = adapter.json_schema()["anyOf"]
    assert success["properties"] == {"success": {"type": "integer"}}
    assert set(failure["properties"]["failure"]["properties"]) == {"type", "message"}
    result = program.invoke(1)
    assert adapter.validate_python(result, strict=True) is result
    assert adapter.validate_json(adapter.dump_json(result)) == result
    with pytest.raises(ValidationError):
        adapter.validate_python(2, strict=True)


def test_constants_and_lambdas_have_schemas() -> None:
    assert schemas(const(3)) == ({"title": "RunnableConstInput"}, {"title": "RunnableConstOutput", "type": "integer"})
    assert schemas(lift(lambda x: x)) == ({"title": "RunnableLambdaInput"}, {"title": "RunnableLambdaOutput"})


def test_a_hundred_thousand_steps_have_a_schema() -> None:
    program = long_pipe([increment] * 100_000)
    assert titles(program) == ("incrementInput", "incrementOutput")


NESTS: dict[str, Callable[[Runnable[Any, Any]], Runnable[Any, Any]]] = {
    "map_batch": wrong(map_batch),
    "parallel": lambda program: (
        wrong(parallel)(program, program) if program == lift(increment) else wrong(parallel)(program)
    ),
    "keyed parallel": lambda program: wrong(parallel)(a=program),
    "attempt": wrong(attempt),
    "with_retry": wrong(with_retry),
    "with_types": lambda program: with_types(program, output=int),
    "with_validation": wrong(with_validation),
}


@pytest.mark.parametrize("nest", list(NESTS.values()), ids=list(NESTS))
def test_nesting_a_hundred_deep_has_schemas(nest: Callable[[Runnable[Any, Any]], Runnable[Any, Any]]) -> None:
    program: Runnable[Any, Any] = lift(increment)
    for _ in range(100):
        program = nest(program)
    taken, given = schemas(program)
    assert json.dumps(taken)
    assert json.dumps(given)


def test_deep_values_are_validated_all_the_way_down() -> None:
    program: Runnable[Any, Any] = lift(increment)
    right: object = 1
    wrong_value: object = "a"
    for _ in range(100):
        program = map_batch(program)
        right, wrong_value = [right], [wrong_value]
    adapter = program.input_schema
    assert adapter.validate_python(right) == right
    assert adapter.validate_python(right, strict=True) is right
    assert adapter.validate_json(json.dumps(right)) == right
    for strict in (True, False):
        with pytest.raises(ValidationError):
            adapter.validate_python(wrong_value, strict=strict)


def test_importing_and_building_does_not_import_pydantic() -> None:
    program = "import sys, runlaw; runlaw.lift(len) | str; assert 'pydantic' not in sys.modules"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def open_ended(values: Sequence[str]) -> str:
    return "".join(values)


@pytest.mark.parametrize("value", [["a"], ("a", "b"), "ab"], ids=repr)
def test_any_sequence_is_a_sequence(value: Sequence[str]) -> None:
    assert lift(open_ended).input_schema.validate_python(value, strict=True) is value


def test_a_tuple_stays_a_tuple_and_text_is_no_list_in_lax_mode() -> None:
    adapter = map_batch(increment).input_schema
    assert adapter.validate_python(("1", 2)) == (1, 2)
    with pytest.raises(ValidationError):
        adapter.validate_python("12")
