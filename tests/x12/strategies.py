"""Any records that can be written, for round trips. Text is what survives `Writer.free` unchanged."""

import string
from datetime import date, time
from decimal import Decimal
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from apps.x12.guides import x270, x271, x277ca, x835, x837p, x999
from apps.x12.guides.parts import Address, Amount, Contact, DatedPeriod, Party, Quantity, Reference
from apps.x12.guides.ta1 import InterchangeAcknowledgment

# Whole files are large examples; the machine that tests them may be slow.
any_record = settings(
    deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)

_LETTERS = string.ascii_letters + string.digits + "'-.,/#&()"

ids = st.text(string.ascii_uppercase + string.digits, min_size=1, max_size=12)
texts = st.lists(st.text(_LETTERS, min_size=1, max_size=8), min_size=1, max_size=3).map(" ".join)
money = st.decimals(Decimal("-99999.99"), Decimal("99999.99"), places=2)
days = st.dates(date(1900, 1, 1), date(2099, 12, 31))
times = st.builds(time, st.integers(0, 23), st.integers(0, 59), st.integers(0, 59))
numbers = st.integers(0, 99999)
codes = st.sampled_from(["45", "1", "A7", "30"])


def maybe(strategy: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.none() | strategy


def some(strategy: st.SearchStrategy[Any], *, least: int = 0, most: int = 2) -> st.SearchStrategy[Any]:
    return st.lists(strategy, min_size=least, max_size=most).map(tuple)


words = st.just("") | texts
keys = st.just("") | ids
addresses = st.builds(Address, texts, words, texts, st.just("IL"), st.just("62704"), keys)
contacts = st.builds(Contact, name=words, phone=ids, email=keys, function=st.just("IC"))
references = st.builds(Reference, st.sampled_from(["ZZ", "0B", "1W"]), ids, words)
amounts = st.builds(Amount, st.sampled_from(["B6", "AU"]), money)
quantities = st.builds(Quantity, st.sampled_from(["CA", "ZK"]), money)


@st.composite
def periods(draw: st.DrawFn, qualifier: str = "291") -> DatedPeriod:
    start, end = sorted((draw(days), draw(days)))
    return DatedPeriod(qualifier, start, end)


@st.composite
def parties(draw: st.DrawFn, role: str) -> Party:
    is_person = draw(st.booleans())
    given = (draw(words), draw(words), draw(words)) if is_person else ("", "", "")
    identity = draw(st.sampled_from([("", ""), ("XX", "1234567893"), ("MI", "W1")]))
    return Party(draw(texts), *given, is_person, *identity, role)


def claim_batches() -> st.SearchStrategy[x837p.ClaimBatch]:
    providers = st.builds(
        x837p.ClaimProvider,
        last_name=texts,
        npi=keys,
        first_name=words,
        middle_name=words,
        suffix=words,
        taxonomy=keys,
        address=maybe(addresses),
        is_person=st.booleans(),
    )
    billing = st.builds(
        x837p.BillingProvider,
        name=texts,
        npi=keys,
        tax_id=ids,
        address=addresses,
        taxonomy=keys,
        contact=maybe(contacts),
        pay_to=maybe(addresses),
        is_person=st.booleans(),
        first_name=words,
    )
    holders = st.builds(x837p.Subscriber, last_name=texts, member_id=ids, first_name=words, group_number=keys)
    patients = st.builds(
        x837p.Patient, last_name=texts, relationship=ids, birth_date=maybe(days), sex=keys, address=maybe(addresses)
    )
    payers = st.builds(x837p.ClaimPayer, name=texts, id=ids, address=maybe(addresses))
    lines = st.builds(
        x837p.ServiceLine,
        control_number=ids,
        procedure=ids,
        charge=money,
        units=maybe(money),
        pointers=some(st.integers(1, 12), least=1, most=4),
        service_date=st.just(date(2025, 1, 1)),
        service_end_date=st.none() | st.just(date(2025, 1, 2)),
        modifiers=some(ids, most=4),
        description=words,
        emergency=st.booleans(),
        note=words,
        rendering=maybe(providers),
    )
    claims = st.builds(
        x837p.Claim,
        control_number=ids,
        charge=money,
        place_of_service=ids,
        billing_provider=billing,
        subscriber=holders,
        payer=payers,
        patient=maybe(patients),
        diagnoses=some(ids, least=1, most=12),
        lines=some(lines, least=1, most=2),
        onset_date=maybe(days),
        patient_paid=maybe(money),
        payer_claim_number=keys,
        note=words,
        referring=maybe(providers),
        service_facility=maybe(providers),
    )
    return st.builds(
        x837p.ClaimBatch,
        reference=ids,
        submitter=st.builds(x837p.Submitter, texts, ids, contacts),
        receiver=st.builds(x837p.Receiver, texts, ids),
        claims=some(claims, least=1),
        created_on=days,
        created_at=times,
    )


def remittances() -> st.SearchStrategy[x835.Remittance]:
    adjustments = st.builds(x835.Adjustment, st.sampled_from(["CO", "PR"]), codes, money, maybe(money))
    lines = st.builds(
        x835.ServiceLine,
        procedure=ids,
        modifiers=some(ids, most=4),
        charge=money,
        paid=money,
        units=maybe(money),
        control_number=keys,
        service_date=maybe(days),
        adjustments=some(adjustments, most=9),
        remark_codes=some(ids),
        revenue_code=keys,
        references=some(references),
        amounts=some(amounts),
        quantities=some(quantities),
    )
    claims = st.builds(
        x835.RemittedClaim,
        control_number=ids,
        status=ids,
        charge=money,
        paid=money,
        patient_responsibility=maybe(money),
        filing_indicator=keys,
        payer_claim_number=keys,
        adjustments=some(adjustments, most=9),
        lines=some(lines),
        patient=maybe(parties("QC")),
        corrected_insured=maybe(parties("74")),
        crossover_payer=maybe(parties("TT")),
        group_number=keys,
        remark_codes=some(ids, most=5),
        references=some(references),
        dates=some(days.map(lambda day: DatedPeriod("232", day, day))),
        amounts=some(amounts),
        quantities=some(quantities),
        contacts=some(contacts, most=1),
    )
    party = st.builds(x835.RemittanceParty, name=texts, id_qualifier=st.just("XX"), id=ids, address=maybe(addresses))
    taken = st.builds(x835.ProviderAdjustment, ids, days, codes, keys, money)
    return st.builds(
        x835.Remittance,
        amount=money,
        trace_number=ids,
        payer=party,
        payee=party,
        claims=some(claims),
        provider_adjustments=some(taken, most=8),
        payment_date=maybe(days),
        production_date=maybe(days),
        credit=st.booleans(),
        sender=maybe(st.builds(x835.BankAccount, ids, ids)),
        payer_identifier=keys,
        receiver_id=keys,
    ).filter(_groups_are_consistent)


def _groups_are_consistent(remittance: x835.Remittance) -> bool:
    """A claim after an LX cannot be outside of every LX."""
    seen = [bool(claim.group_number) for claim in remittance.claims]
    return seen == sorted(seen)


def group_acknowledgments() -> st.SearchStrategy[x999.GroupAcknowledgment]:
    elements = st.builds(
        x999.ElementNote,
        st.integers(1, 99),
        codes,
        maybe(st.integers(1, 9)),
        maybe(st.integers(1, 9)),
        keys,
        words,
        some(st.just("SITUATIONAL TRIGGER")),
    )
    notes = st.builds(
        x999.SegmentNote, ids, numbers, codes, keys, keys, some(st.just("SITUATIONAL TRIGGER")), some(elements)
    )
    sets = st.builds(x999.TransactionAcknowledgment, ids, ids, codes, keys, some(codes), some(notes))
    return st.builds(
        x999.GroupAcknowledgment,
        functional_code=ids,
        group_number=ids,
        status=codes,
        transactions=some(sets),
        version=keys,
        included=numbers,
        received=numbers,
        accepted_count=numbers,
        error_codes=some(codes),
    )


def claim_acknowledgments() -> st.SearchStrategy[x277ca.ClaimAcknowledgment]:
    status_codes = st.builds(x277ca.StatusCode, codes, codes, keys)
    statuses = some(
        st.builds(
            x277ca.Status,
            some(status_codes, least=1),
            st.sampled_from(["WQ", "U"]),
            maybe(days),
            maybe(money),
            words,
        )
    )
    totals = st.builds(
        x277ca.Totals,
        accepted=maybe(numbers),
        rejected=maybe(numbers),
        accepted_charge=maybe(money),
        rejected_charge=maybe(money),
    )
    lines = st.builds(
        x277ca.LineStatus,
        statuses=statuses,
        control_number=keys,
        procedure=ids,
        modifiers=some(ids),
        charge=maybe(money),
        units=maybe(money),
        service=maybe(periods("472")),
    )
    claims = st.builds(
        x277ca.ClaimStatus,
        control_number=ids,
        statuses=statuses,
        patient=parties("QC"),
        payer_claim_number=keys,
        clearinghouse_number=keys,
        references=some(references),
        service=maybe(periods("472")),
        lines=some(lines),
    )
    providers = st.builds(
        x277ca.ProviderStatus,
        provider=parties("85"),
        claims=some(claims),
        trace_number=ids,
        statuses=statuses,
        references=some(references),
        totals=totals,
    )
    receivers = st.builds(
        x277ca.ReceiverStatus,
        receiver=parties("41"),
        batch_reference=ids,
        statuses=statuses,
        providers=some(providers),
        totals=totals,
    )
    return st.builds(
        x277ca.ClaimAcknowledgment,
        reference=ids,
        source=parties("PR"),
        receivers=some(receivers),
        created_on=days,
        created_at=times,
        trace_number=keys,
        received_on=maybe(days),
        processed_on=maybe(days),
    )


def eligibility_inquiries() -> st.SearchStrategy[x270.EligibilityInquiry]:
    members = st.builds(
        x270.Member,
        last_name=texts,
        first_name=words,
        member_id=keys,
        birth_date=maybe(days),
        sex=keys,
        references=some(references),
    )
    inquiries = st.builds(
        x270.Inquiry,
        subscriber=members,
        trace_number=ids,
        trace_originator=keys,
        service_date=st.just(date(2025, 1, 1)),
        service_end_date=st.none() | st.just(date(2025, 2, 1)),
        service_types=some(codes, least=1),
        dependent=maybe(members),
    )
    return st.builds(
        x270.EligibilityInquiry,
        reference=ids,
        source=parties("PR"),
        receiver=parties("1P"),
        inquiries=some(inquiries, least=1),
        created_on=days,
        created_at=times,
    )


def eligibility_responses() -> st.SearchStrategy[x271.EligibilityResponse]:
    rejections = some(st.builds(x271.Rejection, codes, keys, st.booleans()), most=2)
    entities = st.builds(
        x271.RelatedEntity,
        party=parties("P3"),
        address=maybe(addresses),
        contacts=some(contacts, most=1),
        taxonomy=keys,
    )
    benefits = st.builds(
        x271.Benefit,
        code=codes,
        coverage_level=keys,
        service_types=some(codes),
        insurance_type=keys,
        plan=words,
        period=keys,
        amount=maybe(money),
        percent=maybe(money),
        quantity_qualifier=keys,
        quantity=maybe(money),
        authorization_required=keys,
        network=keys,
        procedure=keys,
        modifiers=st.just(()),
        dates=some(periods()),
        messages=some(texts),
        references=some(references),
        entities=some(entities),
        rejections=rejections,
    )
    people = st.builds(
        x271.CoveredPerson,
        last_name=texts,
        first_name=words,
        member_id=keys,
        birth_date=maybe(days),
        sex=keys,
        address=maybe(addresses),
        relationship=keys,
        references=some(references),
        dates=some(periods()),
    )
    traces = some(st.builds(x271.Trace, ids, keys, st.sampled_from(["1", "2"])))
    answers = st.builds(
        x271.Answer,
        subscriber=people,
        dependent=maybe(people),
        traces=traces,
        rejections=rejections,
        benefits=some(benefits),
    )
    parts = st.builds(x271.Answers, receiver=parties("1P"), answers=some(answers), rejections=rejections)
    return st.builds(
        x271.EligibilityResponse,
        reference=ids,
        source=parties("PR"),
        receivers=some(parts),
        rejections=rejections,
        created_on=days,
        created_at=times,
    )


def interchange_acknowledgments() -> st.SearchStrategy[InterchangeAcknowledgment]:
    recent = st.dates(date(2000, 1, 1), date(2099, 12, 31))
    return st.builds(InterchangeAcknowledgment, ids, recent, times, st.sampled_from("AER"), codes)
