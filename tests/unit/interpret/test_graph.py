"""How pictures are drawn: nothing overlaps, lines meet boxes, and texts are escaped and measured."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations
from typing import Any, NamedTuple
from xml.etree import ElementTree

import pytest

from runlaw import Runnable, assign, branch, lift, map_batch, parallel, pipe, with_fallbacks, with_retry, with_timeout
from runlaw.interpret.draw.colours import COLOURS, colour_of
from runlaw.interpret.draw.mermaid import escape
from runlaw.interpret.draw.text import columns, shown

SVG = "{http://www.w3.org/2000/svg}"


def step(text: str) -> str:
    return text


def short(text: str) -> bool:
    return True


def record(text: str) -> dict[str, str]:
    return {"text": text}


PROGRAMS: list[Runnable[Any, Any]] = [
    lift(step),
    pipe(step, lift(step, name="a very long name of a step, longer than others"), step),
    parallel(step, pipe(step, parallel(step, step, pipe(step, step)), str), step),
    pipe(branch((short, with_retry(step)), (short, pipe(step, step)), default=step), record, assign(n=len, m=len)),
    with_timeout(map_batch(with_fallbacks(step, with_timeout(step, 1), step)), 2),
    parallel(parallel(parallel(step, step), parallel(step, step)), with_retry(with_retry(with_retry(step)))),
    parallel(a_label_that_is_wider_than_its_step=step, another_label_that_is_wider_than_its_step=step),
]


class Rectangle(NamedTuple):
    """A box on the page."""

    left: float
    top: float
    right: float
    bottom: float

    def overlaps(self, other: Rectangle) -> bool:
        across = self.left < other.right and other.left < self.right
        return across and self.top < other.bottom and other.top < self.bottom

    def holds(self, other: Rectangle) -> bool:
        return (
            self.left <= other.left
            and self.top <= other.top
            and self.right >= other.right
            and self.bottom >= other.bottom
        )


def rectangle(element: ElementTree.Element) -> Rectangle:
    if element.tag == f"{SVG}polygon":
        points = [tuple(map(float, point.split(","))) for point in element.attrib["points"].split()]
        return Rectangle(*[pick(point[axis] for point in points) for pick in (min, max) for axis in (0, 1)])
    left, top = float(element.attrib["x"]), float(element.attrib["y"])
    return Rectangle(left, top, left + float(element.attrib["width"]), top + float(element.attrib["height"]))


def boxes(root: ElementTree.Element) -> Iterator[Rectangle]:
    for group in root.iter(f"{SVG}g"):
        if group.find(f"{SVG}title") is not None:
            yield rectangle(group[1])


every_program = pytest.mark.parametrize("program", PROGRAMS, ids=range(len(PROGRAMS)))


@every_program
def test_boxes_do_not_overlap_and_lie_on_the_page(program: Runnable[Any, Any]) -> None:
    graph = program.get_graph()
    root = ElementTree.fromstring(graph.draw_svg())
    page = Rectangle(0, 0, float(root.attrib["width"]), float(root.attrib["height"]))
    drawn = list(boxes(root))
    frames = {node.parent for node in graph.nodes} - {None}
    assert len(drawn) == len(graph.nodes) - len(frames)
    assert all(page.holds(box) for box in drawn)
    assert not any(one.overlaps(other) for one, other in combinations(drawn, 2))


@every_program
def test_frames_hold_boxes_whole_or_not_at_all(program: Runnable[Any, Any]) -> None:
    root = ElementTree.fromstring(program.get_graph().draw_svg())
    frames = [rectangle(each) for each in root.findall(f"{SVG}rect") if "stroke-dasharray" in each.attrib]
    for frame in frames:
        assert all(frame.holds(box) or not frame.overlaps(box) for box in boxes(root))
        assert all(frame.holds(other) or other.holds(frame) or not frame.overlaps(other) for other in frames)


@every_program
def test_terminal_lines_have_whole_boxes(program: Runnable[Any, Any]) -> None:
    graph = program.get_graph()
    drawn = graph.draw_ascii()
    frames = {node.parent for node in graph.nodes} - {None}
    for node in graph.nodes:
        left, right = ("(", ")") if node.kind in ("input", "output") else ("|", "|")
        assert (f".- {shown(node.text)} -" if node.id in frames else f"{left} {shown(node.text)} {right}") in drawn
    assert not any(line != line.rstrip() for line in drawn.splitlines())


@pytest.mark.parametrize(
    ("text", "escaped"),
    [
        ('a "b"', "a #quot;b#quot;"),
        ("#", "#35;"),
        ("<b>&amp;", "#lt;b#gt;#amp;amp;"),
        ("a\nb\x00", "a b"),
        ("`code`", "#96;code#96;"),
        ("", " "),
        ("質問", "質問"),
    ],
)
def test_mermaid_texts_mean_themselves(text: str, escaped: str) -> None:
    assert escape(text) == escaped


def test_texts_are_measured_in_columns() -> None:
    assert [columns(text) for text in ("ab", "質問", "e\u0301", "")] == [2, 4, 1, 0]


def test_very_long_texts_are_shortened() -> None:
    assert shown("a" * 80) == "a" * 80
    assert shown("a" * 81) == "a" * 77 + "..."
    assert shown("a\tb\x1b[0m") == "a b [0m"


def test_control_characters_do_not_break_an_svg() -> None:
    graph = lift(step, name="a\x00b\x1b").get_graph()
    assert ElementTree.fromstring(graph.draw_svg()).tag == f"{SVG}svg"


def test_every_kind_has_its_colours() -> None:
    assert colour_of("prompt") == COLOURS["prompt"]
    assert colour_of("of my own") == COLOURS["step"]


@every_program
def test_terminal_frames_are_whole(program: Runnable[Any, Any]) -> None:
    lines = with_timeout(program, 1).get_graph().draw_ascii().splitlines()
    top = next(index for index, line in enumerate(lines) if line.startswith(".- "))
    bottom = next(index for index, line in enumerate(lines) if line.startswith("'-"))
    assert {columns(line) for line in lines[top : bottom + 1]} == {columns(lines[top])}
    assert {line[0] + line[-1] for line in lines[top + 1 : bottom]} == {"::"}


@every_program
def test_terminal_arrows_are_drawn_from_line_to_line(program: Runnable[Any, Any]) -> None:
    lines = program.get_graph().draw_ascii().splitlines()
    for above, line, below in zip(lines, lines[1:], lines[2:], strict=False):
        if set(line) <= set(" |:v"):
            arrows = [column for column, letter in enumerate(line) if letter == "v"]
            assert {above[column] for column in arrows} <= set("|:")
            assert " " not in {below[column] for column in arrows}


WIDE_FORK = """\
.- RunnableTimeout (1 s) ----.
: +------------------------+ :
: | RunnableParallel<only> | :
: +------------------------+ :
:              |             :
:              | only        :
:              v             :
:          +------+          :
:          | step |          :
:          +------+          :
:              |             :
'----------------------------'
""".splitlines()


def test_a_fork_that_is_wider_than_its_lanes_is_drawn_whole() -> None:
    lines = with_timeout(parallel(only=step), 1).get_graph().draw_ascii().splitlines()
    assert lines[5:-5] == WIDE_FORK


@every_program
def test_mermaid_gives_every_node_the_colours_of_its_kind(program: Runnable[Any, Any]) -> None:
    graph = program.get_graph()
    lines = [line.strip() for line in graph.draw_mermaid().splitlines()]
    frames = {node.parent for node in graph.nodes}
    kinds = {node.id: "frame" if node.id in frames else node.kind for node in graph.nodes}
    given = {
        one: kind.removesuffix("_")
        for line in lines
        if line.startswith("class ")
        for _, ids, kind in [line.split(" ")]
        for one in ids.split(",")
    }
    assert given == {one: kind if kind == "frame" or kind in COLOURS else "step" for one, kind in kinds.items()}
    for kind in set(given.values()) - {"frame"}:
        colour = colour_of(kind)
        assert f"classDef {kind}_ fill:{colour.fill},stroke:{colour.line},color:{colour.text}" in lines
