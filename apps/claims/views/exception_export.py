"""The exception queue as a file: all that the filter shows, in the order in which it shows it, without the columns left out there."""

from collections.abc import Iterator
from datetime import date

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponseBase
from django.views.decorators.http import require_safe

from apps.claims.models import Claim
from apps.claims.selectors import exception_queue, exceptions
from apps.claims.views.exception_list import EXCEPTIONS, filter_of
from apps.core import clock
from apps.core.status_words import status_of
from apps.practice.access import require, signed_in_user
from apps.practice.roles import Permission
from apps.worklist.file_views import Column, ListFile, list_file

# So many claims are read at a time.
CHUNK = 500


def _findings(view: exceptions.ExceptionView) -> str:
    return "; ".join(dict.fromkeys(found.rule.title for found in view.findings))


def _fix(view: exceptions.ExceptionView) -> str:
    return view.one_click.fix.label if view.one_click and view.one_click.fix else ""


def _owner(view: exceptions.ExceptionView) -> str:
    item = view.claim.work_item
    return item.assignee.display_name if item and item.assignee else ""


COLUMNS = (
    Column("File by", lambda view: view.due_on or ""),
    Column("Claim", lambda view: view.claim.control_number),
    Column("Patient", lambda view: view.claim.patient.full_name),
    Column("Payer", lambda view: view.claim.payer.name, "payer"),
    Column("Provider", lambda view: str(view.claim.provider)),
    Column("Visit", lambda view: view.claim.service_date),
    Column("State", lambda view: status_of(view.claim.status).word),
    Column("Finding", _findings, "finding"),
    Column("Suggested fix", _fix, "fix"),
    Column("Owner", _owner, "owner"),
    Column("Days waiting", lambda view: view.age, "waits"),
    Column("Charged", lambda view: view.claim.total),
)
FILE = ListFile(EXCEPTIONS, "claim-exceptions", "claim_exception", COLUMNS)


@require_safe
@require(Permission.VIEW_CLAIMS)
def export(request: HttpRequest) -> HttpResponseBase:
    chosen, today = filter_of(request.GET), clock.today()
    found = exception_queue.claims(chosen, user=signed_in_user(request), today=today)
    keys = exception_queue.in_order(found, request.GET.get("sort", "")).values_list("pk", flat=True)
    return list_file(
        request,
        FILE,
        _rows(keys, chosen.rule, today),
        number=keys.count,
        patients=lambda: exception_queue.patients_of(found),
    )


def _rows(found: "QuerySet[Claim, int]", rule: str, today: date) -> Iterator[exceptions.ExceptionView]:
    keys = list(found)
    for start in range(0, len(keys), CHUNK):
        claims = exception_queue.page_rows(keys[start : start + CHUNK])
        yield from exceptions.exception_views(claims, today=today, rule=rule)
