"""The dashboard, and the rows behind each of its figures."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.safestring import SafeString
from django.views.decorators.http import require_safe

from apps.claims.selectors.payer_rules import stale_rules
from apps.core import clock
from apps.core.htmx import render_page
from apps.core.templatetags.charts import spark
from apps.eligibility.selectors import Measures, measures
from apps.practice.access import require
from apps.practice.audited_views import audit_read
from apps.practice.roles import Permission
from apps.reports.metrics import BY_KEY, FIVE, METRICS, charge_lag
from apps.reports.metrics.figure import Figure, Metric, Unit, Verdict
from apps.reports.metrics.windows import last_days
from apps.reports.selectors.history import Series, series
from apps.reports.selectors.money import aging, denials_by_code
from apps.reports.wording import change, number, part_words, references, verdict_words

PAGE_SIZE = 50


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
    today = clock.today()
    past = series([metric.key for metric in METRICS], today)
    figures = {metric.key: metric.measure(today) for metric in METRICS}
    views = {metric.key: _view(metric, figures[metric.key], past[metric.key]) for metric in METRICS}
    ages = aging(today)
    window = last_days(today)
    context = {
        "today": today,
        "five": [views[metric.key] for metric in FIVE],
        "more": [views[metric.key] for metric in METRICS if metric not in FIVE],
        "verdicts": _verdict_counts(figures),
        "ages": ages,
        "age_most": max((age.total for age in ages), default=Decimal(0)),
        "open_total": sum((age.total for age in ages), Decimal(0)),
        "lags": _lag_bars(today),
        "codes": denials_by_code(today),
        "checks": _eligibility(measures(window.first, today)),
        "note": window.note,
        "stale_rules": stale_rules(today),
    }
    return render_page(request, "reports/dashboard.html", context)


def _verdict_counts(figures: dict[str, Figure]) -> dict[Verdict, int]:
    found = [metric.verdict(figures[metric.key].value) for metric in FIVE]
    return {verdict: found.count(verdict) for verdict in Verdict}


def _lag_bars(today: date) -> list[tuple[str, int, int]]:
    """(days, claims, all claims): the distribution behind the mean."""
    found = charge_lag.lags(today)
    total = found.total()
    longest = charge_lag.LONGEST_SHOWN
    bars = [
        ("Same day" if days == 0 else f"{days} {'day' if days == 1 else 'days'}", found[days], total)
        for days in range(longest)
    ]
    longer = sum(count for days, count in found.items() if days >= longest)
    return [*bars, (f"{longest} days or more", longer, total)] if total else []


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
    chosen, today = BY_KEY[key], clock.today()
    past = series([key], today)[key]
    view = _view(chosen, chosen.measure(today), past)
    page = Paginator(chosen.rows(today), PAGE_SIZE).get_page(request.GET.get("page"))
    context: dict[str, Any] = {
        "view": view,
        "parts": [(part.label, part_words(part)) for part in view.figure.parts],
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
