"""How a figure reads."""

from decimal import ROUND_HALF_UP, Decimal

from apps.core.status_words import status_of
from apps.reports.metrics.figure import Figure, Kind, Metric, Part, Unit, Verdict

_ONE = Decimal("0.1")


def number(value: Decimal, unit: Unit) -> str:
    """ "33.1", "96.8%"."""
    if unit is Unit.SHARE:
        return f"{(value * 100).quantize(_ONE, ROUND_HALF_UP)}%"
    return f"{value.quantize(_ONE, ROUND_HALF_UP):,}"


def verdict_words(verdict: Verdict | None) -> tuple[str, str]:
    """The word and shape of its pill; both empty where there is nothing to be measured against."""
    if verdict is None:
        return "", ""
    known = status_of(verdict.value)
    return known.word, known.shape


def references(metric: Metric, baseline: Decimal | None) -> list[tuple[str, str]]:
    """Target, problem and baseline as the card's last row shows them."""
    found = []
    if metric.target is not None and metric.problem is not None:
        good, bad = ("<", ">") if metric.less_is_better else (">", "<")
        found += [
            ("Target", f"{good} {_bound(metric.target, metric)}"),
            ("Problem", f"{bad} {_bound(metric.problem, metric)}"),
        ]
    found.append(("Baseline", "None yet" if baseline is None else number(baseline, metric.unit)))
    return found


def _bound(value: Decimal, metric: Metric) -> str:
    return f"{value * 100:.0f}%" if metric.unit is Unit.SHARE else f"{value:.0f}"


def change(metric: Metric, figure: Figure, baseline: Decimal | None) -> str:
    """ "14.9 fewer than baseline"; without a baseline, what is to be known of the figure."""
    if figure.value is None or baseline is None:
        return figure.note
    moved = figure.value - baseline
    if metric.unit is Unit.SHARE:
        words = (
            f"{abs(moved * 100).quantize(_ONE, ROUND_HALF_UP)} points {'more' if moved >= 0 else 'less'} than baseline"
        )
    else:
        words = f"{abs(moved).quantize(_ONE, ROUND_HALF_UP)} {'more' if moved >= 0 else 'fewer'} than baseline"
    return f"{words}. {figure.note}".strip() if figure.note else words


def part_words(part: Part) -> str:
    if part.value is None:
        return "No data"
    match part.kind:
        case Kind.MONEY:
            return f"(${-part.value:,.2f})" if part.value < 0 else f"${part.value:,.2f}"
        case Kind.SHARE:
            return number(part.value, Unit.SHARE)
        case Kind.DAYS:
            return f"{part.value:.1f} days"
    return f"{part.value:,.0f}"
