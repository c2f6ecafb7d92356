"""The list of denials as a file."""

from collections.abc import Iterator

from django.http import HttpRequest, HttpResponseBase
from django.views.decorators.http import require_safe

from apps.core import clock
from apps.core.status_words import status_of
from apps.denials.models import Denial
from apps.denials.selectors import queue
from apps.denials.views.queue import DENIALS, filter_of, prepared_of
from apps.practice.access import require, signed_in_user
from apps.practice.roles import Permission
from apps.worklist.file_views import Column, ListFile, list_file

# So many denials are read at a time.
CHUNK = 500


def _age(row: Denial) -> int:
    return (clock.today() - clock.practice_date(row.received_at)).days


def _owner(row: Denial) -> str:
    return row.work_item.assignee.display_name if row.work_item and row.work_item.assignee else ""


COLUMNS = (
    Column("Deadline", lambda row: row.appeal_deadline),
    Column("Claim", lambda row: row.claim.control_number),
    Column("Patient", lambda row: row.claim.patient.full_name),
    Column("State", lambda row: status_of(row.state).word),
    Column("Payer", lambda row: row.payer.name, "payer"),
    Column("Reason", lambda row: f"{row.group}-{row.carc}", "reason"),
    Column("Prepared", prepared_of, "prepared"),
    Column("At risk", lambda row: row.amount),
    Column("Days", _age, "age"),
    Column("Owner", _owner, "owner"),
)
FILE = ListFile(DENIALS, "denials", "denial", COLUMNS)


@require_safe
@require(Permission.VIEW_DENIALS)
def export(request: HttpRequest) -> HttpResponseBase:
    """All that the filter shows, in the order in which it shows it, without the columns left out there."""
    user, today = signed_in_user(request), clock.today()
    rows = queue.denials(filter_of(request.GET), user=user, today=today, sort=request.GET.get("sort", ""))
    patients = rows.order_by("claim__patient__public_id").values_list("claim__patient__public_id", flat=True)
    found: Iterator[Denial] = rows.iterator(chunk_size=CHUNK)
    return list_file(request, FILE, found, number=rows.count, patients=lambda: list(patients.distinct()))
