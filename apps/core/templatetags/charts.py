"""Small charts as SVG sized by attributes: they print, scale and need neither script nor style."""

from collections.abc import Sequence
from decimal import Decimal

from django.template import Library
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

register = Library()
WIDTH, HEIGHT, EDGE = 200, 52, 6
Number = Decimal | float | int


@register.simple_tag
def spark(
    values: Sequence[Number | None],
    label: str,
    target: Number | None = None,
    limit: Number | None = None,
    go_live: int | None = None,
) -> SafeString:
    """The last periods of a figure, oldest first; None is a period without data. `label` says the line in words.

    `target` is drawn dashed, `limit` (where the problem begins) dotted, `go_live` upright at that position of `values`.
    """
    known = [float(value) for value in (*values, target, limit) if value is not None]
    low, high = (min(known), max(known)) if known else (0.0, 1.0)
    scale = (HEIGHT - 2 * EDGE) / (high - low or 1.0)

    def y(value: Number) -> str:
        return f"{HEIGHT - EDGE - (float(value) - low) * scale:.1f}"

    def x(position: int) -> str:
        return f"{EDGE + position * (WIDTH - 2 * EDGE) / max(len(values) - 1, 1):.1f}"

    points = [(x(position), y(value)) for position, value in enumerate(values) if value is not None]
    return format_html(
        '<svg class="spark" viewBox="0 0 {} {}" preserveAspectRatio="none" role="img" aria-label="{}">{}{}{}{}</svg>',
        WIDTH,
        HEIGHT,
        label,
        _upright(x(go_live)) if go_live is not None else "",
        _level("limit", y(limit)) if limit is not None else "",
        _level("target", y(target)) if target is not None else "",
        _curve(points) if points else "",
    )


def _upright(x: str) -> SafeString:
    return format_html('<line class="golive" x1="{}" y1="0" x2="{}" y2="{}"/>', x, x, HEIGHT)


def _level(name: str, y: str) -> SafeString:
    return format_html('<line class="{}" x1="0" y1="{}" x2="{}" y2="{}"/>', name, y, WIDTH, y)


def _curve(points: list[tuple[str, str]]) -> SafeString:
    steps = format_html_join(" ", "{} {}", points)
    x, y = points[-1]
    # The end dot is a line of no length with round ends, so that it stays round however the picture is stretched.
    return format_html(
        '<path class="data" d="M{}"/><path class="last-ring" d="M{} {}h.01"/><path class="last" d="M{} {}h.01"/>',
        steps, x, y, x, y,
    )  # fmt: skip


@register.simple_tag
def bar(value: Number, of: Number, second: Number = 0, look: str = "b1") -> SafeString:
    """A bar of a table row: `value`, and `second` behind it, as a share of `of`. The row's number says it in words."""
    whole = float(of) or 1.0
    first, rest = 100 * float(value) / whole, 100 * float(second) / whole
    tail = format_html(
        '<rect class="b2" x="{}%" y="0" width="{}%" height="100%" rx="2"/>', f"{first + 0.4:.1f}", f"{rest:.1f}"
    )
    return format_html(
        '<svg height="14" aria-hidden="true"><rect class="{}" x="0" y="0" width="{}%" height="100%" rx="2"/>{}</svg>',
        look,
        f"{first:.1f}",
        tail if rest else "",
    )
