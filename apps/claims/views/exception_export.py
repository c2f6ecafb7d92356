"""The exception queue as a file: all that the filter shows, in the order in which it shows it, without the columns left out there."""

from collections.abc import Callable, Iterator, Sequence
from datetime import date
from typing import NamedTuple

from django.http import HttpRequest, HttpResponseBase
from django.views.decorators.http import require_safe

from apps.claims.selectors import exception_queue, exceptions
from apps.claims.views.exception_list import EXCEPTIONS, filter_of
from apps.core import clock
from apps.core.file_answers import file_answer
from apps.core.status_words import status_of
from apps.practice.access import require, signed_in_user
from apps.practice.audited_views import audit_read
from apps.practice.roles import Permission
from apps.worklist.list_views import shown_columns

# So many claims are read at a time.
CHUNK = 500


class _Column(NamedTuple):
    """`name`: of the list's columns that may be left out; what cannot be left out there has none, and is always in the file."""

    heading: str
    cell: Callable[[exceptions.ExceptionView], object]
    name: str = ""


def _findings(view: exceptions.ExceptionView) -> str:
    return "; ".join(dict.fromkeys(found.rule.title for found in view.findings))


def _fix(view: exceptions.ExceptionView) -> str:
    return view.one_click.fix.label if view.one_click and view.one_click.fix else ""


def _owner(view: exceptions.ExceptionView) -> str:
    item = view.claim.work_item
    return item.assignee.display_name if item and item.assignee else ""


COLUMNS = (
    _Column("File by", lambda view: view.due_on or ""),
    _Column("Claim", lambda view: view.claim.control_number),
    _Column("Patient", lambda view: view.claim.patient.full_name),
    _Column("Payer", lambda view: view.claim.payer.name, "payer"),
    _Column("Provider", lambda view: str(view.claim.provider)),
    _Column("Visit", lambda view: view.claim.service_date),
    _Column("State", lambda view: status_of(view.claim.status).word),
    _Column("Finding", _findings, "finding"),
    _Column("Suggested fix", _fix, "fix"),
    _Column("Owner", _owner, "owner"),
    _Column("Days waiting", lambda view: view.age, "waits"),
    _Column("Charged", lambda view: view.claim.total),
)


@require_safe
@require(Permission.VIEW_CLAIMS)
def export(request: HttpRequest) -> HttpResponseBase:
    chosen, today = filter_of(request.GET), clock.today()
    found = exception_queue.claims(chosen, user=signed_in_user(request), today=today)
    keys = list(exception_queue.in_order(found, request.GET.get("sort", "")).values_list("pk", flat=True))
    audit_read(request, "claim_exception", patients=exception_queue.patients_of(found), action="export")
    shown = shown_columns(request, EXCEPTIONS)
    columns = [each for each in COLUMNS if shown.get(each.name, True)]
    heading = [each.heading for each in columns]
    return file_answer(
        request.GET, f"claim-exceptions-{today.isoformat()}", heading, _rows(keys, columns, chosen.rule, today)
    )


def _rows(keys: Sequence[int], columns: Sequence[_Column], rule: str, today: date) -> Iterator[Sequence[object]]:
    for start in range(0, len(keys), CHUNK):
        claims = exception_queue.page_rows(keys[start : start + CHUNK])
        for view in exceptions.exception_views(claims, today=today, rule=rule):
            yield [each.cell(view) for each in columns]
