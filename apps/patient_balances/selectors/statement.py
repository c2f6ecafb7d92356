"""What a patient sees of the bill: each visit in plain sums that add up, and why."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Q, QuerySet, Sum

from apps.claims.models import Adjudication, AdjudicationAdjustment
from apps.core.money import ZERO
from apps.ledger.models import Account, Entry, Leg
from apps.patient_balances.models import LIVE, NOT_THE_PATIENTS, Balance
from apps.patient_balances.selectors.sums import receivables_of_balances

DEDUCTIBLE, COINSURANCE, COPAY = "1", "2", "3"


@dataclass(frozen=True, slots=True)
class Visit:
    """Dollars. price - discount - insurance_paid - taken_off - patient_paid + other = owed, always."""

    balance: Balance
    on: date
    provider: str
    owed: Decimal
    price: Decimal
    discount: Decimal
    insurance_paid: Decimal
    taken_off: Decimal
    patient_paid: Decimal
    deductible: Decimal
    coinsurance: Decimal
    copay: Decimal
    waits_for_payer: bool

    @property
    def other(self) -> Decimal:
        explained = self.price - self.discount - self.insurance_paid - self.taken_off - self.patient_paid
        return self.owed - explained

    @property
    def is_explained(self) -> bool:
        """Whether the payer's split is still the reason for what is owed now."""
        return self.deductible + self.coinsurance + self.copay == self.owed

    @property
    def was_insured(self) -> bool:
        return self.balance.claim_id is not None

    @property
    def credit(self) -> Decimal:
        return -self.owed

    @property
    def less_discount(self) -> Decimal:
        return -self.discount

    @property
    def less_insurance(self) -> Decimal:
        return -self.insurance_paid

    @property
    def less_taken_off(self) -> Decimal:
        return -self.taken_off

    @property
    def less_patient(self) -> Decimal:
        return -self.patient_paid


@dataclass(frozen=True, slots=True)
class Statement:
    visits: Sequence[Visit]

    @property
    def owed(self) -> Decimal:
        return sum((visit.owed for visit in self.visits), ZERO)

    @property
    def is_left_by_insurance(self) -> bool:
        """Of each visit: said above all of them, it must be true of all."""
        return all(visit.was_insured and not visit.waits_for_payer for visit in self.visits)

    @property
    def insurance_paid(self) -> bool:
        return self.is_left_by_insurance and all(visit.insurance_paid > ZERO for visit in self.visits)


def payable_balances(patient_id: int) -> "QuerySet[Balance]":
    """Open, stopped or past their sequence, and the patient's to pay; the oldest first."""
    rows = Balance.objects.filter(patient=patient_id, state__in=LIVE).exclude(stopped_reason__in=NOT_THE_PATIENTS)
    return rows.order_by("opened_at", "pk")


def statement(patient_id: int) -> Statement:
    """Of everything that the patient may pay now. Six queries."""
    return Statement(visits_of(payable_balances(patient_id)))


def visits_of(balances: "QuerySet[Balance]") -> list[Visit]:
    rows = list(balances.select_related("encounter__provider"))
    keys = [row.pk for row in rows]
    money, moved, paid, shares = (
        receivables_of_balances(keys),
        _moved(keys),
        _paid_by_insurance(keys),
        _cost_share(keys),
    )
    return [
        Visit(
            balance=row,
            on=row.encounter.service_date,
            provider=f"{row.encounter.provider.first_name} {row.encounter.provider.last_name}",
            owed=money[row.pk].patient,
            price=-moved[row.pk]["revenue"],
            discount=moved[row.pk]["discount"],
            insurance_paid=paid[row.pk],
            taken_off=moved[row.pk]["taken_off"],
            patient_paid=-moved[row.pk]["patient_paid"],
            deductible=shares[row.pk][DEDUCTIBLE],
            coinsurance=shares[row.pk][COINSURANCE],
            copay=shares[row.pk][COPAY],
            waits_for_payer=money[row.pk].insurance > ZERO,
        )
        for row in rows
    ]


def _moved(keys: Collection[int]) -> defaultdict[int, dict[str, Decimal]]:
    """What the ledger's legs of each balance's charge lines say."""
    found: defaultdict[int, dict[str, Decimal]] = defaultdict(
        lambda: dict.fromkeys(("revenue", "discount", "taken_off", "patient_paid"), ZERO)
    )
    of = "charge__encounter__balances"
    by_card = Q(account=Account.PATIENT_RECEIVABLE, entry__kind=Entry.Kind.PATIENT_PAYMENT)
    sums = (
        Leg.objects.filter(**{f"{of}__in": keys})
        .values(of)
        .annotate(
            revenue=Sum("amount", filter=Q(account=Account.REVENUE), default=ZERO),
            discount=Sum("amount", filter=Q(account__in=(Account.CONTRACTUAL, Account.OTHER_ADJUSTMENT)), default=ZERO),
            taken_off=Sum("amount", filter=Q(account=Account.WRITE_OFF), default=ZERO),
            patient_paid=Sum("amount", filter=by_card, default=ZERO),
        )
    )
    for row in sums:
        found[row.pop(of)] = row
    return found


def _paid_by_insurance(keys: Collection[int]) -> defaultdict[int, Decimal]:
    """By all payers of the visit: its balance stands on the last one's claim."""
    found: defaultdict[int, Decimal] = defaultdict(lambda: ZERO)
    of = "claim__encounter__balances"
    rows = Adjudication.objects.filter(**{f"{of}__in": keys}, reversed=False).values(of)
    for row in rows.annotate(total=Sum("paid", default=ZERO)):
        found[row[of]] = row["total"]
    return found


def _cost_share(keys: Collection[int]) -> defaultdict[int, defaultdict[str, Decimal]]:
    """By the payer's own split into deductible, coinsurance and copay (PR 1, 2, 3)."""
    found: defaultdict[int, defaultdict[str, Decimal]] = defaultdict(lambda: defaultdict(lambda: ZERO))
    rows = AdjudicationAdjustment.objects.filter(
        adjudication__claim__balance__in=keys,
        adjudication__reversed=False,
        adjustment_class=AdjudicationAdjustment.Class.COST_SHARE,
    ).values("adjudication__claim__balance", "carc")
    for row in rows.annotate(total=Sum("amount")):
        found[row["adjudication__claim__balance"]][row["carc"]] = row["total"]
    return found
