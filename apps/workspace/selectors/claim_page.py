"""Everything that the claim page shows, in a constant number of queries."""

from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal

from django.db.models import Exists, OuterRef, Sum
from django.urls import reverse

from apps.claims.models import Adjudication, BatchClaim, Claim, ClaimEvent, ClaimLine, Finding, StatusInquiry
from apps.claims.services.recheck_further import RECHECK_KIND
from apps.claims.services.resend_claim import proof, unfound_place
from apps.claims.states import ClaimStatus
from apps.core.clock import practice_date
from apps.core.money import ZERO
from apps.denials.models import UNDECIDED, Denial
from apps.ledger.models import Leg
from apps.ledger.selectors import insurance_by_payer
from apps.patient_balances.models import Balance
from apps.worklist.models import WorkItem
from apps.workspace.rules.ledger_rows import LedgerRow, Posting, ledger_rows, source_words
from apps.workspace.rules.next_step import NextStep, next_step

PLACES = ("first", "second", "third")


@dataclass(frozen=True, slots=True)
class LineView:
    """A line and what stands of the payers' answers to it."""

    line: ClaimLine
    diagnoses: tuple[str, ...]
    allowed: Decimal | None
    paid: Decimal | None
    patient: Decimal | None
    reasons: tuple[tuple[str, str, Decimal], ...]
    remarks: tuple[str, ...]
    status: str


@dataclass(frozen=True, slots=True)
class VisitPayer:
    """One of the payers that this visit is billed to, in their order, and what still stands in its name."""

    claim: Claim
    owes: Decimal
    is_this: bool

    @property
    def place(self) -> str:
        return PLACES[self.claim.payer_rank - 1]


@dataclass(frozen=True, slots=True)
class ClaimView:
    claim: Claim
    lines: list[LineView]
    findings: list[Finding]
    denials: list[Denial]
    balance: Balance | None
    batches: list[BatchClaim]
    ledger: list[LedgerRow]
    payer_owes: Decimal
    patient_owes: Decimal
    paid: Decimal
    contractual: Decimal
    denied_open: Decimal
    submission_lag: timedelta | None
    payment_lag: timedelta | None
    totals: dict[str, Decimal] = field(default_factory=dict)
    payers: list[VisitPayer] = field(default_factory=list)
    inquiries: list[StatusInquiry] = field(default_factory=list)
    unfound_proof: str = ""

    @property
    def step(self) -> NextStep | None:
        later = (each.claim for each in self.payers if each.claim.payer_rank > self.claim.payer_rank)
        return next_step(
            ClaimStatus(self.claim.status),
            billed_on=any(claim.status != ClaimStatus.VOIDED for claim in later),
            decided=bool(self.denials) and not any(denial.state in UNDECIDED for denial in self.denials),
        )

    @property
    def was_passed_on(self) -> bool:
        """Its payer says so, and no claim of ours went to the next one."""
        return self.claim.status == ClaimStatus.FORWARDED and not self.payers

    @property
    def to_recheck(self) -> bool:
        item = self.claim.work_item
        return item is not None and item.kind == RECHECK_KIND and item.state == WorkItem.State.OPEN


def find_claim(public_id: str) -> Claim | None:
    related = ("patient", "payer", "provider", "coverage__payer", "encounter__location", "work_item")
    return Claim.objects.select_related(*related).filter(public_id=public_id).first()


def claim_view(claim: Claim) -> ClaimView:
    answers = _standing_answers(claim)
    lines = [_line_view(claim, line, answers.get(line.pk, [])) for line in claim.lines.all()]
    ledger = ledger_rows(_postings(claim))
    denials = list(claim.denials.select_related("line", "payer").order_by("received_at", "pk"))
    every = [answer for found in answers.values() for answer in found]
    inquiries = list(claim.inquiries.select_related("payer", "answer").defer("answer__payload")[:20])
    unfound = unfound_place(claim) if inquiries else None
    return ClaimView(
        claim=claim,
        lines=lines,
        findings=list(claim.findings.select_related("settled_by").order_by("-found_at", "pk")[:100]),
        denials=denials,
        balance=Balance.objects.filter(claim=claim).first(),
        batches=list(claim.memberships.select_related("batch").order_by("-batch__created_at")),
        ledger=ledger,
        payer_owes=sum((row.payer for row in ledger), ZERO),
        patient_owes=sum((row.patient for row in ledger), ZERO),
        paid=sum((answer.paid for answer in every), ZERO),
        contractual=sum((answer.contractual for answer in every), ZERO),
        denied_open=sum((denial.amount for denial in denials if denial.state == Denial.State.OPEN), ZERO),
        submission_lag=_submission_lag(claim),
        payment_lag=_payment_lag(claim),
        totals=_totals(lines),
        payers=_payers(claim, [line.line.charge_id for line in lines]),
        inquiries=inquiries,
        unfound_proof=proof(unfound) if unfound else "",
    )


def _payers(claim: Claim, charges: list[int]) -> list[VisitPayer]:
    """Empty where the visit has one claim, as most have."""
    claims = list(Claim.objects.filter(encounter=claim.encounter_id).select_related("payer").order_by("payer_rank"))
    if len(claims) == 1:
        return []
    owed = insurance_by_payer(charges)
    return [VisitPayer(each, owed.get(each.payer_id, ZERO), each == claim) for each in claims]


def _standing_answers(claim: Claim) -> dict[int | None, list[Adjudication]]:
    rows = claim.adjudications.filter(reversed=False).order_by("remitted_on", "pk").prefetch_related("adjustments")
    found: dict[int | None, list[Adjudication]] = {}
    for row in rows:
        found.setdefault(row.line_id, []).append(row)
    return found


def _line_view(claim: Claim, line: ClaimLine, answers: list[Adjudication]) -> LineView:
    pointed = [pointer for pointer in line.diagnosis_pointers if 0 < pointer <= len(claim.diagnoses)]
    return LineView(
        line=line,
        diagnoses=tuple(claim.diagnoses[pointer - 1] for pointer in pointed),
        allowed=answers[-1].allowed if answers else None,
        paid=sum((answer.paid for answer in answers), ZERO) if answers else None,
        patient=answers[-1].cost_share if answers else None,
        reasons=tuple(
            (adjustment.group, adjustment.carc, adjustment.amount)
            for answer in answers
            for adjustment in answer.adjustments.all()
        ),
        remarks=tuple(dict.fromkeys(code for answer in answers for code in answer.remark_codes)),
        status=_line_status(answers),
    )


def _line_status(answers: list[Adjudication]) -> str:
    if not answers:
        return ""
    last = answers[-1]
    if last.is_denied:
        return "denied"
    return "partly_denied" if last.denied > 0 else "paid"


def _totals(lines: list[LineView]) -> dict[str, Decimal]:
    return {
        "allowed": sum((line.allowed or ZERO for line in lines), ZERO),
        "paid": sum((line.paid or ZERO for line in lines), ZERO),
        "patient": sum((line.patient or ZERO for line in lines), ZERO),
    }


def _postings(claim: Claim) -> list[Posting]:
    """Those of a remittance that the claim's timeline names lead to their segment."""
    told = ClaimEvent.objects.filter(claim=claim, transmission=OuterRef("entry__transmission"))
    rows = (
        Leg.objects.filter(charge__encounter=claim.encounter_id)
        .annotate(told=Exists(told))
        .values_list(
            "entry",
            "entry__posted_on",
            "entry__kind",
            "entry__transmission__kind",
            "entry__transmission__public_id",
            "entry__segment",
            "account",
            "told",
        )
        .annotate(total=Sum("amount"))
        .order_by("entry__posted_on", "entry", "account")
    )
    postings: dict[int, Posting] = {}
    for entry, posted_on, kind, transmission, file, segment, account, is_told, total in rows:
        source = source_words(transmission or "", segment)
        href = _segment_href(claim, file, segment) if transmission == "835" and is_told and segment else ""
        posting = postings.setdefault(entry, Posting(entry, posted_on, kind, source, href, {}))
        posting.amounts[account] = total
    return _charges_as_one(list(postings.values()))


def _segment_href(claim: Claim, file_id: str, segment: int) -> str:
    return f"{reverse('workspace:claim_file', args=[claim.public_id, file_id])}?segment={segment}"


def _charges_as_one(postings: list[Posting]) -> list[Posting]:
    """The charges of one visit are an entry each; people read them as one row."""
    kept: list[Posting] = []
    for posting in postings:
        if kept and posting.kind == kept[-1].kind == "charge" and posting.posted_on == kept[-1].posted_on:
            for account, amount in posting.amounts.items():
                kept[-1].amounts[account] = kept[-1].amounts.get(account, ZERO) + amount
        else:
            kept.append(posting)
    return kept


def _submission_lag(claim: Claim) -> timedelta | None:
    sent = claim.first_submitted_at
    return practice_date(sent) - claim.service_date if sent else None


def _payment_lag(claim: Claim) -> timedelta | None:
    if claim.first_submitted_at is None or claim.first_adjudicated_at is None:
        return None
    return practice_date(claim.first_adjudicated_at) - practice_date(claim.first_submitted_at)
