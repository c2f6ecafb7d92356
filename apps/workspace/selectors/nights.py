"""What was done by itself since yesterday evening, a line for each hand-off, from the rows that it left."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Max, Q, Sum

from apps.claims.models import Batch, Claim
from apps.claims.states import ClaimStatus
from apps.core.lateness import late_automations
from apps.core.models import Automation, JobRun
from apps.core.money import ZERO
from apps.core.shown import counted, dollars
from apps.denials.models import Denial
from apps.eligibility.models import EligibilityCheck
from apps.patient_balances.models import Message
from apps.practice.roles import Permission
from apps.remittances.models import RemittanceException, RemittancePayment


@dataclass(frozen=True, slots=True)
class Line:
    """`at`: when the last of it was done. `state`: empty, watch where something waits for a person, problem where something failed."""

    title: str
    at: datetime
    detail: str
    state: str
    url_name: str
    permission: Permission


def last_night(since: datetime, now: datetime) -> list[Line]:
    """In the order in which the night went; without the hand-offs through which nothing passed. What runs late stands last."""
    passed = [line for tell in _HAND_OFFS if (line := tell(since)) is not None]
    overdue = late(now)
    return [*sorted(passed, key=lambda line: line.at), *([overdue] if overdue else [])]


def _eligibility(since: datetime) -> Line | None:
    active = EligibilityCheck.Verdict.ACTIVE
    done = EligibilityCheck.objects.filter(answered_at__gte=since).aggregate(
        at=Max("answered_at"), number=Count("pk"), other=Count("pk", filter=~Q(verdict=active))
    )
    detail = f"{counted(done['number'], 'visit,visits')} checked"
    if done["other"]:
        detail += f", {done['other']:,} to settle"
    return _line(
        "Eligibility", done, detail, "eligibility:tomorrow", Permission.VIEW_ELIGIBILITY, waits=bool(done["other"])
    )


def _claims(since: datetime) -> Line | None:
    held = Q(status__in=[ClaimStatus.EXCEPTION, ClaimStatus.REJECTED])
    done = Claim.objects.filter(built_at__gte=since).aggregate(
        at=Max("built_at"), number=Count("pk"), total=Sum("total", default=ZERO), held=Count("pk", filter=held)
    )
    detail = f"{counted(done['number'], 'claim,claims')}, {dollars(done['total'])}"
    if done["held"]:
        detail += f", {done['held']:,} held"
    return _line("Charges became claims", done, detail, "claims:list", Permission.VIEW_CLAIMS, waits=bool(done["held"]))


def _sent(since: datetime) -> Line | None:
    done = Batch.objects.filter(sent_at__gte=since).aggregate(
        at=Max("sent_at"), files=Count("pk"), number=Sum("claim_count", default=0), total=Sum("total", default=ZERO)
    )
    detail = (
        f"{counted(done['number'], 'claim,claims')}, {dollars(done['total'])} in {counted(done['files'], 'file,files')}"
    )
    return _line("Sent to the clearinghouse", done, detail, "claims:batches", Permission.VIEW_CLAIMS)


def _remittances(since: datetime) -> Line | None:
    done = RemittancePayment.objects.filter(file__posted_at__gte=since, duplicate_of=None).aggregate(
        at=Max("file__posted_at"), number=Count("pk"), total=Sum("amount", default=ZERO)
    )
    opened = RemittanceException.objects.filter(opened_at__gte=since, state=RemittanceException.State.OPEN).count()
    detail = f"{counted(done['number'], 'payment,payments')}, {dollars(done['total'])}"
    if opened:
        detail += f", {counted(opened, 'exception,exceptions')}"
    return _line(
        "Remittances posted", done, detail, "remittances:list", Permission.VIEW_REMITTANCES, waits=bool(opened)
    )


def _denials(since: datetime) -> Line | None:
    done = Denial.objects.filter(routed_at__gte=since).aggregate(
        at=Max("routed_at"), number=Count("pk"), total=Sum("amount", default=ZERO)
    )
    detail = f"{counted(done['number'], 'denial,denials')}, {dollars(done['total'])}"
    return _line("Denials routed", done, detail, "denials:list", Permission.VIEW_DENIALS)


def _messages(since: datetime) -> Line | None:
    done = Message.objects.filter(sent_at__gte=since).aggregate(at=Max("sent_at"), number=Count("pk"))
    detail = f"{counted(done['number'], 'message,messages')} to patients"
    return _line("Balance messages", done, detail, "balances:messages", Permission.VIEW_BALANCES)


def _failures(since: datetime) -> Line | None:
    """Automations whose last run since then failed: one that was mended in the night is no news in the morning."""
    timed = Automation.objects.values("name")
    last = (
        JobRun.objects.filter(started_at__gte=since, step__in=timed)
        .order_by("step", "-started_at", "-pk")
        .distinct("step")
    )
    failed = [run for run in last if run.state == JobRun.State.FAILED]
    if not failed:
        return None
    detail = f"{counted(len(failed), 'automation,automations')} failed; each says what it needs"
    at = max(run.started_at for run in failed)
    return Line("Automations", at, detail, "problem", "automations:list", Permission.VIEW_AUTOMATIONS)


def late(now: datetime) -> Line | None:
    """Asked here as well as by the sweep, which does not run where worker or beat stands still."""
    found = late_automations(now=now)
    if not found:
        return None
    detail = (
        f"{counted(len(found), 'automation has,automations have')} not started on time; see whether worker and beat run"
    )
    return Line("Late", min(found.values()), detail, "problem", "automations:list", Permission.VIEW_AUTOMATIONS)


def _line(
    title: str, done: dict[str, object], detail: str, url_name: str, permission: Permission, *, waits: bool = False
) -> Line | None:
    at = done["at"]
    return Line(title, at, detail, "watch" if waits else "", url_name, permission) if isinstance(at, datetime) else None


_HAND_OFFS: tuple[Callable[[datetime], Line | None], ...] = (
    _eligibility,
    _claims,
    _sent,
    _remittances,
    _denials,
    _messages,
    _failures,
)
