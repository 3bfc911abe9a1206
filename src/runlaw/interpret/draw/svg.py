"""A picture as an SVG document."""

from __future__ import annotations

from typing import NamedTuple
from xml.sax.saxutils import escape

from runlaw.interpret.draw.colours import FRAME, colour_of
from runlaw.interpret.draw.shapes import Box, Frame, GraphNode, Series, Shape, Split
from runlaw.interpret.draw.text import columns, shown

_CHAR = 7.6  # the width of a character, in pixels
_BOX = 36.0
_PAD = 32.0
_DOWN = 34.0  # between two boxes, one below the other
_ACROSS = 28.0
_FAN = 58.0  # from a fork down to its lanes, which have labels
_MEET = 34.0  # from the lanes down to where they meet
_FRAME = 16.0
_TITLE = 26.0
_MARGIN = 20.0
_PASS = 24.0  # the width of a lane without a box


class _Size(NamedTuple):
    """How much room a shape takes in pixels; values come in at ``mid`` from its left, and go out there."""

    width: float
    height: float
    mid: float


def draw_svg(shape: Shape) -> str:
    """The document; it stands for itself and needs no style sheet."""
    drawing = _Drawing()
    size = drawing.measure(shape)
    drawing.draw(shape, _MARGIN + size.mid, _MARGIN)
    width, height = size.width + 2 * _MARGIN, size.height + 2 * _MARGIN
    return "\n".join([
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width:.0f}" height="{height:.0f}" '
        f'viewBox="0 0 {width:.0f} {height:.0f}" font-family="system-ui, -apple-system, \'Segoe UI\', sans-serif" '
        'font-size="13">',
        '<defs><marker id="runlaw-arrow" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="7" markerHeight="7" '
        'orient="auto"><path d="M0 0.5 L10 5 L0 9.5 z" fill="#475569"/></marker></defs>',
        '<rect width="100%" height="100%" fill="#ffffff"/>',
        *drawing.frames,
        '<g fill="none" stroke="#475569" stroke-width="1.4">',
        *drawing.lines,
        "</g>",
        *drawing.boxes,
        "</svg>\n",
    ])  # fmt: skip


class _Drawing:
    """What has been drawn so far, in three layers."""

    def __init__(self) -> None:
        self.frames: list[str] = []
        self.lines: list[str] = []
        self.boxes: list[str] = []
        self._sizes: dict[int, _Size] = {}
        self._frames_around = 0

    def measure(self, shape: Shape) -> _Size:
        """The room that a shape takes; measured once."""
        known = self._sizes.get(id(shape))
        if known is None:
            known = self._sizes[id(shape)] = self._measure(shape)
        return known

    def _measure(self, shape: Shape) -> _Size:
        if isinstance(shape, Box):
            return _box_size(shape.node)
        if isinstance(shape, Series):
            sizes = [self.measure(part) for part in shape.parts]
            mid = max([size.mid for size in sizes])
            width = mid + max([size.width - size.mid for size in sizes])
            return _Size(width, sum([size.height for size in sizes]) + _DOWN * (len(sizes) - 1), mid)
        if isinstance(shape, Frame):
            inner = self.measure(shape.inner)
            width = max(inner.width, _text_width(shape.node.text)) + 2 * _FRAME
            return _Size(width, inner.height + _TITLE + 2 * _FRAME, (width - inner.width) / 2 + inner.mid)
        fork = _box_size(shape.fork)
        lanes = self._lanes(shape)
        mid = max(fork.mid, (lanes[0].mid + _total(lanes) - lanes[-1].width + lanes[-1].mid) / 2)
        shift = mid - (lanes[0].mid + _total(lanes) - lanes[-1].width + lanes[-1].mid) / 2
        width = max(shift + _total(lanes), mid + fork.width - fork.mid)
        return _Size(width, fork.height + _FAN + max([lane.height for lane in lanes]) + _MEET, mid)

    def _lanes(self, shape: Split) -> list[_Size]:
        sizes = []
        for lane in shape.lanes:
            size = _Size(_PASS, 0.0, _PASS / 2) if lane.inner is None else self.measure(lane.inner)
            label = 0.0 if lane.label is None else _text_width(lane.label) / 2
            mid = max(size.mid, label)
            sizes.append(_Size(mid + max(size.width - size.mid, label), size.height, mid))
        return sizes

    def draw(self, shape: Shape, x: float, y: float) -> None:
        """Draw a shape whose values come in at ``x``, ``y``."""
        if isinstance(shape, Box):
            self._box(shape.node, x, y)
        elif isinstance(shape, Series):
            for number, part in enumerate(shape.parts):
                if number:
                    self._line(f"M{x:.1f} {y:.1f} V{y + _DOWN:.1f}", False, _takes_arrow(part))
                    y += _DOWN
                self.draw(part, x, y)
                y += self.measure(part).height
        elif isinstance(shape, Frame):
            self._frame(shape, x, y)
        else:
            self._split(shape, x, y)

    def _frame(self, shape: Frame, x: float, y: float) -> None:
        size = self.measure(shape)
        left = x - size.mid
        title = shown(shape.node.text)
        self.frames.append(
            f'<rect x="{left:.1f}" y="{y:.1f}" width="{size.width:.1f}" height="{size.height:.1f}" rx="10" '
            f'fill="{FRAME.fill}" stroke="{FRAME.line}" stroke-dasharray="5 4"/>'
        )
        self.boxes.append(
            f'<rect x="{left + _FRAME - 4:.1f}" y="{y + 6:.1f}" width="{_small_width(title):.1f}" height="18" '
            f'fill="{FRAME.fill}"/>'
            f'<text x="{left + _FRAME:.1f}" y="{y + 19:.1f}" fill="{FRAME.text}" font-size="12">{escape(title)}</text>'
        )
        top = y + _TITLE + _FRAME
        self._line(f"M{x:.1f} {y:.1f} V{top:.1f}", False, _takes_arrow(shape.inner))
        self._frames_around += 1
        self.draw(shape.inner, x, top)
        self._frames_around -= 1
        bottom = top + self.measure(shape.inner).height
        self._line(f"M{x:.1f} {bottom:.1f} V{bottom + _FRAME:.1f}", False, False)

    def _split(self, shape: Split, x: float, y: float) -> None:
        lanes = self._lanes(shape)
        self._box(shape.fork, x, y)
        start = y + _BOX
        top = start + _FAN
        bottom = top + max([lane.height for lane in lanes])
        end = bottom + _MEET
        left = x - (lanes[0].mid + _total(lanes) - lanes[-1].width + lanes[-1].mid) / 2
        for lane, size in zip(shape.lanes, lanes, strict=True):
            middle = left + size.mid
            control = f"{x:.1f} {start + 26:.1f} {middle:.1f} {start + 6:.1f}"
            path = f"M{x:.1f} {start:.1f} C{control} {middle:.1f} {start + 32:.1f} V{top:.1f}"
            self._line(path, lane.conditional, _takes_arrow(lane.inner))
            if lane.label is not None:
                self._label(lane.label, middle, start + 40)
            if lane.inner is not None:
                self.draw(lane.inner, middle, top)
            foot = top + (0.0 if lane.inner is None else self.measure(lane.inner).height)
            self._line(
                f"M{middle:.1f} {foot:.1f} V{bottom:.1f} "
                f"C{middle:.1f} {bottom + 26:.1f} {x:.1f} {end - 26:.1f} {x:.1f} {end:.1f}",
                False,
                False,
            )
            left += size.width + _ACROSS

    def _line(self, path: str, dashed: bool, arrow: bool) -> None:
        dashes = ' stroke-dasharray="5 4"' if dashed else ""
        head = ' marker-end="url(#runlaw-arrow)"' if arrow else ""
        self.lines.append(f'<path d="{path}"{dashes}{head}/>')

    def _label(self, text: str, x: float, y: float) -> None:
        width = _small_width(text)
        ground = FRAME.fill if self._frames_around else "#ffffff"
        self.boxes.append(
            f'<rect x="{x - width / 2:.1f}" y="{y - 12:.1f}" width="{width:.1f}" height="16" fill="{ground}"/>'
            f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="middle" fill="#475569" font-size="12">'
            f"{escape(shown(text))}</text>"
        )

    def _box(self, node: GraphNode, x: float, y: float) -> None:
        size = _box_size(node)
        colour = colour_of(node.kind)
        left, right = x - size.width / 2, x + size.width / 2
        if node.kind in ("branch", "fallbacks", "parallel", "assign"):
            middle, low = y + _BOX / 2, y + _BOX
            points = (
                f"{left:.1f},{middle:.1f} {left + 14:.1f},{y:.1f} {right - 14:.1f},{y:.1f} "
                f"{right:.1f},{middle:.1f} {right - 14:.1f},{low:.1f} {left + 14:.1f},{low:.1f}"
            )
            outline = f'<polygon points="{points}"'
        else:
            round = 18 if node.kind in ("input", "output") else 6
            outline = f'<rect x="{left:.1f}" y="{y:.1f}" width="{size.width:.1f}" height="{_BOX:.0f}" rx="{round}"'
        self.boxes.append(
            f"<g><title>{escape(_tip(node))}</title>"
            f'{outline} fill="{colour.fill}" stroke="{colour.line}" stroke-width="1.4"/>'
            f'<text x="{x:.1f}" y="{y + _BOX / 2 + 4.5:.1f}" text-anchor="middle" fill="{colour.text}">'
            f"{escape(shown(node.text))}</text></g>"
        )


def _tip(node: GraphNode) -> str:
    """What is shown where the pointer rests on a box: its kind and its types."""
    types = node.data.get("type") or f"{node.data.get('input')} -> {node.data.get('output')}"
    return "".join([char if char.isprintable() else " " for char in f"{node.text}: {node.kind}, {types}"])


def _text_width(text: str) -> float:
    return columns(shown(text)) * _CHAR + 8


def _small_width(text: str) -> float:
    return columns(shown(text)) * 6.6 + 8


def _takes_arrow(shape: Shape | None) -> bool:
    """Whether a line into it ends at a box, and not at the edge of a frame."""
    while isinstance(shape, Series):
        shape = shape.parts[0]
    return isinstance(shape, Box | Split)


def _box_size(node: GraphNode) -> _Size:
    width = _text_width(node.text) + _PAD
    return _Size(width, _BOX, width / 2)


def _total(lanes: list[_Size]) -> float:
    return sum([lane.width for lane in lanes]) + _ACROSS * (len(lanes) - 1)
