"""The audit trail as its viewer asks for it: newest first, by person, by what was done, to what, about whom and when."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import NamedTuple

from django.db import connection
from django.db.models import F, Q, QuerySet

from apps.audit.models import AuditEvent
from apps.core import clock
from apps.core.models import User
from apps.intake.models import Patient
from apps.workspace.trail.wording import EXPORTS, READS, SIGNING_IN

NOBODY = "nobody"
GROUPS = {"reads": READS, "signing_in": SIGNING_IN, "exports": EXPORTS}
# Each distinct kind by one step down an index: as many steps as there are kinds, however many rows.
_KINDS = """
WITH RECURSIVE kinds AS (
    (SELECT subject_kind FROM audit_auditevent ORDER BY subject_kind LIMIT 1)
    UNION ALL
    SELECT (SELECT subject_kind FROM audit_auditevent WHERE subject_kind > kinds.subject_kind ORDER BY subject_kind LIMIT 1)
    FROM kinds WHERE kinds.subject_kind IS NOT NULL
)
SELECT subject_kind FROM kinds WHERE subject_kind IS NOT NULL
"""


class Place(NamedTuple):
    """Where a page begins: after the event of this moment and key."""

    at: datetime
    pk: int

    @classmethod
    def parse(cls, text: str) -> "Place | None":
        moment, _, key = text.partition("_")
        try:
            at = datetime.fromisoformat(moment)
            return cls(at, int(key)) if at.tzinfo else None
        except ValueError:
            return None

    def __str__(self) -> str:
        return f"{self.at.isoformat()}_{self.pk}"


@dataclass(frozen=True, slots=True)
class Asked:
    """`person`: a user's public id, or `NOBODY` for what was done without a log-in. Days are the practice's, both included."""

    person: str = ""
    doing: str = ""
    kind: str = ""
    subject: str = ""
    patient: str = ""
    first: date | None = None
    last: date | None = None


def kinds() -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(_KINDS)
        return [kind for (kind,) in cursor.fetchall()]


def events(asked: Asked) -> "QuerySet[AuditEvent]":
    rows = AuditEvent.objects.filter(_by(asked), _done(asked), _on(asked)).order_by("-at", "-pk")
    return rows.filter(patients__contains=[asked.patient]) if asked.patient else rows


def _by(asked: Asked) -> Q:
    if asked.person == NOBODY:
        return Q(actor=None)
    if not asked.person:
        return Q()
    # The key itself, not a subquery: only so does the planner know how rare this person's events are.
    return Q(actor=User.objects.filter(public_id=asked.person).values_list("pk", flat=True).first() or 0)


def _done(asked: Asked) -> Q:
    done = Q()
    if asked.doing == "changes":
        done = ~Q(action__in=[*READS, *SIGNING_IN, *EXPORTS])
    elif asked.doing:
        done = Q(action__in=GROUPS[asked.doing])
    if asked.kind:
        done &= Q(subject_kind=asked.kind)
    if asked.subject:
        done &= Q(subject_public_id=asked.subject)
    return done


def _on(asked: Asked) -> Q:
    days = Q()
    if asked.first:
        days &= Q(at__gte=_midnight(asked.first))
    if asked.last:
        days &= Q(at__lt=_midnight(asked.last + timedelta(days=1)))
    return days


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), clock.practice_zone())


@dataclass(frozen=True, slots=True)
class Row:
    """An event, how many patients it names, and whom, where it is one."""

    event: AuditEvent
    patients: int
    patient: str


@dataclass(frozen=True, slots=True)
class Page:
    rows: list[Row]
    older: Place | None


def page(asked: Asked, after: Place | None, *, size: int) -> Page:
    """At most `size` events after a place, and where the next page begins."""
    rows = events(asked)
    if after:
        rows = rows.filter(at__lte=after.at).exclude(at=after.at, pk__gte=after.pk)
    # An export may name a hundred thousand patients: they are counted where they are.
    counted = rows.select_related("actor").defer("patients").annotate(many=F("patients__len"), whom=F("patients__0"))
    found = [Row(event, event.many, event.whom if event.many == 1 else "") for event in counted[: size + 1]]
    last = found[size - 1].event if len(found) > size else None
    return Page(found[:size], Place(last.at, last.pk) if last else None)


def patients_of(rows: list[Row], asked: Asked) -> dict[str, str]:
    """Names by public id: of the patient whom `asked` names, and of those whom an event names alone (a list of many is a number)."""
    single = {asked.patient, *(row.patient for row in rows)} - {""}
    found = Patient.objects.filter(public_id__in=single).values_list("public_id", "first_name", "last_name")
    return {public_id: f"{first} {last}" for public_id, first, last in found}


def users_of(rows: list[Row]) -> dict[str, str]:
    """Names by public id: of people with a log-in to whom something was done."""
    found = {row.event.subject_public_id for row in rows if row.event.subject_kind == "user"}
    return {user.public_id: user.display_name for user in User.objects.filter(public_id__in=found)}


def people() -> "QuerySet[User]":
    """Whoever has or had a log-in."""
    return User.objects.order_by("last_name", "first_name", "email")


def exported(asked: Asked) -> Iterator[AuditEvent]:
    """All of them, read a thousand at a time."""
    return events(asked).select_related("actor").iterator(chunk_size=1000)
