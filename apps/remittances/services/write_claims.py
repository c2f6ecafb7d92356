"""Write a wave of planned CLPs: ledger, rows, the payers' words on the claims, exceptions. A constant number of statements."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from apps.claims.services import NewAdjudication, record_adjudications
from apps.core.bulk_rows import copy_rows, new_keys
from apps.core.clock import practice_date
from apps.core.money import ZERO
from apps.ledger.services import Undoing, post_entries, reversing_entries
from apps.remittances.encode import Source, adjudications, entry_key, posting_entry
from apps.remittances.models import RemittancePayment, RemittedClaim
from apps.remittances.rules.outcomes import Problem
from apps.remittances.rules.plans import Held, Plan, PlannedPosting, PlannedReversal
from apps.remittances.selectors.situations import standing_adjudication_keys
from apps.remittances.services.post_again import post_again
from apps.remittances.services.raise_exceptions import NewException, raise_exceptions
from apps.x12.guides import x835


@dataclass(frozen=True, slots=True)
class Planned:
    """A CLP, which one of its payment it is (from 1), and what is to be done. `row` exists when it had been held before."""

    number: int
    item: x835.RemittedClaim | x835.UnreadableClaim
    plan: Plan
    row: RemittedClaim | None = None


def write_claims(payment: RemittancePayment, planned: Sequence[Planned], *, now: datetime) -> list[RemittedClaim]:
    """Call it inside a transaction. CLPs of one claim must come in calls of their own: each sees what the earlier left."""
    sources = {item.number: _source(payment, item, now) for item in planned}
    entry_ids = _post(planned, sources, now)
    rows = [_row(payment, item, entry_ids.get(item.number)) for item in planned]
    _save(rows)
    _record(planned, sources, now)
    post_again(
        [(item.plan, sources[item.number]) for item in planned if isinstance(item.plan, PlannedReversal)], now=now
    )
    fresh = [
        found for item, row in zip(planned, rows, strict=True) if (found := _exception(payment, item, row)) is not None
    ]
    raise_exceptions(fresh, now=now)
    return rows


def _source(payment: RemittancePayment, item: Planned, now: datetime) -> Source:
    return Source(
        key=f"{payment.public_id}:{item.number}",
        transmission_id=payment.file.transmission_id,
        segment=item.item.segment,
        posted_on=practice_date(now),
        remitted_on=payment.paid_on,
    )


def _post(planned: Sequence[Planned], sources: dict[int, Source], now: datetime) -> dict[int, int]:
    """Entries of postings and of reversals in one go; by number the entry's id, none where no money moved."""
    entries = []
    undo: list[Undoing] = []
    for item in planned:
        source = sources[item.number]
        if isinstance(item.plan, PlannedPosting):
            entry = posting_entry(item.plan, source)
            if entry:
                entries.append(entry)
            undo += [
                Undoing(each.entry_id, f"{entry_key(source)}:takes_back:{each.entry_id}", source.segment)
                for each in item.plan.effect.takes_back
            ]
        elif isinstance(item.plan, PlannedReversal) and item.plan.undoes.entry_id is not None:
            undo.append(Undoing(item.plan.undoes.entry_id, entry_key(source), source.segment))
    if undo:
        first = next(iter(sources.values()))
        entries += reversing_entries(undo, posted_on=first.posted_on, transmission_id=first.transmission_id)
    posted = post_entries(entries, now=now)
    return {
        number: posted.entry_id(entry_key(source))
        for number, source in sources.items()
        if entry_key(source) in posted.posted or entry_key(source) in posted.skipped
    }


def _row(payment: RemittancePayment, planned: Planned, entry_id: int | None) -> RemittedClaim:
    row = planned.row or _fresh_row(payment, planned)
    plan = planned.plan
    row.claim_id = plan.billed.claim_id if plan.billed else row.claim_id
    row.outcome = RemittedClaim.Outcome(plan.outcome)
    row.sentence = "" if isinstance(plan, PlannedPosting | PlannedReversal) else plan.sentence[:300]
    row.entry_id = entry_id
    if isinstance(plan, PlannedReversal):
        row.reverses_id = plan.undoes.remitted_claim_id
    return row


def _fresh_row(payment: RemittancePayment, planned: Planned) -> RemittedClaim:
    item = planned.item
    row = RemittedClaim(
        payment_id=payment.pk,
        claim_id=None,
        entry_id=None,
        reverses_id=None,
        number=planned.number,
        claim_control_number=item.control_number[:38],
        segment=item.segment,
        charge=ZERO,
        paid=ZERO,
        patient_responsibility=ZERO,
    )
    if isinstance(item, x835.RemittedClaim):
        person = item.patient or item.insured
        insured = item.corrected_insured or item.insured or item.patient
        row.payer_claim_number = item.payer_claim_number[:50]
        row.patient_name = person.name[:100] if person else ""
        row.member_id = (insured.id or (person.id if person else ""))[:80] if insured else ""
        row.status_code = item.status[:2]
        row.charge, row.paid = item.charge, item.paid
        row.patient_responsibility = item.patient_responsibility or ZERO
        row.service_date = _service_date(item)
    return row


def _service_date(item: x835.RemittedClaim) -> date | None:
    days = [line.service_date for line in item.lines if line.service_date]
    days += [period.start for period in item.dates if period.qualifier in {"232", "150", "472"}]
    return min(days, default=None)


_FIELDS = RemittedClaim._meta.concrete_fields  # noqa: SLF001  a documented name of Django
_COLUMNS, _ATTRIBUTES = [field.name for field in _FIELDS], [field.attname for field in _FIELDS]


def _save(rows: Sequence[RemittedClaim]) -> None:
    fresh = [row for row in rows if row.pk is None]
    known = [row for row in rows if row.pk is not None]
    for row, key in zip(fresh, new_keys(RemittedClaim, len(fresh)), strict=True):
        row.pk = key
    copy_rows(RemittedClaim, _COLUMNS, ([getattr(row, name) for name in _ATTRIBUTES] for row in fresh))
    if known:
        fields = ["claim", "charge", "paid", "outcome", "sentence", "entry", "reverses"]
        RemittedClaim.objects.bulk_update(known, fields, batch_size=500)


def _record(planned: Sequence[Planned], sources: dict[int, Source], now: datetime) -> None:
    reversals = [item.plan for item in planned if isinstance(item.plan, PlannedReversal)]
    standing = standing_adjudication_keys([plan.billed.claim_id for plan in reversals]) if reversals else {}
    rows: list[NewAdjudication] = []
    for item in planned:
        if isinstance(item.plan, PlannedPosting):
            rows += adjudications(item.plan, sources[item.number])
        elif isinstance(item.plan, PlannedReversal):
            begins = f"{item.plan.undoes.key}:"
            keys = [key for key in standing[item.plan.billed.claim_id] if key.startswith(begins)]
            rows += adjudications(item.plan, sources[item.number], keys)
    if rows:
        record_adjudications(rows, now=now)


def _exception(payment: RemittancePayment, planned: Planned, row: RemittedClaim) -> NewException | None:
    plan = planned.plan
    if isinstance(plan, Held):
        return NewException(
            plan.problem, plan.sentence, payment.file, payment, row, amount=row.paid, at_stake=row.charge
        )
    if isinstance(plan, PlannedPosting) and plan.needs_contract_check:
        sentence = "The payer allowed nothing, by the contract alone (CO-45), and denied nothing."
        return NewException(Problem.CONTRACT_CHECK, sentence, payment.file, payment, row, at_stake=row.charge)
    return None
