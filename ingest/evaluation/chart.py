"""Line charts as SVG files."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from math import inf

WIDTH, HEIGHT, LEFT, TOP = 320, 180, 44, 34
COLOURS = ("#1b6ca8", "#c8553d", "#3f8f4f", "#8a5fa8")


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """Lines over one horizontal axis. There is a vertical line at the place `mark` of this axis.

    The vertical axis begins at the smallest value, or at `base` if that is smaller.
    """

    title: str
    lines: Mapping[str, Sequence[tuple[float, float]]]
    mark: float | None = None
    base: float = inf


def svg(charts: Sequence[Chart], columns: int = 2) -> str:
    """The charts, side by side, as one SVG document."""
    rows = -(-len(charts) // columns)
    wide, high = WIDTH + LEFT + 24, HEIGHT + TOP + 44
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{wide * columns}" height="{high * rows}" '
        'font-family="sans-serif" font-size="11"><rect width="100%" height="100%" fill="white"/>'
    ]
    for number, chart in enumerate(charts):
        row, column = divmod(number, columns)
        parts.append(f'<g transform="translate({column * wide + LEFT},{row * high + TOP})">')
        parts += [*_chart(chart), "</g>"]
    return "\n".join([*parts, "</svg>\n"])


def _chart(chart: Chart) -> list[str]:
    points = [point for line in chart.lines.values() for point in line]
    low, high = min(x for x, _ in points), max(x for x, _ in points)
    floor, top = min(chart.base, *(y for _, y in points)), max(y for _, y in points)
    floor = min(floor, top - 1e-9)

    def place(x: float, y: float) -> tuple[float, float]:
        across = (x - low) / ((high - low) or 1) * WIDTH
        return across, HEIGHT - (y - floor) / (top - floor) * HEIGHT

    drawn = [
        f'<text x="0" y="-18" font-weight="bold">{escape(chart.title)}</text>',
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="none" stroke="#999"/>',
        f'<text x="-6" y="10" text-anchor="end">{top:.3g}</text>',
        f'<text x="-6" y="{HEIGHT}" text-anchor="end">{floor:.3g}</text>',
        f'<text x="0" y="{HEIGHT + 15}">{low:,.7g}</text>',
        f'<text x="{WIDTH}" y="{HEIGHT + 15}" text-anchor="end">{high:,.7g}</text>',
    ]
    if chart.mark is not None:
        across = place(chart.mark, floor)[0]
        drawn.append(f'<path d="M{across:.1f} 0V{HEIGHT}" stroke="#999" stroke-dasharray="4 3"/>')
    for number, (name, line) in enumerate(chart.lines.items()):
        colour = COLOURS[number % len(COLOURS)]
        placed = [place(*point) for point in line]
        path = " ".join(f"{x:.1f},{y:.1f}" for x, y in placed)
        drawn.append(f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2"/>')
        drawn += [f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="{colour}"/>' for x, y in placed]
        drawn.append(
            f'<text x="{4 + 78 * number}" y="{HEIGHT + 30}" fill="{colour}">{escape(name)}</text>'
        )
    return drawn
