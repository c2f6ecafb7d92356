"""A claim's life as beads: what happened, when, who did it, and the file that says so."""

from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse

from apps.claims.models import Claim, ClaimEvent
from apps.claims.states import ClaimStatus
from apps.connectors.models import Transmission
from apps.core.money import ZERO
from apps.core.reason_codes import carc_sentence
from apps.denials.models import Denial
from apps.eligibility.models import EligibilityCheck
from apps.patient_balances.models import Message, PatientPayment
from apps.workspace.rules.excerpt import is_about_claims
from apps.workspace.rules.next_step import NextStep, ahead, end_of

PROBLEMS = frozenset({ClaimStatus.REJECTED, ClaimStatus.DENIED})
WATCHED = frozenset({ClaimStatus.EXCEPTION, ClaimStatus.PARTLY_DENIED, ClaimStatus.REVERSED})


@dataclass(frozen=True, slots=True)
class Bead:
    what: str
    at: datetime | None = None
    state: str = ""
    detail: str = ""
    by: str = ""
    when: str = ""
    file_name: str = ""
    file_href: str = ""


def beads(claim: Claim, step: NextStep | None) -> list[Bead]:
    """In the order of time; then `step`, where the claim is now, and what lies ahead. Six queries."""
    past = [*_before(claim), *_events(claim), *_denials(claim), *_messages(claim), *_payments(claim)]
    past.sort(key=lambda bead: bead.at or claim.built_at)
    return past + _to_come(ClaimStatus(claim.status), step)


def file_of(claim: Claim, public_id: str) -> Transmission | None:
    """A file that this claim's timeline names, with its payload; none of another claim."""
    return Transmission.objects.filter(public_id=public_id, pk__in=claim.events.values("transmission")).first()


def _before(claim: Claim) -> list[Bead]:
    check = (
        EligibilityCheck.objects.filter(
            coverage=claim.coverage_id,
            state=EligibilityCheck.State.ANSWERED,
            service_date__lte=claim.service_date,
        )
        .order_by("-answered_at")
        .first()
    )
    encounter = claim.encounter
    captured = Bead(
        what="Visit, charges captured",
        at=encounter.checked_out_at or encounter.arrived_at,
        state="person",
        detail=f"They {encounter.Path(encounter.arrived_by).in_a_sentence}.",
        by=str(claim.provider),
    )
    if check is None:
        return [captured]
    covered = check.verdict == EligibilityCheck.Verdict.ACTIVE
    asked = Bead(
        what="Coverage checked before the visit",
        at=check.answered_at,
        state="" if covered else "watch",
        detail=f"{check.get_verdict_display()}. {check.sentence}".strip(),
    )
    return [asked, captured]


def _events(claim: Claim) -> list[Bead]:
    events = (
        ClaimEvent.objects.filter(claim=claim).select_related("actor", "transmission").defer("transmission__payload")
    )
    return [_event(claim, event) for event in events.defer("transmission__payload").order_by("at", "pk")]


def _event(claim: Claim, event: ClaimEvent) -> Bead:
    file = event.transmission
    if file and not is_about_claims(file.kind):
        file = None
    return Bead(
        what=event.what,
        at=event.at,
        state=_shape(event),
        by=event.actor.display_name if event.actor else "",
        file_name=_file_name(file) if file else "",
        file_href=_file_href(claim, file, event.segment) if file else "",
    )


def _shape(event: ClaimEvent) -> str:
    if event.new_status in PROBLEMS:
        return "problem"
    if event.new_status in WATCHED:
        return "watch"
    return "person" if event.actor_id else ""


def _file_name(file: Transmission) -> str:
    return f"{file.kind} {file.name}".strip() if file.name else f"{file.kind} {file.control_number}".strip()


def _file_href(claim: Claim, file: Transmission, segment: int | None) -> str:
    address = reverse("workspace:claim_file", args=[claim.public_id, file.public_id])
    return f"{address}?segment={segment}" if segment else address


def _denials(claim: Claim) -> list[Bead]:
    routed = Denial.objects.filter(claim=claim).select_related("line").order_by("routed_at")
    return [
        Bead(
            what=f"{f'Line {denial.line.number}' if denial.line else 'Claim'} denied, {denial.group}-{denial.carc}",
            at=denial.routed_at,
            state="problem",
            detail=f"{carc_sentence(denial.carc)}. Routed: {denial.get_lane_display().lower()}.",
        )
        for denial in routed
    ]


def _messages(claim: Claim) -> list[Bead]:
    sent = Message.objects.filter(balance__claim=claim, sent_at__isnull=False).order_by("sent_at")
    return [
        Bead(
            what=f"{message.get_touch_display()} to the patient",
            at=message.sent_at,
            state="problem" if message.state == Message.State.FAILED else "",
            detail=f"{message.get_channel_display()}, {message.get_state_display().lower()}",
        )
        for message in sent
    ]


def _payments(claim: Claim) -> list[Bead]:
    paid = PatientPayment.objects.filter(balance__claim=claim, paid_at__isnull=False).order_by("paid_at")
    return [
        Bead(what=f"Patient paid ${payment.amount or ZERO:,.2f}", at=payment.paid_at, state="good") for payment in paid
    ]


def _to_come(status: ClaimStatus, step: NextStep | None) -> list[Bead]:
    if step is None:
        return [Bead(what=end_of(status), state="good" if status is ClaimStatus.CLOSED else "now", when="Now")]
    here = Bead(what=step.sentence, state="now", detail=step.detail, when="Now")
    return [here, *(Bead(what=name, state="next") for name in ahead(status))]
