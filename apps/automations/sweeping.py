"""What a crash, a lost nudge or an other side that was away left behind, found by rows' states: the steps to start again.

Asks only whether there is work.
"""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from operator import itemgetter
from typing import Any, TypeAlias

from django.db.models import CharField, Exists, ExpressionWrapper, F, IntegerField, OuterRef, Q, QuerySet, Value

from apps.automations.schedule import BY_NAME
from apps.claims.models import Adjudication, Batch, BatchClaim, BulkFix, Claim, ClaimEvent
from apps.claims.selectors.coverages import overtaken_claims
from apps.claims.selectors.further_payers import claims_to_bill_on
from apps.claims.selectors.inquiries import cut_off_inquiries
from apps.claims.selectors.news import held_by_directory, held_with_news, neighbours_due, ready_with_news
from apps.claims.services.unread_answers import ACKNOWLEDGEMENTS, REMITTANCE
from apps.claims.states import ClaimStatus
from apps.connectors.models import Transmission
from apps.connectors.ports.errors import OutageError
from apps.connectors.try_out import waiting_try_outs
from apps.core.due_times import TASK
from apps.core.models import JobRun
from apps.core.standing_query import StandingQuery
from apps.denials.models import Denial
from apps.denials.selectors import answers_cancelled
from apps.eligibility.selectors import (
    abandoned_checks,
    askable_checks,
    lost_inquiries,
    tasks_of_visits_off,
    tasks_to_escalate,
    unasked_visits,
)
from apps.intake.models import Charge, Encounter
from apps.patient_balances.models import Message, Reply
from apps.patient_balances.selectors.due import billed_anyway, self_pay_visits, unopened_claims
from apps.practice.models import Invitation
from apps.remittances.selectors.contracts import lines_taken_back, lines_to_compare
from apps.reports.selectors.reading import overtaken
from apps.worklist.models import DueAlert

# How many rows of a kind one sweep starts again; the next sweep takes the rest.
MOST = 500
# So long a job whose other side was away at its hour is run again: the day's charges leave the same evening, and no morning's run is
# made up for at night.
MADE_UP_FOR = timedelta(hours=6)
STORED = Transmission.State.STORED


def _stored(*kinds: str) -> "QuerySet[Transmission]":
    return Transmission.objects.filter(direction=Transmission.Direction.IN, kind__in=kinds, state=STORED)


def _unbuilt() -> "QuerySet[Encounter]":
    charged = Charge.objects.filter(encounter=OuterRef("pk"))
    return Encounter.objects.filter(Exists(charged), billed_at=None)


def _released() -> "QuerySet[Claim]":
    """Ready claims of a file that a person released, scrubbed again since: that person asked for their next file, whose nudge may be lost.

    Other ready claims wait for their hour, and for as long as an administrator has "Claims to the clearinghouse" switched off: to
    sweep those would send what somebody holds back.
    """
    later = BatchClaim.objects.filter(claim=OuterRef("claim"), pk__gt=OuterRef("pk"))
    released = ClaimEvent.objects.filter(
        claim=OuterRef("claim"), transmission=OuterRef("batch__transmission"), new_status=ClaimStatus.DRAFT
    )
    last = BatchClaim.objects.filter(~Exists(later), Exists(released), claim=OuterRef("pk"))
    return Claim.objects.filter(Exists(last), status=ClaimStatus.READY)


def _unrouted() -> "QuerySet[Adjudication]":
    routed = Denial.objects.filter(adjudication=OuterRef("pk"))
    return Adjudication.objects.filter(~Exists(routed), denied__gt=0, reversed=False)


def _were_out(now: datetime) -> "QuerySet[JobRun]":
    """The last run of each job, where the other side did not answer."""
    later = JobRun.objects.filter(step=OuterRef("step"), started_at__gt=OuterRef("started_at"))
    return JobRun.objects.filter(
        ~Exists(later),
        step__in=sorted(BY_NAME.keys() - {"sweep"}),
        state=JobRun.State.FAILED,
        error=OutageError.__name__,
        started_at__gte=now - MADE_UP_FOR,
    )


# Steps without a key, and the rows that would be theirs. A step may have several kinds of rows.
Rows: TypeAlias = "QuerySet[Any, Any]"
SET_STEPS: tuple[tuple[str, Callable[[datetime], Rows]], ...] = (
    ("build_claims", lambda _now: _unbuilt()),
    ("build_claims", lambda _now: overtaken_claims()),
    ("build_claims", lambda _now: ready_with_news()),
    ("build_claims", lambda _now: held_with_news()),
    ("build_claims", lambda _now: neighbours_due()),
    ("build_claims", lambda _now: held_by_directory()),
    ("scrub_claims", lambda _now: Claim.objects.filter(status=ClaimStatus.DRAFT)),
    ("batch_claims", lambda _now: _released()),
    ("acknowledge_claims", lambda _now: _stored(*ACKNOWLEDGEMENTS)),
    ("post_remittances", lambda _now: _stored(REMITTANCE)),
    ("build_secondaries", lambda now: claims_to_bill_on(now).exclude(pk__in=billed_anyway().values("pk"))),
    ("open_denials", lambda _now: _unrouted()),
    ("open_denials", lambda _now: answers_cancelled()),
    ("check_contracts", lambda _now: lines_to_compare()),
    ("check_contracts", lambda _now: lines_taken_back()),
    ("open_balances", lambda _now: unopened_claims()),
    ("open_balances", lambda _now: self_pay_visits()),
    ("recover_sends", lambda _now: Batch.objects.filter(state=Batch.State.SENDING)),
    ("recover_inquiries", cut_off_inquiries),
    ("recover_messages", lambda _now: Message.objects.filter(state=Message.State.SENDING)),
    ("recover_messages", lambda _now: Reply.objects.filter(state=Reply.State.SENDING)),
    ("plan_checks", unasked_visits),
    ("plan_checks", lambda _now: tasks_of_visits_off()),
    ("recover_checks", abandoned_checks),
    ("recover_checks", lost_inquiries),
    ("recover_checks", tasks_to_escalate),
    ("measure", lambda _now: overtaken()),
)


def _keyed(now: datetime) -> Iterator[tuple[str, Rows]]:
    yield "receive_ehr_event", _stored("webhook.ehr")
    yield "receive_message_event", _stored("webhook.messages", "webhook.reports")
    yield "receive_payment_event", _stored("webhook.payments")
    yield "fix_in_bulk", BulkFix.objects.filter(finished_at=None)
    yield "submit_batch", Batch.objects.filter(Q(retry_at=None) | Q(retry_at__lte=now), state=Batch.State.WRITTEN)
    yield "send_message", Message.objects.filter(state=Message.State.WAITING, due_at__lte=now)
    yield "send_message", Reply.objects.filter(state=Reply.State.WAITING, due_at__lte=now)
    yield "send_invitation", Invitation.objects.filter(state=Invitation.State.WAITING, user__is_active=True)
    yield "try_connection", waiting_try_outs()
    yield "send_due_alert", DueAlert.objects.filter(state=DueAlert.State.WAITING)
    yield "check_eligibility", askable_checks(now)


def _part(place: int, step: str, rows: Rows, key: Value | F) -> Rows:
    """Of tables that have nothing else in common."""
    named: Rows = rows.order_by().annotate(
        part_place=Value(place, IntegerField()),
        part_step=Value(step, CharField()),
        part_key=ExpressionWrapper(key, CharField()),
    )
    part: Rows = named.values_list("part_place", "part_step", "part_key")
    return part


def _everything(now: datetime) -> Rows:
    """(place of the step, its name, key of the row) of all that is left."""
    parts = [_part(place, step, rows(now), Value(""))[:1] for place, (step, rows) in enumerate(SET_STEPS)]
    for place, (step, rows) in enumerate(_keyed(now), start=len(parts)):
        parts.append(_part(place, step, rows, F("public_id")).order_by("pk")[:MOST])
    parts.append(_part(len(parts), TASK, _were_out(now), F("step")))
    whole: Rows = parts[0].union(*parts[1:], all=True)
    return whole


_LEFT_BEHIND = StandingQuery(_everything)


def left_behind(*, now: datetime) -> tuple[tuple[str, str], ...]:
    """(step, key) of everything that is due and that nobody is doing, asked in one statement."""
    found = sorted(_LEFT_BEHIND.ask(now=now), key=itemgetter(0))
    return tuple(dict.fromkeys((step, key) for _place, step, key in found))


def close_interrupted_runs(*, before: datetime) -> int:
    """Runs whose worker was killed stay `running` for ever otherwise."""
    return JobRun.objects.filter(state=JobRun.State.RUNNING, started_at__lt=before).update(
        state=JobRun.State.FAILED, error="Interrupted: its worker ended."
    )
