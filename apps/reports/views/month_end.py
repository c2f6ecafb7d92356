"""Month end: what moved in each month, and closing one."""

from datetime import date, timedelta

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from apps.core import clock
from apps.core.htmx import render_page
from apps.ledger.selectors import book_months, first_open_month, following, movements, write_offs_by_reason
from apps.ledger.services import MonthCannotCloseError, close_month
from apps.practice.access import request_role, require, signed_in_user
from apps.practice.roles import Permission, may

# Tabs; an older month is reached by its address.
SHOWN = 13


@require_safe
@require(Permission.VIEW_REPORTS)
def months(request: HttpRequest) -> HttpResponse:
    """`?month=2026-10`; without, the month that closes next, else the newest."""
    known = book_months()
    first_open = first_open_month()
    this_month = clock.today().replace(day=1)
    shown = _shown(request.GET.get("month", ""), known, first_open)
    rows = movements(shown) if shown else []
    context = {
        "months": known[:SHOWN],
        "shown": shown,
        "current": f"{shown:%Y-%m}" if shown else "",
        "rows": rows,
        "debits": sum(row.debits for row in rows),
        "credits": sum(row.credits for row in rows),
        "rest": sum(row.net for row in rows),
        "given_up": write_offs_by_reason(shown, following(shown) - timedelta(days=1)) if shown else [],
        "closed": bool(shown and first_open and shown < first_open),
        "running": shown == this_month,
        "earlier": first_open if shown and first_open and first_open < shown < this_month else None,
        "may_close": may(request_role(request), Permission.CLOSE_MONTHS),
    }
    return render_page(request, "reports/months.html", context, fragment="month")


def _shown(wanted: str, known: list[date], first_open: date | None) -> date | None:
    for month in known:
        if f"{month:%Y-%m}" == wanted:
            return month
    if wanted:
        raise Http404
    return first_open if first_open in known else next(iter(known), None)


@require_POST
@require(Permission.CLOSE_MONTHS)
def close(request: HttpRequest, month: str) -> HttpResponse:
    try:
        day = date.fromisoformat(f"{month}-01")
    except ValueError as unknown:
        raise Http404 from unknown
    try:
        close_month(day, acting_user=signed_in_user(request), now=clock.now())
    except MonthCannotCloseError as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, f"{day:%B %Y} is closed.")
    return redirect(f"{reverse('reports:months')}?month={month}")
