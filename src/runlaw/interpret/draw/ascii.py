"""A picture in characters, for a terminal."""

from __future__ import annotations

from typing import NamedTuple

from runlaw.interpret.draw.shapes import Box, Frame, GraphNode, Lane, Series, Shape
from runlaw.interpret.draw.text import columns, shown

_GAP = 3


class _Block(NamedTuple):
    """Lines of the same width; values come in above the column ``mid`` and go out below it."""

    lines: list[str]
    width: int
    mid: int


def draw_ascii(shape: Shape) -> str:
    """The lines of a picture, from top to bottom."""
    return "\n".join([line.rstrip() for line in _draw(shape).lines]) + "\n"


def _draw(shape: Shape) -> _Block:
    if isinstance(shape, Box):
        return _box(shape.node)
    if isinstance(shape, Series):
        return _stacked([_draw(part) for part in shape.parts])
    if isinstance(shape, Frame):
        return _framed(shape.node, _draw(shape.inner))
    lanes = [_lane(lane) for lane in shape.lanes]
    return _joined(_box(shape.fork), lanes)


def _box(node: GraphNode) -> _Block:
    text = shown(node.text)
    width = columns(text) + 4
    left, right = ("(", ")") if node.kind in ("input", "output") else ("|", "|")
    edge = f"+{'-' * (width - 2)}+"
    return _Block([edge, f"{left} {text} {right}", edge], width, width // 2)


def _stacked(blocks: list[_Block]) -> _Block:
    if len(blocks) == 1:
        return blocks[0]
    mid = max([block.mid for block in blocks])
    width = mid + max([block.width - block.mid for block in blocks])
    arrow = [_at(mid, "|", width), _at(mid, "v", width)]
    lines: list[str] = []
    for block in blocks:
        if lines:
            lines.extend(arrow)
        lines.extend(_placed(block, mid, width))
    return _Block(lines, width, mid)


def _placed(block: _Block, mid: int, width: int) -> list[str]:
    before, after = " " * (mid - block.mid), " " * (width - block.width - mid + block.mid)
    return [f"{before}{line}{after}" for line in block.lines]


def _at(column: int, text: str, width: int) -> str:
    return f"{' ' * column}{text}{' ' * (width - column - columns(text))}"


def _framed(node: GraphNode, inner: _Block) -> _Block:
    title = f"- {shown(node.text)} "
    width = max(inner.width + 4, columns(title) + 4)
    left = max(2, (width - inner.width) // 2)
    mid = left + inner.mid
    top = f".{title}{'-' * (width - 2 - columns(title))}."
    rows = [_placed(inner, mid - 1, width - 2)]
    lines = [top, *[f":{line}:" for line in rows[0]], f"'{'-' * (width - 2)}'"]
    return _Block(lines, width, mid)


def _lane(lane: Lane) -> _Block:
    """A lane with its label and its arrow; conditional ones are dotted."""
    stroke = ":" if lane.conditional else "|"
    label = "" if lane.label is None else f" {shown(lane.label)}"
    inner = _Block([" |"], 2, 1) if lane.inner is None else _draw(lane.inner)
    width = max(inner.width, inner.mid + 1 + columns(label))
    head = [_at(inner.mid, stroke + label, width), _at(inner.mid, "|" if lane.inner is None else "v", width)]
    return _Block([*head, *_placed(inner, inner.mid, width)], width, inner.mid)


def _joined(fork: _Block, lanes: list[_Block]) -> _Block:
    """A fork, its lanes side by side, and the bar at which they meet."""
    height = max([len(lane.lines) for lane in lanes])
    padded = []
    mids = []
    width = -_GAP
    for lane in lanes:
        mids.append(width + _GAP + lane.mid)
        width += _GAP + lane.width
        padded.append([*lane.lines, *[_at(lane.mid, "|", lane.width)] * (height - len(lane.lines))])
    rows = [(" " * _GAP).join(row) for row in zip(*padded, strict=True)]
    mid = (mids[0] + mids[-1]) // 2
    shift = max(0, fork.mid - mid)
    whole = max(shift + width, shift + mid + fork.width - fork.mid)
    body = _placed(
        _Block([_bar(mids, mid, width, "."), *rows, _bar(mids, mid, width, "'")], width, mid), shift + mid, whole
    )
    return _Block([*_placed(fork, shift + mid, whole), *body], whole, shift + mid)


def _bar(mids: list[int], mid: int, width: int, corner: str) -> str:
    if len(mids) == 1:
        return _at(mid, "|", width)
    bar = [" "] * width
    bar[mids[0] : mids[-1] + 1] = "-" * (mids[-1] + 1 - mids[0])
    for column in mids[1:-1]:
        bar[column] = "+"
    bar[mid] = "+"
    bar[mids[0]] = bar[mids[-1]] = corner
    return "".join(bar)
