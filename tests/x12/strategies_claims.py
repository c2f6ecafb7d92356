"""Any 837P and any 835 that can be written."""

from datetime import date

from hypothesis import strategies as st

from apps.x12.guides import x835, x837p
from apps.x12.guides.parts import DatedPeriod, ProcedureCode, Reference
from apps.x12.raw import RawSegment
from tests.x12.strategies import (
    addresses,
    amounts,
    codes,
    contacts,
    days,
    ids,
    keys,
    maybe,
    money,
    parties,
    periods,
    quantities,
    references,
    some,
    texts,
    times,
    words,
)

_referred = st.builds(Reference, st.sampled_from(["0B", "LU", "2U"]), ids)
_dates = st.one_of([periods(qualifier) for qualifier in ("304", "455", "471")])
_papers = st.builds(x837p.Paperwork, st.sampled_from(["OZ", "OB"]), st.sampled_from(["EL", "AA"]), keys)
_adjusted = st.builds(x837p.Adjustment, st.sampled_from(["CO", "PR"]), codes, money, maybe(money))
_procedures = st.builds(ProcedureCode, ids, some(ids, most=4), st.just("HC"), words)
_INSURED = x837p.OtherInsured(last_name="Insured", member_id="M1")
_OTHER_PAYER = x837p.ClaimPayer(name="Other plan", id="OTHER1")


def _providers() -> st.SearchStrategy[x837p.ClaimProvider]:
    return st.builds(
        x837p.ClaimProvider,
        last_name=texts,
        npi=keys,
        first_name=words,
        middle_name=words,
        suffix=words,
        taxonomy=keys,
        address=maybe(addresses),
        is_person=st.booleans(),
        references=some(_referred),
        contact=maybe(contacts),
    )


def _coverages() -> st.SearchStrategy[x837p.OtherCoverage]:
    insured = st.builds(
        x837p.OtherInsured,
        last_name=texts,
        member_id=ids,
        first_name=words,
        is_person=st.booleans(),
        address=maybe(addresses),
        references=some(_referred),
    )
    outpatient = st.builds(x837p.OutpatientAdjudication, money, maybe(money), maybe(money), maybe(money))
    return st.builds(
        x837p.OtherCoverage,
        payer_rank=st.sampled_from("PST"),
        relationship=ids,
        payer=st.just(_OTHER_PAYER)
        | st.builds(x837p.ClaimPayer, name=texts, id=ids, address=maybe(addresses), references=some(_referred)),
        insured=insured,
        group_number=keys,
        insurance_type=keys,
        adjustments=some(_adjusted, most=5),
        paid=maybe(money),
        non_covered=maybe(money),
        remaining=maybe(money),
        signature_source=keys,
        outpatient=maybe(outpatient),
        remark_codes=some(ids, most=5),
        payer_claim_number=keys,
        decided_on=maybe(days),
        rest=some(st.builds(RawSegment, st.tuples(st.just("NM1"), st.sampled_from(["82", "DN"]), ids)), most=2),
    )


def _decisions() -> st.SearchStrategy[x837p.LineDecision]:
    return st.builds(
        x837p.LineDecision,
        payer_id=st.just(_OTHER_PAYER.id),
        paid=money,
        procedure=_procedures,
        units=maybe(money),
        decided_on=days,
        bundled_line=st.none() | st.integers(1, 50),
        adjustments=some(_adjusted, most=5),
        remaining=maybe(money),
    )


def _rests() -> st.SearchStrategy[tuple[RawSegment, ...]]:
    """Own segments, then an inner loop."""
    own = st.builds(RawSegment, st.tuples(st.sampled_from(["K3", "HCP", "CR1"]), ids, ids))
    inner = st.builds(RawSegment, st.tuples(st.just("NM1"), st.sampled_from(["PW", "45"]), ids))
    return st.tuples(some(own, most=1), some(inner, most=2)).map(lambda both: both[0] + both[1])


def _billing() -> st.SearchStrategy[x837p.BillingProvider]:
    return st.builds(
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
        references=some(_referred),
    )


def _holders() -> st.SearchStrategy[x837p.Subscriber]:
    return st.builds(
        x837p.Subscriber,
        last_name=texts,
        member_id=ids,
        first_name=words,
        group_number=keys,
        contact=maybe(contacts),
        references=some(_referred),
    )


def _patients() -> st.SearchStrategy[x837p.Patient]:
    return st.builds(
        x837p.Patient, last_name=texts, relationship=ids, birth_date=maybe(days), sex=keys, address=maybe(addresses)
    )


def _lines() -> st.SearchStrategy[x837p.ServiceLine]:
    providers = _providers()
    return st.builds(
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
        is_epsdt=st.booleans(),
        is_copay_exempt=st.booleans(),
        drug=maybe(st.builds(x837p.Drug, ids, money, ids, prescription=maybe(st.just(Reference("XZ", "RX1"))))),
        paperwork=some(_papers),
        dates=some(_dates),
        references=some(_referred),
        purchased=maybe(st.builds(x837p.PurchasedService, ids, money, maybe(providers))),
        service_facility=maybe(providers),
        supervising=maybe(providers),
        ordering=maybe(providers),
        referring=maybe(providers),
        primary_care=maybe(providers),
        decisions=some(_decisions()),
        rest=_rests(),
    )


def _claims() -> st.SearchStrategy[x837p.Claim]:
    providers = _providers()
    return st.builds(
        x837p.Claim,
        control_number=ids,
        charge=money,
        place_of_service=ids,
        billing_provider=_billing(),
        subscriber=_holders(),
        payer=st.builds(x837p.ClaimPayer, name=texts, id=ids, address=maybe(addresses)),
        patient=maybe(_patients()),
        diagnoses=some(ids, least=1, most=12),
        lines=some(_lines(), least=1, most=2),
        onset_date=maybe(days),
        patient_paid=maybe(money),
        payer_claim_number=keys,
        note=words,
        referring=maybe(providers),
        service_facility=maybe(providers),
        signature_source=keys,
        accident_causes=some(st.sampled_from(["AA", "EM"]), most=2),
        delay_reason=keys,
        dates=some(_dates),
        paperwork=some(_papers),
        references=some(_referred),
        primary_care=maybe(providers),
        supervising=maybe(providers),
        other_coverages=some(_coverages(), most=1).map(
            lambda coverages: (
                *coverages,
                x837p.OtherCoverage(payer_rank="P", relationship="18", payer=_OTHER_PAYER, insured=_INSURED),
            )
        ),
        rest=_rests(),
    )


def claim_batches() -> st.SearchStrategy[x837p.ClaimBatch]:
    return st.builds(
        x837p.ClaimBatch,
        reference=ids,
        submitter=st.builds(x837p.Submitter, texts, ids, contacts),
        receiver=st.builds(x837p.Receiver, texts, ids),
        claims=some(_claims(), least=1),
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
