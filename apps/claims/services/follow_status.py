"""What follows from a payer's answer to our inquiry: the work that asked for it says what is next, and comes up again in time."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from django.db.models import Min

from apps.claims.models import Claim, ClaimEvent, StatusInquiry
from apps.claims.rules.status_answer import StatusAnswer, StatusOutcome
from apps.claims.selectors.answer_times import usual_answer_times
from apps.claims.services.chase_crossovers import CROSSOVER_KIND
from apps.claims.services.chase_unanswered import CHASE_KIND
from apps.claims.states import ClaimStatus
from apps.core.clock import practice_date
from apps.practice.models import PayerDeadline
from apps.worklist.models import WorkItem

Told = tuple[StatusInquiry, StatusAnswer]
_CHASES = frozenset({CHASE_KIND, CROSSOVER_KIND})
_O = StatusOutcome
_WORK = {
    _O.WITH_THEM: "Ask {payer} again about claim {number}: it has it, and has not decided",
    _O.NOT_FOUND: "{payer} does not find claim {number}: decide whether it is sent again",
    _O.DECIDED: "Look for the remittance of claim {number}: {payer} says that it is decided",
    _O.MORE_WANTED: "Send {payer} what it wants for claim {number}",
    _O.NOT_ANSWERED: "Call {payer} about claim {number}: its system gave no answer",
    _O.REJECTED: "{payer} does not take claim {number} as it was passed on: bill it there",
}
# The next payer has what was passed on: to bill it there would be to send it twice.
_HAS_IT = frozenset({_O.WITH_THEM, _O.DECIDED, _O.MORE_WANTED})


def follow_status(told: Iterable[Told], *, now: datetime) -> None:
    """Their claims are locked. What the payer itself rejected is an exception already."""
    rows = [each for each in told if each[1].outcome is not _O.REJECTED or _is_next_payers(each[0])]
    usual = usual_answer_times({row.payer_id for row, _ in rows}, now=now)
    wanted = _records_wanted({row.payer_id for row, said in rows if said.outcome is _O.MORE_WANTED})
    items = []
    for row, said in rows:
        item = row.claim.work_item
        if item is not None and item.state == WorkItem.State.OPEN and item.kind in _CHASES:
            title = _WORK[said.outcome].format(payer=row.payer.name, number=row.claim.control_number)[:200]
            again, item.title = item.title == title, title
            _set_day(item, said, usual[row.payer_id], wanted.get(row.payer_id), now, again=again)
            items.append(item)
    WorkItem.objects.bulk_update(items, ["title", "due_on", "snoozed_until"], batch_size=500)
    _postpone_billing(rows, usual, now)


def _set_day(
    item: WorkItem, said: StatusAnswer, usual: timedelta, wanted: int | None, now: datetime, *, again: bool
) -> None:
    """A payer that has the claim is left alone for its usual time from the chase on, however often it says so; then a person asks again.
    Anything else is for today. What it wants has the payer's own limit (`wanted`, days), counted from its first answer that says so.
    """
    today = practice_date(now)
    if said.outcome is _O.WITH_THEM:
        item.due_on = practice_date(item.opened_at + usual)
        item.snoozed_until = item.due_on if item.due_on > today else None
        return
    was_left_alone, item.snoozed_until = item.snoozed_until is not None, None
    if said.outcome is _O.MORE_WANTED and wanted is not None:
        item.due_on = item.due_on if again else today + timedelta(days=wanted)
    elif was_left_alone:
        item.due_on = today


def _records_wanted(payers: Iterable[int]) -> dict[int, int]:
    """By payer, in how many days what it asks for must be there; the shortest of its guides. Others have not been configured."""
    rows = PayerDeadline.objects.filter(payer__in=list(payers), kind=PayerDeadline.Kind.RECORDS).order_by()
    return dict(rows.values_list("payer_id").annotate(least=Min("days")))


def _is_next_payers(row: StatusInquiry) -> bool:
    return row.claim.status == ClaimStatus.FORWARDED and row.payer_id != row.claim.payer_id


def _postpone_billing(told: Iterable[Told], usual: Mapping[int, timedelta], now: datetime) -> None:
    """What was passed on and has arrived is billed there only once its payer has been silent for its usual time again."""
    have = {row.claim_id: row.payer for row, said in told if _is_next_payers(row) and said.outcome in _HAS_IT}
    until = {claim: now + usual[payer.pk] for claim, payer in have.items()}
    waiting = Claim.objects.filter(pk__in=have, status=ClaimStatus.FORWARDED, bill_crossover_from__gt=now)
    later = [each for each in waiting if each.bill_crossover_from and each.bill_crossover_from < until[each.pk]]
    for claim in later:
        claim.bill_crossover_from = until[claim.pk]
    Claim.objects.bulk_update(later, ["bill_crossover_from"], batch_size=500)
    ClaimEvent.objects.bulk_create(
        ClaimEvent(
            claim=claim,
            at=now,
            what=f"{have[claim.pk].name} has it: it is not billed there before {_day(until[claim.pk])}.",
        )
        for claim in later
    )


def _day(moment: datetime) -> str:
    day = practice_date(moment)
    return f"{day:%b} {day.day}, {day.year}"
