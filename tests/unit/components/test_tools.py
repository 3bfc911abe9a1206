"""Tools: from functions to Runnables of their arguments."""

import asyncio
import pickle
from collections.abc import Iterator, Mapping
from typing import Annotated, Any

import pytest
from pydantic import BaseModel, Field, ValidationError

from runlaw import Runnable, lift
from runlaw.components import Tool, str_parser, tool, tool_schema
from runlaw.components.docstrings import read_docstring
from runlaw.events import Event, RunEnded, RunFailed, RunStarted


@tool
def some_tool(x: int, y: str) -> dict[str, object]:
    """Some_tool."""
    return {"x": x, "y": y}


@tool
def search(query: str, limit: int = 3) -> list[str]:
    """Search the library.

    It knows all books.

    Args:
        query (str): What to look for,
            in any language.
        limit: How many at most.

    Returns:
        Titles.
    """
    return [query] * limit


@tool(name="shout", description="Says it louder.", tags=["loud"], metadata={"a": 1}, blocking=False)
async def louder(text: str) -> str:
    await asyncio.sleep(0)
    return text.upper()


@tool
def count_keys(record: Mapping[str, int]) -> int:
    return len(record)


@tool
def nothing() -> str:
    return "done"


@tool
def positional(x: int, /, y: int = 2, *, z: int = 3) -> tuple[int, int, int]:
    return x, y, z


class Point(BaseModel):
    x: int
    y: int = 0


@tool
def norm(point: Point) -> int:
    return abs(point.x) + abs(point.y)


def watched(runnable: Runnable[Any, object], value: object) -> list[Event]:
    events: list[Event] = []
    runnable.batch([value], {"listeners": [events.append]}, return_exceptions=True)
    return events


def test_arguments_come_in_one_mapping_and_are_checked() -> None:
    assert some_tool.invoke({"x": 1, "y": "2"}) == {"x": 1, "y": "2"}
    assert some_tool.invoke({"x": "1", "y": "2"}) == {"x": 1, "y": "2"}
    assert search.invoke({"query": "a", "limit": "2"}) == ["a", "a"]
    assert norm.invoke({"point": {"x": "-3"}}) == 3
    assert nothing.invoke({}) == "done"
    assert positional.invoke({"x": 1, "z": 5}) == (1, 2, 5)


@pytest.mark.parametrize(
    ("arguments", "fault"),
    [
        ({"x": 1}, "y\n  Field required"),
        ({"x": "one", "y": "2"}, "x\n  Input should be a valid integer"),
        ({"x": 1, "y": "2", "z": 3}, "z\n  Extra inputs are not permitted"),
    ],
)
def test_wrong_arguments(arguments: dict[str, object], fault: str) -> None:
    with pytest.raises(ValidationError) as caught:
        some_tool.invoke(arguments)
    assert fault in str(caught.value)
    assert caught.value.__notes__ == ["in step some_tool"]


def test_one_argument_that_is_enough_may_come_bare() -> None:
    assert search.invoke("a") == ["a", "a", "a"]
    assert louder.invoke("a") == louder.invoke({"text": "a"}) == "A"
    assert norm.invoke(Point(x=1)) == 1
    assert norm.invoke({"x": 4}) == 4
    with pytest.raises(TypeError, match="the tool some_tool takes a mapping with 'x', 'y'; got int: 1"):
        some_tool.invoke(1)  # type: ignore[arg-type]  # refused by the checker too


def test_a_mapping_is_the_arguments_when_its_only_key_is_the_parameters_name() -> None:
    assert count_keys.invoke({"record": {"a": 1, "b": 2}}) == 2
    assert count_keys.invoke({"a": 1, "b": 2, "record": 3}) == 3
    assert count_keys.invoke({}) == 0
    with pytest.raises(ValidationError):
        count_keys.invoke({"record": 1})


def test_an_empty_mapping_is_no_arguments_where_it_can_be_nothing_else() -> None:
    def double(x: int = 3) -> int:
        return 2 * x

    def count(record: dict[str, int] = {"a": 1}) -> int:  # noqa: B006  # never changed
        return len(record)

    assert [tool(double).invoke(value) for value in ({}, {"x": 4}, 4)] == [6, 8, 8]
    assert tool(double).input_schema.validate_python({}) == {}
    assert tool(count).invoke({}) == 0
    events = [event["data"] for event in tool(double).stream_events({}) if event["event"] == "on_tool_start"]
    assert events == [{"input": {}}]


def test_call_keeps_the_parameters() -> None:
    assert some_tool.call(1, y="2") == {"x": 1, "y": "2"}
    assert search.call("a", limit=1) == ["a"]
    assert positional.call(1, z=4) == (1, 2, 4)
    assert asyncio.run(louder.call(text="a")) == "A"
    with pytest.raises(TypeError, match="missing a required argument: 'y'"):
        some_tool.call(1)  # type: ignore[call-arg]  # refused by the checker too


def test_call_inside_a_run_is_a_child_of_it() -> None:
    events = watched(lift(lambda _: some_tool.call(1, "2"), name="outer"), 0)
    started = [event for event in events if isinstance(event, RunStarted)]
    assert [event.name for event in started] == ["outer", "some_tool"]
    assert started[1].parent_ids == (started[0].run_id,)


def test_all_ways_of_running() -> None:
    async def run() -> list[object]:
        streamed = [chunk async for chunk in louder.astream("a")]
        return [await louder.ainvoke("a"), streamed, await louder.abatch(["a", {"text": "b"}])]

    assert asyncio.run(run()) == ["A", ["A"], ["A", "B"]]
    assert list(search.stream({"query": "a", "limit": 1})) == [["a"]]
    assert search.batch(["a", {"query": "b"}]) == [["a"] * 3, ["b"] * 3]
    assert search("a") == ["a"] * 3


def test_events_show_the_arguments_by_name() -> None:
    start, *_, end = watched(search, "a")
    assert isinstance(start, RunStarted)
    assert isinstance(end, RunEnded)
    assert (start.run_type, start.name, start.input, end.input) == ("tool", "search", {"query": "a"}, {"query": "a"})
    start, end = watched(some_tool, 3)
    assert isinstance(start, RunStarted)
    assert isinstance(end, RunFailed)
    assert start.input == 3


def test_the_seeds_events() -> None:
    events = list(some_tool.stream_events({"x": 1, "y": "2"}))
    assert [(event["event"], event["name"], event["data"]) for event in events] == [
        ("on_tool_start", "some_tool", {"input": {"x": 1, "y": "2"}}),
        ("on_tool_stream", "some_tool", {"chunk": {"x": 1, "y": "2"}}),
        ("on_tool_end", "some_tool", {"output": {"x": 1, "y": "2"}, "input": {"x": 1, "y": "2"}}),
    ]


def test_options() -> None:
    start = watched(louder, "a")[0]
    assert (start.name, start.tags, dict(start.metadata)) == ("shout", ("loud",), {"a": 1})
    assert some_tool.__doc__ == "Some_tool."
    assert (some_tool.name, louder.name) == ("some_tool", "shout")


def test_types_are_known() -> None:
    assert search.output_type == list[str]
    assert louder.output_type is str
    assert (str_parser() | search).invoke("a") == ["a"] * 3
    with pytest.raises(TypeError, match="some_tool expected some_toolInput, got str from StrOutputParser"):
        str_parser() | some_tool  # type: ignore[operator]  # refused by the checker too


def test_tools_compose() -> None:
    chain = search | (lambda found: found[0]) | louder
    assert chain.invoke({"query": "a"}) == "A"
    assert search.with_retry().with_config(run_name="x").invoke("a") == ["a"] * 3


def plain(x: int) -> int:
    return x


def test_equal_tools_are_equal_and_pickle() -> None:
    assert tool(plain) == tool(plain)
    assert hash(tool(plain)) == hash(tool(plain))
    assert tool(plain) != tool(name="other")(plain)
    assert tool(plain) != tool(description="other")(plain)
    for each in (some_tool, louder, tool(plain), tool(description="d")(plain)):
        again = pickle.loads(pickle.dumps(each))
        assert (again, type(again)) == (each, Tool)
    chain = search | (str) | louder
    assert pickle.loads(pickle.dumps(chain)) == chain
    assert pickle.loads(pickle.dumps(search)).call("a", 1) == ["a"]


def test_schema() -> None:
    assert tool_schema(search) == {
        "name": "search",
        "description": "Search the library.\n\nIt knows all books.",
        "parameters": {
            "type": "object",
            "properties": {
                "query": {"type": "string", "description": "What to look for, in any language."},
                "limit": {"type": "integer", "description": "How many at most.", "default": 3},
            },
            "required": ["query"],
            "additionalProperties": False,
        },
    }
    assert tool_schema(louder)["description"] == "Says it louder."
    assert tool_schema(nothing)["parameters"] == {"type": "object", "properties": {}, "additionalProperties": False}
    assert tool_schema(search.with_retry().with_timeout(1).with_config(tags=["a"])) == tool_schema(search)
    parameters: Any = tool_schema(norm)["parameters"]  # Any: JSON
    assert parameters["properties"]["point"] == {"$ref": "#/$defs/Point"}
    assert parameters["$defs"]["Point"]["required"] == ["x"]


def test_annotations_go_before_docstrings() -> None:
    @tool
    def f(x: Annotated[int, Field(ge=1, description="A count.")], y: Annotated[str, "a note"] = "b") -> int:
        """F.

        Args:
            x: Another text.
            y: A text.
        """
        return x

    properties: Any = tool_schema(f)["parameters"]["properties"]  # Any: JSON
    assert properties["x"] == {"type": "integer", "minimum": 1, "description": "A count."}
    assert properties["y"] == {"type": "string", "default": "b", "description": "A text."}
    with pytest.raises(ValidationError):
        f.invoke({"x": 0})


def takes_later(x: "dict[str, list[Later]]") -> int:
    return len(x)


early = tool(takes_later)


class Later(BaseModel):
    a: int


def test_a_forward_reference_is_resolved_when_it_can_be() -> None:
    assert early.invoke({"x": {"b": [{"a": "3"}]}}) == 1
    parameters: Any = tool_schema(early)["parameters"]  # Any: JSON
    assert "Later" in parameters["$defs"]


def test_a_name_that_is_never_defined() -> None:
    namespace: dict[str, Any] = {}  # Any: a module
    exec("def f(x: 'Never') -> int: ...", namespace)
    made: Any = tool(namespace["f"])  # Any: it is not known to the checker
    with pytest.raises(NameError, match="Never"):
        tool_schema(made)


untyped_tool: Any = tool  # Any: for what a checker refuses


def all_positional(*numbers: int) -> int:
    return sum(numbers)


def all_named(**numbers: int) -> int:
    return sum(numbers.values())


def yields(x: int) -> Iterator[int]:
    yield x


def field_as_default(x: int = Field(3)) -> int:
    return x


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: untyped_tool(3), "tool takes a function; got int: 3"),
        (lambda: tool(some_tool), "tool takes a function; got Tool"),
        (lambda: tool(all_positional), "all_positional takes *numbers"),
        (lambda: tool(all_named), "all_named takes **numbers"),
        (lambda: tool(yields), "a tool gives one value, and yields yields"),
        (lambda: tool(field_as_default), "write x: Annotated[..., Field(...)]"),
        (lambda: untyped_tool(name=3)(plain), "name must be a str; got 3"),
        (lambda: untyped_tool(description=3)(plain), "description must be a str; got 3"),
        (lambda: tool_schema(lift(plain)), "expected a tool, made by tool(function); got Runnable"),
    ],
)
def test_what_is_no_tool_is_refused(make: Any, message: str) -> None:
    with pytest.raises(TypeError) as caught:
        make()
    assert message in str(caught.value)


def test_partials_and_callable_objects() -> None:
    from functools import partial

    class Add:
        def __init__(self, n: int) -> None:
            self.n = n

        def __call__(self, x: int) -> int:
            """Add."""
            return x + self.n

    assert tool(Add(2)).invoke({"x": 1}) == 3
    assert tool(Add(2)).name == "Add"
    assert tool(partial(search.node.fn.fn, limit=1)).invoke({"query": "a"}) == ["a"]  # type: ignore[attr-defined]  # a leaf


@pytest.mark.parametrize(
    ("text", "description", "arguments"),
    [
        (None, "", {}),
        ("One line.", "One line.", {}),
        (
            "Do it.\n\nArgs:\n    x: One.\n\n    y (int, optional): Two:\n        three.\n",
            "Do it.",
            {"x": "One.", "y": "Two: three."},
        ),
        (
            "Do it.\n\n    Args:\n        x: One.\n    Raises:\n        ValueError: never.\n    ",
            "Do it.",
            {"x": "One."},
        ),
        (
            "Do it.\n\nMore.\n\nParameters\n----------\nx : int\n    One.\ny, z\n    Two,\n    three.\n\n"
            "Returns\n-------\nint\n",
            "Do it.\n\nMore.",
            {"x": "One.", "y": "Two, three.", "z": "Two, three."},
        ),
        (
            "Do it.\n\n:param x: One,\n    two.\n:param int y: Three.\n:type x: str\n:returns: all\n",
            "Do it.",
            {"x": "One, two.", "y": "Three."},
        ),
        ("Do it.\n\nArgs:\n    *x: One.", "Do it.", {"x": "One."}),
        ("Note that x: y.\n\nNote: nothing", "Note that x: y.\n\nNote: nothing", {}),
    ],
)
def test_docstrings(text: str | None, description: str, arguments: dict[str, str]) -> None:
    assert read_docstring(text) == (description, arguments)
