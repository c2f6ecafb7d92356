"""Allowed against contract: the sums by payer and procedure, and the lines that fall short."""

from datetime import date, timedelta

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from apps.core import clock
from apps.core.chips import Chip
from apps.core.htmx import render_page
from apps.practice.access import request_role, require
from apps.practice.audited_views import audit_read
from apps.practice.roles import Permission, may
from apps.remittances.selectors.underpayments import evidence_of
from apps.reports.selectors import variance as read

PAGE = 50
PERIODS = {"30": "30 days", "90": "90 days", "365": "A year"}


@require_safe
@require(Permission.VIEW_REPORTS)
def variance(request: HttpRequest) -> HttpResponse:
    """`?days=` 30, 90 or 365, without it all. With `payer` and `procedure` the lines behind that row."""
    since = _since(request.GET.get("days", ""))
    payer, procedure = request.GET.get("payer", ""), request.GET.get("procedure", "")
    role = request_role(request)
    context = {
        "chips": [Chip(days, words) for days, words in PERIODS.items()],
        "days": request.GET.get("days", "") if since else "",
        "may_open_claims": may(role, Permission.VIEW_CLAIMS),
        "may_open_segments": may(role, Permission.VIEW_REMITTANCES),
    }
    if payer and procedure:
        lines = read.evidence_lines(since, payer=payer, procedure=procedure)
        page = Paginator(lines, PAGE).get_page(request.GET.get("page"))
        patients = [row.adjudication.claim.patient.public_id for row in page]
        audit_read(request, "contract_variance", patients=patients, action="list")
        context |= {"page": page, "evidence": evidence_of(page), "procedure": procedure}
        return render_page(request, "reports/variance_lines.html", context, fragment="lines")
    rows = read.variances(since)
    context |= {
        "page": Paginator(rows, PAGE).get_page(request.GET.get("page")),
        "short": sum(row.short for row in rows),
        "lines": sum(row.lines for row in rows),
        "compared": sum(row.compared for row in rows),
    }
    return render_page(request, "reports/variance.html", context, fragment="rows")


def _since(days: str) -> date | None:
    return clock.today() - timedelta(days=int(days)) if days in PERIODS else None
