"""A person settles an exception: posts it to a claim, posts it by hand, parks its money, or notes that it was read."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.db.models import Exists, OuterRef, Q

from apps.audit.trail import record
from apps.claims.models import Claim
from apps.core.clock import practice_date
from apps.core.jobs import nudge
from apps.core.models import User
from apps.core.money import ZERO
from apps.ledger.services import needs_approval, post_entries
from apps.remittances.encode import Source, parking_entry
from apps.remittances.models import RemittanceException, RemittancePayment, RemittedClaim
from apps.remittances.rules.billed import BilledClaim
from apps.remittances.rules.by_hand import HandPosting, problem_of
from apps.remittances.rules.plans import Held
from apps.remittances.rules.words import dollars
from apps.remittances.services.clearing_rest import clearing_rest, take_from_rest, unexplained
from apps.remittances.services.match_waiting import match_waiting
from apps.remittances.services.parked_work import keep_parked_work
from apps.remittances.services.post_claims import post_held_claims
from apps.remittances.services.read_file import Item
from apps.remittances.services.receive_payment import take_in_as_own
from apps.remittances.services.replan import chosen_claim, claims_of, item_of, replan, replan_by_hand
from apps.remittances.services.resolve import resolve
from apps.remittances.services.settlements import mark_settled
from apps.remittances.services.write_claims import write_claims
from apps.x12.guides import x835


class SettlementError(Exception):
    """It cannot be settled so; nothing has changed. The message says why, for the person who tried."""


def settle_by_posting(
    *, exception_id: str, claim_id: str, note: str, acting_user: User, now: datetime
) -> RemittanceException:
    """Post the remitted claim, as its payer wrote it, to the claim that the person chose (public ids)."""
    with settling(exception_id, "post", acting_user, now, note, claim_ids=[claim_id]) as exception:
        row, billed = _held_row(exception), _chosen(claim_id)
        item = item_of(row)
        if not isinstance(item, x835.RemittedClaim):
            raise SettlementError("The file spoils this claim: post it by hand.")
        planned = replan(row, item, billed)
        (resolved,) = resolve(row.payment, [planned]).planned
        if isinstance(resolved.plan, Held):
            raise SettlementError(resolved.plan.sentence)
        # First: what is posted may open it again, as a check of the contract.
        mark_settled(exception, note=note, acting_user=acting_user, now=now)
        write_claims(row.payment, [planned], now=now)
        match_waiting([billed.claim_id], now=now)
        _tell_upward()
    return exception


def settle_by_hand(
    *, exception_id: str, claim_id: str, hand: HandPosting, note: str, approves: bool, acting_user: User, now: datetime
) -> RemittanceException:
    """Post amounts that the person names; the payment is the remittance's own, where that can be read. Poster and note are kept.

    `approves`: whether this person may approve write-offs. What they take off by contract beyond what the payer wrote is given up on
    their word alone, so above the practice's limit it is such a person's.
    """
    with settling(exception_id, "post_by_hand", acting_user, now, note, claim_ids=[claim_id]) as exception:
        row, billed = _held_row(exception), _chosen(claim_id)
        if exception.kind == RemittanceException.Kind.UNREADABLE:
            _pay_from_rest(row, hand.paid, note=note, acting_user=acting_user, now=now)
            row.charge = billed.total
        elif hand.paid != row.paid:
            raise SettlementError(
                f"The remittance paid {dollars(row.paid)} for this claim; no other amount can be posted."
            )
        problem = problem_of(hand, billed.total) or _unapproved(hand, item_of(row), approves=approves)
        if problem:
            raise SettlementError(problem)
        write_claims(row.payment, [replan_by_hand(row, hand, billed)], now=now)
        mark_settled(exception, note=note, acting_user=acting_user, now=now)
        _tell_upward()
    return exception


def _unapproved(hand: HandPosting, item: Item, *, approves: bool) -> str:
    written = ZERO
    if isinstance(item, x835.RemittedClaim):
        written = sum((each.amount for each in item.all_adjustments if each.group == "CO"), ZERO)
    beyond = hand.contractual - written
    if approves or not needs_approval(beyond):
        return ""
    return (
        f"That takes off {dollars(beyond)} more than the payer wrote as contractual, which is above what one person may give up. "
        "Ask an administrator to post it."
    )


def _pay_from_rest(row: RemittedClaim, paid: Decimal, *, note: str, acting_user: User, now: datetime) -> None:
    """What an unreadable claim was paid is a part of what no other claim of its payment explains."""
    rest = clearing_rest(row.payment, lock=True)
    most = unexplained(rest)
    if not ZERO <= paid <= most:
        raise SettlementError(f"{dollars(most)} of this payment has no claim yet; no more can be posted.")
    if rest is not None and paid:
        take_from_rest(rest, paid, note=note, acting_user=acting_user, now=now)
    row.paid = paid


def settle_as_own_payment(*, exception_id: str, note: str, acting_user: User, now: datetime) -> RemittanceException:
    """A payment that looked like another's second part is one of its own: its deposit and its claims are posted."""
    with settling(exception_id, "post_as_own", acting_user, now, note) as exception:
        payment = exception.payment
        if payment is None or exception.kind != RemittanceException.Kind.CONTINUATION:
            raise SettlementError("This is not a payment that was taken for another's second part.")
        if again := _posted_again(payment):
            raise SettlementError(
                f"{again} of its {payment.claims.count()} claims {'is' if again == 1 else 'are'} posted already from the payment that "
                "came first: its deposit would be counted twice. Post what is missing from the exception of that payment, "
                "and close this one."
            )
        payment.continues = None
        payment.save(update_fields=["continues"])
        mark_settled(exception, note=note, acting_user=acting_user, now=now)
        claims = claims_of(payment)
        take_in_as_own(payment, claims.payment, now=now)
        match_waiting(post_held_claims(payment, claims, now=now), now=now)
        _tell_upward()
    return exception


def _posted_again(payment: RemittancePayment) -> int:
    """How many of its claims another part of the payment that it continues has posted, each with the same content."""
    parts = RemittancePayment.objects.filter(Q(pk=payment.continues_id) | Q(continues=payment.continues_id))
    posted = RemittedClaim.objects.filter(
        payment__in=parts.exclude(pk=payment.pk),
        outcome__in=_POSTED,
        claim_control_number=OuterRef("claim_control_number"),
        content=OuterRef("content"),
    )
    return payment.claims.filter(Exists(posted)).exclude(content="").count()


def settle_as_not_ours(*, exception_id: str, note: str, acting_user: User, now: datetime) -> RemittanceException:
    """Move its money from payer clearing to cash not applied, and close it. Without money it is only closed."""
    with settling(exception_id, "park", acting_user, now, note) as exception:
        entry_id = park(exception, now)
        row = exception.remitted_claim
        if row is not None and row.outcome not in _POSTED:
            row.outcome, row.sentence = RemittedClaim.Outcome.PARKED, note[:300]
            row.save(update_fields=["outcome", "sentence"])
        mark_settled(exception, note=note, acting_user=acting_user, now=now, entry_id=entry_id)
        keep_parked_work(exception, acting_user=acting_user, now=now)
    return exception


_POSTED = (RemittedClaim.Outcome.POSTED, RemittedClaim.Outcome.POSTED_WITH_DENIAL, RemittedClaim.Outcome.REVERSED)


def park(exception: RemittanceException, now: datetime) -> int | None:
    """Its money from payer clearing to cash not applied; the entry, if money moves."""
    payment = exception.payment
    if payment is None or not exception.amount:
        return None
    key = f"parked:{exception.public_id}"
    source = Source(key, exception.file.transmission_id, payment.segment, practice_date(now), payment.paid_on)
    entry = parking_entry(key, exception.amount, payer_id=payment.payer_id, source=source)
    return post_entries([entry], now=now).entry_id(key)


@contextmanager
def settling(
    exception_id: str, how: str, acting_user: User, now: datetime, note: str, *, claim_ids: Sequence[str] = ()
) -> Iterator[RemittanceException]:
    """The open exception, locked; one transaction and one audit row. Raises SettlementError when it is settled already.

    The claims of its visit and those of the chosen ones' (public ids) are locked before it, as a posting does that then follows
    reversals that wait.
    """
    if not note.strip():
        raise SettlementError("Say in a note why, for those who read it later.")
    with transaction.atomic():
        held = RemittanceException.objects.filter(public_id=exception_id).values("remitted_claim__claim")
        visits = Claim.objects.filter(Q(pk__in=held) | Q(public_id__in=claim_ids)).values("encounter")
        list(Claim.objects.select_for_update().filter(encounter__in=visits).order_by("pk").values_list("pk"))
        exception = (
            RemittanceException.objects.select_for_update(of=("self",))
            .select_related(
                "payment__file__transmission", "file", "work_item", "remitted_claim__payment__file__transmission"
            )
            .get(public_id=exception_id)
        )
        if exception.state == RemittanceException.State.SETTLED:
            raise SettlementError("Someone has settled this in the meantime.")
        yield exception
        record(
            f"settle_exception.{how}",
            acting_user=acting_user,
            now=now,
            subject_kind="remittance_exception",
            subject_public_id=exception_id,
            kind=exception.kind,
            amount=str(exception.amount),
        )


def _held_row(exception: RemittanceException) -> RemittedClaim:
    row = exception.remitted_claim
    if row is None or row.outcome in _POSTED:
        raise SettlementError("There is no remitted claim here that waits to be posted.")
    return row


def _chosen(claim_id: str) -> BilledClaim:
    billed = chosen_claim(claim_id)
    if billed is None:
        raise SettlementError("There is no such claim. Choose one of the list, or type its number in full.")
    return billed


def _tell_upward() -> None:
    """What a posting opens lies above this room."""
    nudge("follow_postings")
