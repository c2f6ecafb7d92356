"""The dashboard, and the rows behind each of its figures."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.safestring import SafeString
from django.views.decorators.http import require_POST, require_safe

from apps.claims.selectors.payer_rules import stale_rules
from apps.claims.selectors.rule_books import stale_books
from apps.core import clock
from apps.core.chips import Chip
from apps.core.counted_pages import KeyedPaginator
from apps.core.htmx import render_page
from apps.core.templatetags.charts import spark
from apps.eligibility.selectors import Measures
from apps.practice.access import require
from apps.practice.audited_views import audit_read
from apps.practice.roles import Permission
from apps.reports.metrics import BY_KEY, FIVE, METRICS, ar_days, charge_lag
from apps.reports.metrics.figure import Figure, Metric, Slice, Unit, Verdict
from apps.reports.selectors.history import Series, series
from apps.reports.selectors.reading import current, current_figure
from apps.reports.services import take_snapshots
from apps.reports.wording import change, number, part_words, references, verdict_words

PAGE_SIZE = 50
AR_DAYS = ar_days.METRIC.key


@dataclass(frozen=True, slots=True)
class FigureView:
    """One figure ready to be shown."""

    metric: Metric
    figure: Figure
    value: str
    unit: str
    word: str
    shape: str
    change: str
    refs: list[tuple[str, str]]
    spark: SafeString | str


def _view(metric: Metric, figure: Figure, past: Series) -> FigureView:
    word, shape = verdict_words(metric.verdict(figure.value))
    values = [None if value is None else float(value) for value in past.values]
    picture = spark(values, past.label, metric.target, metric.problem, past.go_live) if any(past.values) else ""
    return FigureView(
        metric=metric,
        figure=figure,
        value="" if figure.value is None else number(figure.value, metric.unit),
        unit="days" if metric.unit is Unit.DAYS else "",
        word=word if figure.value is not None else "",
        shape=shape,
        change=change(metric, figure, past.baseline),
        refs=references(metric, past.baseline),
        spark=picture,
    )


@require_safe
@require(Permission.VIEW_REPORTS)
def dashboard(request: HttpRequest) -> HttpResponse:
    now = clock.now()
    reading, past = current(now=now), series([metric.key for metric in METRICS], clock.practice_date(now))
    figures = reading.figures
    views = {metric.key: _view(metric, figures[metric.key], past[metric.key]) for metric in METRICS}
    context = {
        "today": reading.on,
        "kept_at": reading.taken_at if reading.is_kept else None,
        "five": [views[metric.key] for metric in FIVE],
        "more": [views[metric.key] for metric in METRICS if metric not in FIVE],
        "verdicts": _verdict_counts(figures),
        "ages": reading.ages,
        "age_most": max((age.total for age in reading.ages), default=Decimal(0)),
        "open_total": sum((age.total for age in reading.ages), Decimal(0)),
        "lags": _lag_bars(reading.lags),
        "codes": reading.codes,
        "checks": _eligibility(reading.checks),
        "note": figures[AR_DAYS].note,
        "stale_rules": stale_rules(clock.practice_date(now)),
        "stale_books": stale_books(clock.practice_date(now)),
    }
    return render_page(request, "reports/dashboard.html", context)


def _verdict_counts(figures: Mapping[str, Figure]) -> dict[Verdict, int]:
    found = [metric.verdict(figures[metric.key].value) for metric in FIVE]
    return {verdict: found.count(verdict) for verdict in Verdict}


def _lag_bars(found: Mapping[int, int]) -> list[tuple[Slice, int, int]]:
    """(days, claims, all claims): the distribution behind the mean."""
    total = sum(found.values())
    longest = charge_lag.LONGEST_SHOWN
    longer = sum(count for days, count in found.items() if days >= longest)
    numbers = [*(found.get(days, 0) for days in range(longest)), longer]
    return [(part, number, total) for part, number in zip(charge_lag.SLICES, numbers, strict=True)] if total else []


def _eligibility(found: Measures) -> list[tuple[str, int, int, Decimal | None]]:
    """(what, how many, of how many, share)."""
    parts = (
        ("Checked 24 to 48 hours ahead", found.checked_ahead, found.visits),
        ("Checked at all before the visit", found.checked_before, found.visits),
        ("Failures solved before the visit", found.solved, found.failures),
    )
    return [(what, part, whole, Decimal(part) / whole if whole else None) for what, part, whole in parts]


@require_safe
@require(Permission.VIEW_REPORTS)
def metric(request: HttpRequest, key: str) -> HttpResponse:
    """One figure: its definition, what it is made of, and its rows."""
    if key not in BY_KEY:
        raise Http404
    chosen, now = BY_KEY[key], clock.now()
    today = clock.practice_date(now)
    past, (figure, kept_at) = series([key], today)[key], current_figure(key, now=now)
    view = _view(chosen, figure, past)
    part = next((each for each in chosen.slices if each.key == request.GET.get("part")), None)
    rows = part.of(chosen.rows(today)) if part else chosen.rows(today)
    total = chosen.count(today) if chosen.count and not part else rows.count()
    page = KeyedPaginator(rows, PAGE_SIZE, count=total).get_page(request.GET.get("page"))
    context: dict[str, Any] = {
        "view": view,
        "kept_at": kept_at,
        "parts": [(part.label, part_words(part)) for part in view.figure.parts],
        "part": part,
        "chips": [Chip(each.key, each.label) for each in chosen.slices],
        "page": page,
        "rows": [chosen.row(row) for row in page],
        "history": [
            (day, "No data" if value is None else number(value, chosen.unit))
            for day, value in reversed(list(zip(past.days, past.values, strict=True)))
        ],
        "by": past.by,
    }
    audit_read(request, "metric_rows", key, patients=[row.patient.public_id for row in page], action="list")
    return render_page(request, "reports/metric.html", context, fragment="rows")


@require_POST
@require(Permission.VIEW_REPORTS)
def measure(request: HttpRequest) -> HttpResponse:
    """Anew, where the pages show what was kept; then back to the page that asked."""
    take_snapshots(now=clock.now())
    key = request.POST.get("figure", "")
    return redirect("reports:metric", key) if key in BY_KEY else redirect("reports:dashboard")
