"""Whole pictures of one program with every kind of step: as text, as Mermaid, as SVG, and as nodes and edges."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree

import pytest

from runlaw import (
    Graph,
    Runnable,
    assign,
    attempt,
    branch,
    const,
    fixed,
    identity,
    lift,
    map_batch,
    parallel,
    pick,
    pipe,
    with_config,
    with_fallbacks,
    with_retry,
    with_timeout,
    with_validation,
)

SVG = "{http://www.w3.org/2000/svg}"
PICTURES = Path(__file__).parent / "pictures"
Point = tuple[float, float]


def step(value: object) -> object:
    return value


def small(value: object) -> bool:
    return True


def record(value: object) -> dict[str, object]:
    return {"value": value}


def listed(value: object) -> list[object]:
    return [value]


PROGRAM: Runnable[object, object] = pipe(
    lift(step, name='first "<&>" 質問'),
    branch(
        (small, with_retry(step, delays=fixed(0, attempts=3))),
        (lift(small, name="a long predicate"), identity),
        default=const(3),
    ),
    with_fallbacks(step, with_timeout(pipe(step, step), 2.5), on=(ValueError, KeyError)),
    with_validation(record),
    assign(size=len, a_key_longer_than_its_step=lift(step, run_type="tool")),
    with_config(pipe(parallel(a=pick("size"), b=parallel(only=step, wide=step)), step), run_name="Named", tags=["t"]),
    parallel(only=lift(step, run_type="prompt")),
    with_retry(attempt(step), delays=fixed(0, attempts=1)),
    listed,
    with_timeout(map_batch(parallel(step, step), max_concurrency=2), 10),
)
FORMS: dict[str, Callable[[Graph], str]] = {
    "program.txt": Graph.draw_ascii,
    "program.mmd": Graph.draw_mermaid,
    "program.svg": Graph.draw_svg,
    "program.json": lambda graph: json.dumps(graph.to_json(), indent=1, ensure_ascii=False) + "\n",
}


@pytest.mark.parametrize(("file", "draw"), FORMS.items())
def test_every_picture_is_drawn_as_before(file: str, draw: Callable[[Graph], str]) -> None:
    assert draw(PROGRAM.get_graph()) == (PICTURES / file).read_text(encoding="utf-8")


def test_lines_are_joined_end_to_end_and_arrows_end_at_boxes() -> None:
    root = ElementTree.fromstring(PROGRAM.get_graph().draw_svg())
    tops, bottoms = set[Point](), set[Point]()
    for group in root.iter(f"{SVG}g"):
        if group.find(f"{SVG}title") is not None:
            middle, base = float(group[2].attrib["x"]), float(group[2].attrib["y"])
            tops.add((middle, base - 22.5))
            bottoms.add((middle, base + 13.5))
    starts, ends = set[Point](), set[Point]()
    for path in root.iter(f"{SVG}path"):
        if "fill" in path.attrib:  # the head of an arrow
            continue
        start, end = ends_of(path.attrib["d"])
        starts.add(start)
        ends.add(end)
        assert ("marker-end" in path.attrib) == (end in tops)
    assert starts - bottoms == ends - tops
    assert tops - ends == {min(tops, key=lambda point: point[1])}
    assert bottoms - starts == {max(bottoms, key=lambda point: point[1])}


def ends_of(path: str) -> tuple[Point, Point]:
    """Where a path of upright lines and curves starts and ends."""
    x = y = 0.0
    points: list[Point] = []
    for letter, numbers in re.findall(r"([MVC])([-\d. ]+)", path):
        given = [float(number) for number in numbers.split()]
        x, y = (x, given[0]) if letter == "V" else (given[-2], given[-1])
        points.append((x, y))
    return points[0], points[-1]
