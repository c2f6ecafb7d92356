"""The exception queue as a file: all that the filter shows, in the order in which it shows it."""

from collections.abc import Iterator, Sequence
from datetime import date

from django.http import HttpRequest, StreamingHttpResponse
from django.views.decorators.http import require_safe

from apps.claims.selectors import exception_queue, exceptions
from apps.claims.views.exception_queue import filter_of
from apps.core import clock
from apps.core.csv_answers import csv_answer
from apps.core.status_words import status_of
from apps.practice.access import require, signed_in_user
from apps.practice.audited_views import audit_read
from apps.practice.roles import Permission

# So many claims are read at a time.
CHUNK = 500
HEADING = (
    "File by", "Claim", "Patient", "Payer", "Provider", "Visit", "State", "Finding", "Suggested fix", "Owner", "Days waiting", "Charged",
)  # fmt: skip


@require_safe
@require(Permission.VIEW_CLAIMS)
def export(request: HttpRequest) -> StreamingHttpResponse:
    chosen, today = filter_of(request.GET), clock.today()
    found = exception_queue.claims(chosen, user=signed_in_user(request), today=today)
    keys = list(exception_queue.in_order(found, request.GET.get("sort", "")).values_list("pk", flat=True))
    audit_read(request, "claim_exception", patients=exception_queue.patients_of(found), action="export")
    return csv_answer(f"claim-exceptions-{today.isoformat()}", HEADING, _rows(keys, chosen.rule, today))


def _rows(keys: Sequence[int], rule: str, today: date) -> Iterator[Sequence[object]]:
    for start in range(0, len(keys), CHUNK):
        claims = exception_queue.page_rows(keys[start : start + CHUNK])
        yield from (_row(view) for view in exceptions.exception_views(claims, today=today, rule=rule))


def _row(view: exceptions.ExceptionView) -> Sequence[object]:
    claim, item = view.claim, view.claim.work_item
    return (
        view.due_on or "",
        claim.control_number,
        claim.patient.full_name,
        claim.payer.name,
        str(claim.provider),
        claim.service_date,
        status_of(claim.status).word,
        "; ".join(dict.fromkeys(found.rule.title for found in view.findings)),
        view.one_click.fix.label if view.one_click and view.one_click.fix else "",
        item.assignee.display_name if item and item.assignee else "",
        view.age,
        claim.total,
    )
