"""What a crash or a lost nudge left behind, found by rows' states: the steps to start again. Asks only whether there is work."""

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from apps.claims.models import Adjudication, Batch, Claim
from apps.claims.selectors.coverages import overtaken_claims
from apps.claims.states import ClaimStatus
from apps.connectors.models import Transmission
from apps.core.models import JobRun
from apps.denials.models import Denial
from apps.eligibility.models import EligibilityCheck
from apps.intake.models import Charge, Encounter
from apps.patient_balances.models import Message, Reply

# How many rows of a kind one sweep starts again; the next sweep takes the rest.
MOST = 500
STORED = Transmission.State.STORED
ACKNOWLEDGEMENTS = ("999", "277CA", "TA1")


def _stored(*kinds: str) -> "QuerySet[Transmission]":
    return Transmission.objects.filter(direction=Transmission.Direction.IN, kind__in=kinds, state=STORED)


def _unbuilt() -> "QuerySet[Encounter]":
    charged = Charge.objects.filter(encounter=OuterRef("pk"))
    return Encounter.objects.filter(Exists(charged), billed_at=None)


def _to_build() -> "QuerySet[Any]":
    """Visits without a claim, and claims whose coverage was changed since: the same step sees to both."""
    unbuilt = _unbuilt()
    return unbuilt if unbuilt.exists() else overtaken_claims()


def _unrouted() -> "QuerySet[Adjudication]":
    routed = Denial.objects.filter(adjudication=OuterRef("pk"))
    return Adjudication.objects.filter(~Exists(routed), denied__gt=0, reversed=False)


def _cut_off_messages() -> "QuerySet[Any]":
    sending = Message.objects.filter(state=Message.State.SENDING).values("pk")
    return sending.union(Reply.objects.filter(state=Reply.State.SENDING).values("pk"))


# Steps without a key: the rows that would be theirs.
SET_STEPS: dict[str, Callable[[], "QuerySet[Any]"]] = {
    "build_claims": _to_build,
    "scrub_claims": lambda: Claim.objects.filter(status=ClaimStatus.DRAFT),
    "acknowledge_claims": lambda: _stored(*ACKNOWLEDGEMENTS),
    "post_remittances": lambda: _stored("835"),
    "open_denials": _unrouted,
    "recover_sends": lambda: Batch.objects.filter(state=Batch.State.SENDING),
    "recover_messages": _cut_off_messages,
}


def _keyed(now: datetime) -> Iterator[tuple[str, "QuerySet[Any]"]]:
    yield "receive_ehr_event", _stored("webhook.ehr")
    yield "receive_message_event", _stored("webhook.messages")
    yield "receive_payment_event", _stored("webhook.payments")
    yield "submit_batch", Batch.objects.filter(Q(retry_at=None) | Q(retry_at__lte=now), state=Batch.State.WRITTEN)
    yield "send_message", Message.objects.filter(state=Message.State.WAITING, due_at__lte=now)
    yield "check_eligibility", EligibilityCheck.objects.filter(state=EligibilityCheck.State.WAITING)


def left_behind(*, now: datetime) -> tuple[tuple[str, str], ...]:
    """(step, key) of everything that is due and that nobody is doing."""
    # Escalation of visits near at hand follows the clock, not a row's state, so that step is always asked.
    found = [("recover_checks", ""), *((step, "") for step, rows in SET_STEPS.items() if rows().exists())]
    for step, rows in _keyed(now):
        found += [(step, key) for key in rows.order_by("pk").values_list("public_id", flat=True)[:MOST]]
    return tuple(found)


def close_interrupted_runs(*, before: datetime) -> int:
    """Runs whose worker was killed stay `running` for ever otherwise."""
    return JobRun.objects.filter(state=JobRun.State.RUNNING, started_at__lt=before).update(
        state=JobRun.State.FAILED, error="Interrupted: its worker ended."
    )
