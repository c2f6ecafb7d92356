"""Questions after claims as one 276 (005010X212): by payer, then by patient."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from apps.claims.encode.claims import TradingIds
from apps.claims.rules.snapshot import BillingView, ClaimView, CoverageView
from apps.core.clock import practice_zone
from apps.x12 import Envelope, write_276
from apps.x12.guides.parts import DatedPeriod, Party
from apps.x12.guides.x276 import (
    ClaimInquiry,
    ClaimStatusInquiry,
    Insured,
    PatientInquiry,
    ProviderInquiry,
    ReceiverInquiry,
    SourceInquiry,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """`coverage` is the plan of the payer that is asked, which need not be the claim's own; neither is its claim number then known."""

    trace_number: str
    payer_name: str
    payer_id: str
    claim: ClaimView
    coverage: CoverageView
    payer_claim_number: str = ""


def inquiry_number(interchange: int) -> str:
    """BHT03 and the journal's name; the answer to a whole inquiry gives it back."""
    return f"TS{interchange:09d}"


def write_inquiry(
    questions: Sequence[Question],
    billing: BillingView,
    ids: TradingIds,
    number: int,
    *,
    now: datetime,
) -> bytes:
    """`number`: ISA13 and GS06 alike, so that a 999 or TA1 finds the file by either. Raises apps.x12.WriteError where X12 cannot carry
    what is on file.
    """
    local = now.astimezone(practice_zone())
    ordered = sorted(questions, key=lambda each: (each.payer_id, each.payer_name))
    sources = tuple(
        SourceInquiry(
            source=Party(last_name=name, id_qualifier="PI", id=payer_id, role="PR"),
            receivers=(_receiver(tuple(asked), billing, ids),),
        )
        for (payer_id, name), asked in groupby(ordered, key=lambda each: (each.payer_id, each.payer_name))
    )
    body = ClaimStatusInquiry(
        reference=inquiry_number(number),
        sources=sources,
        created_on=local.date(),
        created_at=local.time().replace(second=0, microsecond=0, tzinfo=None),
    )
    envelope = Envelope(
        sender_id=ids.sender_id,
        receiver_id=ids.receiver_id,
        interchange_number=number,
        group_number=number,
        created=local,
        usage=ids.usage,
    )
    return write_276(body, envelope)


def _receiver(questions: tuple[Question, ...], billing: BillingView, ids: TradingIds) -> ReceiverInquiry:
    return ReceiverInquiry(
        receiver=Party(last_name=billing.name, id_qualifier="46", id=ids.submitter_id, role="41"),
        providers=(
            ProviderInquiry(
                provider=Party(
                    last_name=billing.last_name or billing.name,
                    first_name=billing.first_name,
                    is_person=billing.is_person,
                    id_qualifier="XX",
                    id=billing.npi,
                    role="1P",
                ),
                patients=tuple(_patient(each) for each in questions),
            ),
        ),
    )


def _patient(asked: Question) -> PatientInquiry:
    claim, coverage = asked.claim, asked.coverage
    person, holder = claim.patient, claim.patient if coverage.is_self else coverage.subscriber
    subscriber = Insured(
        party=Party(
            last_name=holder.last_name,
            first_name=holder.first_name,
            is_person=True,
            id_qualifier="MI",
            id=coverage.member_id,
            role="IL",
        ),
        birth_date=holder.birth_date if coverage.is_self else None,
        sex=holder.sex if coverage.is_self else "",
    )
    dependent = Insured(
        party=Party(last_name=person.last_name, first_name=person.first_name, is_person=True, role="QC"),
        birth_date=person.birth_date,
        sex=person.sex,
    )
    inquiry = ClaimInquiry(
        trace_number=asked.trace_number,
        payer_claim_number=asked.payer_claim_number,
        control_number=claim.control_number,
        charge=claim.total,
        service=DatedPeriod("472", claim.service_date, claim.service_date),
    )
    return PatientInquiry(subscriber=subscriber, dependent=None if coverage.is_self else dependent, claims=(inquiry,))
