"""Any 276, 277 and 277CA that can be written."""

from decimal import Decimal

from hypothesis import strategies as st

from apps.x12.guides import x276, x277, x277ca
from apps.x12.guides.statuses import LineStatus, Status, StatusCode
from tests.x12.strategies import (
    codes,
    contacts,
    days,
    ids,
    keys,
    maybe,
    money,
    numbers,
    parties,
    periods,
    references,
    some,
    times,
    words,
)

_codes = st.builds(StatusCode, codes, codes, keys, st.sampled_from(["", "RX"]))


def _lines(
    statuses: st.SearchStrategy[tuple[Status, ...]], paid: st.SearchStrategy[Decimal | None]
) -> st.SearchStrategy[LineStatus]:
    return st.builds(
        LineStatus,
        statuses=statuses,
        control_number=keys,
        procedure=ids,
        modifiers=some(ids),
        charge=maybe(money),
        paid=paid,
        revenue_code=keys,
        units=maybe(money),
        service=maybe(periods("472")),
        references=some(references),
    )


def _acknowledged_claims(
    statuses: st.SearchStrategy[tuple[Status, ...]],
) -> st.SearchStrategy[x277ca.ClaimStatus]:
    return st.builds(
        x277ca.ClaimStatus,
        control_number=ids,
        statuses=statuses,
        patient=parties("QC"),
        payer_claim_number=keys,
        clearinghouse_number=keys,
        references=some(references),
        service=maybe(periods("472")),
        lines=some(_lines(statuses, st.none())),
    )


def claim_acknowledgments() -> st.SearchStrategy[x277ca.ClaimAcknowledgment]:
    statuses = some(
        st.builds(Status, some(_codes, least=1), st.sampled_from(["WQ", "U"]), maybe(days), maybe(money), words)
    )
    totals = st.builds(
        x277ca.Totals,
        accepted=maybe(numbers),
        rejected=maybe(numbers),
        accepted_charge=maybe(money),
        rejected_charge=maybe(money),
    )
    providers = st.builds(
        x277ca.ProviderStatus,
        provider=parties("85"),
        claims=some(_acknowledged_claims(statuses)),
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


def claim_status_inquiries() -> st.SearchStrategy[x276.ClaimStatusInquiry]:
    lines = st.builds(
        x276.LineInquiry,
        charge=maybe(money),
        procedure=ids,
        modifiers=some(ids),
        revenue_code=keys,
        units=maybe(money),
        control_number=keys,
        service=maybe(periods("472")),
        references=some(references),
    )
    claims = st.builds(
        x276.ClaimInquiry,
        trace_number=ids,
        payer_claim_number=keys,
        bill_type=keys,
        control_number=keys,
        prescription_number=keys,
        clearinghouse_number=keys,
        references=some(references),
        charge=maybe(money),
        service=maybe(periods("472")),
        lines=some(lines),
    )
    insured = st.builds(x276.Insured, party=parties("IL"), birth_date=maybe(days), sex=keys)
    dependents = st.builds(x276.Insured, party=parties("QC"), birth_date=maybe(days), sex=keys)
    patients = st.builds(
        x276.PatientInquiry, subscriber=insured, dependent=maybe(dependents), claims=some(claims, least=1)
    )
    providers = st.builds(x276.ProviderInquiry, provider=parties("1P"), patients=some(patients, least=1))
    receivers = st.builds(x276.ReceiverInquiry, receiver=parties("41"), providers=some(providers, least=1))
    sources = st.builds(x276.SourceInquiry, source=parties("PR"), receivers=some(receivers, least=1))
    return st.builds(
        x276.ClaimStatusInquiry,
        reference=ids,
        sources=some(sources, least=1),
        created_on=days,
        created_at=times,
    )


def claim_status_responses() -> st.SearchStrategy[x277.ClaimStatusResponse]:
    statuses = some(
        st.builds(
            Status,
            codes=some(_codes, least=1, most=3),
            effective_on=maybe(days),
            charge=maybe(money),
            paid=maybe(money),
            finalized_on=maybe(days),
            method=keys,
            paid_on=maybe(days),
            check_number=keys,
            message=words,
        )
    )
    claims = st.builds(
        x277.ClaimStatus,
        trace_number=ids,
        statuses=statuses,
        payer_claim_number=keys,
        bill_type=keys,
        control_number=keys,
        prescription_number=keys,
        voucher_number=keys,
        clearinghouse_number=keys,
        references=some(references),
        service=maybe(periods("472")),
        lines=some(_lines(statuses, maybe(money))),
    )
    patients = st.builds(
        x277.PatientStatus,
        subscriber=parties("IL"),
        dependent=maybe(parties("QC")),
        claims=some(claims, least=1),
    )
    providers = st.builds(
        x277.ProviderStatus,
        provider=parties("1P"),
        patients=some(patients),
        trace_number=keys,
        statuses=statuses,
    )
    receivers = st.builds(
        x277.ReceiverStatus,
        receiver=parties("41"),
        providers=some(providers),
        trace_number=keys,
        statuses=statuses,
    )
    sources = st.builds(
        x277.SourceStatus, source=parties("PR"), contacts=some(contacts, most=1), receivers=some(receivers)
    )
    return st.builds(x277.ClaimStatusResponse, reference=ids, sources=some(sources), created_on=days, created_at=times)
