"""Write planned CLPs: ledger, rows, the payers' words on the claims, exceptions. A constant number of statements."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime

from apps.claims.services import recheck_further_claims
from apps.core.bulk_rows import copy_rows, new_keys
from apps.core.clock import practice_date
from apps.core.money import ZERO
from apps.remittances.encode import Source
from apps.remittances.models import RemittancePayment, RemittedClaim
from apps.remittances.rules.content import content_of
from apps.remittances.rules.outcomes import Problem
from apps.remittances.rules.plan import is_reversal
from apps.remittances.rules.plans import Held, PlannedPosting, PlannedReversal
from apps.remittances.services.held_reversals import follow_reversals
from apps.remittances.services.planned import Planned
from apps.remittances.services.raise_exceptions import NewException, open_again, raise_exceptions
from apps.remittances.services.rebook import Rebooked, rebook
from apps.remittances.services.record_words import record_words
from apps.remittances.services.resolve import Resolved, resolve
from apps.remittances.services.version_questions import settle_questions
from apps.x12.guides import x835


def write_claims(payment: RemittancePayment, planned: Sequence[Planned], *, now: datetime) -> list[RemittedClaim]:
    """Call it inside a transaction that holds the claims' locks. What each does to the books is found here, with all that was
    said of its visit before; earlier answers are brought to where they stand now.
    """
    if not planned:
        return []
    resolved = resolve(payment, planned)
    sources = {item.key(payment): _source(payment, item, now) for item in planned}
    books = rebook(resolved, sources, now=now)
    contents = {key: answer.content for visit in resolved.visits for key, answer in visit.answers.items()}
    rows = [_row(payment, item, books, contents.get(key)) for item, key in zip(resolved.planned, sources, strict=True)]
    _save(rows)
    _follow(resolved, books, dict(zip(sources, rows, strict=True)), now)
    record_words(resolved, books, sources, now=now)
    if books.handed_anew:
        recheck_further_claims(books.handed_anew, now=now)
    _raise(payment, resolved.planned, rows, now)
    settle_questions(resolved.planned, now=now)
    return rows


def write_again(resolved: Resolved, cause: Source, *, ended: Collection[int], now: datetime) -> None:
    """Nothing comes now: what was posted is brought to what `resolved` says. The transaction holds the claims' locks.

    `ended`: claims whose answer to what was sent last was here already, as a person has found out.
    """
    books = rebook(resolved, {}, now=now, cause=cause)
    _follow(resolved, books, {}, now)
    record_words(resolved, books, {}, now=now, ended=ended)
    if books.handed_anew:
        recheck_further_claims(books.handed_anew, now=now)


def _raise(
    payment: RemittancePayment, planned: Sequence[Planned], rows: Sequence[RemittedClaim], now: datetime
) -> None:
    fresh: list[NewException] = []
    for item, row in zip(planned, rows, strict=True):
        found = _exception(payment, item, row)
        if found is not None and item.row is not None and hasattr(row, "exception"):
            open_again(row.exception, found, now=now)
        elif found is not None:
            fresh.append(found)
    raise_exceptions(fresh, now=now)


def _source(payment: RemittancePayment, item: Planned, now: datetime) -> Source:
    return Source(
        key=item.key(payment),
        transmission_id=payment.file.transmission_id,
        segment=item.item.segment,
        posted_on=practice_date(now),
        remitted_on=payment.paid_on,
        paid_by=payment.payer_id,
    )


def _row(payment: RemittancePayment, planned: Planned, books: Rebooked, content: str | None) -> RemittedClaim:
    row = planned.row or _fresh_row(payment, planned, content)
    plan = planned.plan
    row.claim_id = plan.billed.claim_id if plan.billed else row.claim_id
    row.outcome = RemittedClaim.Outcome(plan.outcome)
    row.sentence = "" if isinstance(plan, PlannedPosting | PlannedReversal) else plan.sentence[:300]
    row.entry_id = books.entries.get(planned.key(payment))
    return row


def _fresh_row(payment: RemittancePayment, planned: Planned, content: str | None) -> RemittedClaim:
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
        row.content = content or content_of(item, is_reversal=is_reversal(item))
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
        fields = ["claim", "charge", "paid", "outcome", "sentence", "entry"]
        RemittedClaim.objects.bulk_update(known, fields, batch_size=500)


def _follow(resolved: Resolved, books: Rebooked, fresh: Mapping[str, RemittedClaim], now: datetime) -> None:
    """Earlier rows bear what they come to now, and each reversal names what it takes back."""
    if not (books.changed or books.undoes):
        return
    booked = {key: each for visit in resolved.visits for key, each in visit.so_far.booked.items()}
    rows = {**{key: each.row for key, each in booked.items()}, **fresh}
    for key, each in books.changed.items():
        each.row.entry_id = books.entries[key]
    reversals = [each.row for each in books.changed.values() if each.answer.is_reversal]
    # Two reversals may change places, and a posting is never taken back by both.
    RemittedClaim.objects.filter(pk__any_of=[row.pk for row in reversals]).update(reverses=None)
    for row in reversals:
        row.reverses_id = None
    for reversal, posting in books.undoes.items():
        rows[reversal].reverses_id = rows[posting].pk
    follow_reversals(reversals, now=now)
    changed = [each.row for each in books.changed.values()]
    changed += [row for key, row in fresh.items() if key in books.undoes]
    RemittedClaim.objects.bulk_update(changed, ["entry", "outcome", "sentence", "reverses"], batch_size=500)


def _exception(payment: RemittancePayment, planned: Planned, row: RemittedClaim) -> NewException | None:
    plan = planned.plan
    if isinstance(plan, Held):
        return NewException(
            plan.problem, plan.sentence, payment.file, payment, row, amount=row.paid, at_stake=row.charge
        )
    if isinstance(plan, PlannedPosting) and (plan.version_question or plan.contract_question):
        problem = Problem.VERSION if plan.version_question else Problem.CONTRACT_CHECK
        question = " ".join(filter(None, (plan.version_question, plan.contract_question)))
        return NewException(problem, question, payment.file, payment, row, at_stake=row.charge)
    return None
