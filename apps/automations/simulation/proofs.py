"""That the money adds up: each proof compares two independent readings and says both where they differ."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, NamedTuple

from django.db.models import Count, DecimalField, Max, OuterRef, Q, Subquery, Sum
from django.db.models.functions import Coalesce

from apps.automations.books import book_faults
from apps.automations.failures import KIND as STEP_FAILED
from apps.claims.models import Adjudication, Claim, Finding
from apps.claims.states import ClaimStatus
from apps.denials.models import Denial
from apps.eligibility.models import EligibilityCheck
from apps.intake.models import Charge, RefusedCharges
from apps.ledger.models import Account, Entry, Leg
from apps.patient_balances.models import Balance, Message, PatientPayment, Reply
from apps.remittances.models import BankLine, ExpectedDeposit, RemittancePayment
from apps.worklist.models import WorkItem

ZERO = Decimal("0.00")
LONG = 21  # days: a payer's two weeks, and one for the patient
RECEIVABLE = (Account.INSURANCE_RECEIVABLE, Account.PATIENT_RECEIVABLE)
REDUCTIONS = (Account.CONTRACTUAL, Account.OTHER_ADJUSTMENT, Account.WRITE_OFF)
CENTS = DecimalField(max_digits=14, decimal_places=2)


class Proof(NamedTuple):
    """`wrong` is empty when it holds; else what differs."""

    name: str
    wrong: str


def prove(tally: Mapping[str, Any], *, days: int = 0) -> list[Proof]:
    """All proofs; `tally` is what the outside world saw. From `LONG` days on every joint of the loop must have worked."""
    checks: dict[str, Callable[[], str]] = {
        "the ledger sums to zero": _zero_sum,
        "every kept figure is what it is worked out from": lambda: " ".join(book_faults()),
        "every charge that was entered outside is here, line for line": lambda: _charges_came(tally),
        "each claim's charge = payments - refunds + adjustments + balance": _claims_add_up,
        "deposits = payer payments + patient payments": _deposits_add_up,
        "the bank saw the payer payments that were posted": lambda: _outside_paid(tally),
        "the bank's file shows each payment of its days": _in_the_bank,
        "the card processor took what was posted": lambda: _cards_paid(tally),
        "each denial that a payer told is one here, and no other": lambda: _denials_came(tally),
        "each touch once": lambda: _touches_once(tally),
        "no claim reached the clearinghouse twice": lambda: _claims_once(tally),
        "work came through each joint": lambda: _all_joints_worked(tally, days),
        "no step failed, here or outside": lambda: _nothing_failed(tally),
    }
    return [Proof(name, check()) for name, check in checks.items()]


def _differ(first: str, one: object, second: str, other: object) -> str:
    return "" if one == other else f"{first} {one}, {second} {other}"


def _zero_sum() -> str:
    total = Leg.objects.aggregate(total=Sum("amount"))["total"] or ZERO
    crooked = Entry.objects.annotate(total=Sum("legs__amount")).exclude(total=0).count()
    empty = Entry.objects.annotate(number=Count("legs")).filter(number__lt=2).count()
    return (
        ""
        if total == 0 and not crooked and not empty
        else f"total {total}, {crooked} entries crooked, {empty} with under two legs"
    )


def _charges_came(tally: Mapping[str, Any]) -> str:
    """A visit that was refused waits for a person, who knows. What was entered in the last day may still be on its way."""
    outside: Mapping[str, Any] = tally["charges"]
    inside: dict[str, list[tuple[str, Decimal]]] = defaultdict(list)
    rows = Charge.objects.filter(encounter__source_id__in=outside).order_by("procedure")
    for visit, procedure, amount in rows.values_list("encounter__source_id", "procedure", "amount"):
        inside[visit].append((procedure, amount))
    other = sorted(visit for visit, lines in inside.items() if not _is_as_told(lines, outside[visit]))
    refused = set(RefusedCharges.objects.values_list("name", flat=True))
    late = datetime.fromisoformat(tally["now"]) - timedelta(days=1)
    due = {visit for visit, each in outside.items() if datetime.fromisoformat(each["entered"]) <= late}
    missing = sorted(due - inside.keys() - refused)
    problems = [f"{len(missing)} visits are missing, first {', '.join(missing[:5])}"] if missing else []
    problems += [f"{len(other)} visits came otherwise, first {', '.join(other[:5])}"] if other else []
    return "; ".join(problems)


def _is_as_told(lines: Sequence[tuple[str, Decimal]], told: Mapping[str, Any]) -> bool:
    amount = sum((amount for _, amount in lines), ZERO)
    return [procedure for procedure, _ in lines] == told["lines"] and amount == Decimal(told["amount"])


def _denials_came(tally: Mapping[str, Any]) -> str:
    """By claim and code: one that was taken for an agreed reduction is missing, one that was made up is too many."""
    told = set(tally["denials_told"])
    here = {f"{claim} {carc}" for claim, carc in Denial.objects.values_list("claim__control_number", "carc")}
    problems = [f"not here: {', '.join(sorted(told - here)[:5])}"] if told - here else []
    problems += [f"nobody told: {', '.join(sorted(here - told)[:5])}"] if here - told else []
    return "; ".join(problems)


def _legs_of_claim(kinds: tuple[str, ...] | None, accounts: tuple[Account, ...]) -> Subquery:
    legs = Leg.objects.filter(charge__encounter__claims=OuterRef("pk"), account__in=accounts)
    if kinds:
        legs = legs.filter(entry__kind__in=kinds)
    total = legs.order_by().values("charge__encounter__claims").annotate(total=Sum("amount")).values("total")
    return Subquery(total, output_field=CENTS)


def _refunds_of_claim() -> Subquery:
    """What was given back to the claim's patient: its receivable's legs of entries that took it out of the refunds account."""
    legs = Leg.objects.filter(
        charge__encounter__claims=OuterRef("pk"),
        account=Account.PATIENT_RECEIVABLE,
        entry__in=Leg.objects.filter(account=Account.REFUNDS).values("entry"),
    )
    total = legs.order_by().values("charge__encounter__claims").annotate(total=Sum("amount")).values("total")
    return Subquery(total, output_field=CENTS)


def _claims_add_up() -> str:
    """Payments are read from the adjudications and the card payments, refunds, adjustments and balance from the ledger.

    A visit's claims to further payers share the charges of its first.
    """
    adjudicated = (
        Adjudication.objects.filter(claim__encounter=OuterRef("encounter"), reversed=False)
        .order_by()
        .values("claim__encounter")
        .annotate(total=Sum("paid"))
        .values("total")
    )
    by_card = (
        PatientPayment.objects.filter(balance__encounter=OuterRef("encounter"), state=PatientPayment.State.PAID)
        .order_by()
        .values("balance__encounter")
        .annotate(total=Sum("amount"))
        .values("total")
    )
    claims = Claim.objects.filter(payer_rank=1).annotate(
        payers=Coalesce(Subquery(adjudicated, output_field=CENTS), ZERO),
        cards=Coalesce(Subquery(by_card, output_field=CENTS), ZERO),
        refunded=Coalesce(_refunds_of_claim(), ZERO),
        reduced=Coalesce(_legs_of_claim(None, REDUCTIONS), ZERO),
        balance_=Coalesce(_legs_of_claim(None, RECEIVABLE), ZERO),
    )
    wrong = [
        claim.control_number
        for claim in claims
        if claim.total != claim.payers + claim.cards - claim.refunded + claim.reduced + claim.balance_
    ]
    return f"{len(wrong)} claims do not, first {', '.join(wrong[:5])}" if wrong else ""


def _paid_by_payers() -> Decimal:
    return (
        RemittancePayment.objects.filter(duplicate_of=None, continues=None).aggregate(total=Sum("amount"))["total"]
        or ZERO
    )


def _paid_by_patients() -> Decimal:
    return (
        PatientPayment.objects.filter(state=PatientPayment.State.PAID).aggregate(total=Sum("amount"))["total"] or ZERO
    )


def _deposits_add_up() -> str:
    deposits = Leg.objects.filter(account=Account.DEPOSITS).aggregate(total=Sum("amount"))["total"] or ZERO
    return _differ("deposits", deposits, "payments", _paid_by_payers() + _paid_by_patients())


def _outside_paid(tally: Mapping[str, Any]) -> str:
    return _differ("the bank", Decimal(tally["deposits"]["delivered"]), "posted", _paid_by_payers())


def _in_the_bank() -> str:
    """Each payment of a day up to that of the newest bank line is matched whole."""
    newest = BankLine.objects.aggregate(newest=Max("booked_on"))["newest"]
    if newest is None:
        return ""
    missing = RemittancePayment.objects.filter(deposit_entry__isnull=False, amount__gt=0, paid_on__lte=newest)
    missing = missing.exclude(expected_deposit__state=ExpectedDeposit.State.RECEIVED)
    return _differ("payments not in the bank", missing.count(), "expected", 0)


def _cards_paid(tally: Mapping[str, Any]) -> str:
    return _differ("the processor", Decimal(tally["cards"]["paid"]), "posted", _paid_by_patients())


def _touches_once(tally: Mapping[str, Any]) -> str:
    """No text twice, and as many reached a phone as our rows say: a touch sent again under another link would be one too many."""
    texts = tally["texts"]
    repeated = _differ("repeated texts", texts["repeated"], "expected", 0)
    return repeated or _differ("texts on phones", texts["count"] - texts["undelivered"], "our rows", _texts_that_left())


def _texts_that_left() -> int:
    """One that its number could not take has gone another way by now, or has failed."""
    left = Q(channel=Message.Channel.SMS, state__in=(Message.State.SENT, Message.State.DELIVERED))
    return Message.objects.filter(left).count() + Reply.objects.filter(left).count()


def _claims_once(tally: Mapping[str, Any]) -> str:
    return _differ("duplicates", tally["claims"]["duplicates"], "expected", 0)


def _all_joints_worked(tally: Mapping[str, Any], days: int) -> str:
    """A proof over nothing proves nothing. Under `LONG` days nothing is asked of what only time brings."""
    saw = {
        "charges": Charge.objects.exists(),
        "claims sent": bool(tally["claims"]["sent"]),
        "claims answered": Claim.objects.exclude(accepted_at=None).exists(),
        "payer payments": bool(tally["deposits"]["count"]),
        "adjudications": Adjudication.objects.exists(),
        "texts": bool(tally["texts"]["count"]),
        "card payments": bool(tally["cards"]["count"]),
    }
    if days >= LONG:
        saw |= _rarer_joints()
    return ", ".join(f"no {what}" for what, seen in saw.items() if not seen)


def _rarer_joints() -> dict[str, bool]:
    return {
        "eligibility answers": EligibilityCheck.objects.exclude(answered_at=None).exists(),
        "findings": Finding.objects.exists(),
        "denials": Denial.objects.exists(),
        "patient balances": Balance.objects.exists(),
        "balances paid": Balance.objects.filter(state=Balance.State.PAID).exists(),
        "claims closed": Claim.objects.filter(status=ClaimStatus.CLOSED).exists(),
    }


def _nothing_failed(tally: Mapping[str, Any]) -> str:
    failed = list(WorkItem.objects.filter(kind=STEP_FAILED).values_list("subject_public_id", flat=True).distinct())
    twice = tally["cards"]["references_paid_twice"]
    problems = [f"step {step}" for step in failed]
    problems += [f"{tally['errors']} errors outside"] if tally["errors"] else []
    problems += [f"payment {reference} taken twice" for reference in twice]
    problems += [f"{number} patients' visits ended with {how}" for how, number in tally["walks_failed"].items()]
    return ", ".join(problems)
