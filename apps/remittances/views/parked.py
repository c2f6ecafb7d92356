"""Payers' money that was set apart, and what of it is left to place."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from apps.core.htmx import render_page
from apps.practice.access import request_role, require
from apps.practice.audited_views import audit_read
from apps.practice.roles import Permission, may
from apps.remittances.selectors import pages
from apps.remittances.selectors.parked import parked_money


@require_safe
@require(Permission.VIEW_REMITTANCES)
def parked(request: HttpRequest) -> HttpResponse:
    rows = parked_money()
    payments = [row.exception.payment for row in rows if row.exception.payment]
    audit_read(request, "parked_money", patients=pages.patients_of_payments(payments), action="list")
    context = {
        "rows": rows,
        "left": sum(row.left for row in rows),
        "waiting": pages.waiting(),
        "may_work": may(request_role(request), Permission.WORK_REMITTANCES),
        "may_refund": may(request_role(request), Permission.WORK_BALANCES),
    }
    return render_page(request, "remittances/parked.html", context)
