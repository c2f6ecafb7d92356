"""Any answer (999, 271, TA1) and any 270 that can be written."""

from datetime import date

from hypothesis import strategies as st

from apps.x12.guides import x270, x271, x999
from apps.x12.guides.ta1 import InterchangeAcknowledgment
from tests.x12.strategies import (
    addresses,
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
    texts,
    times,
    words,
)


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


def _benefits(
    rejections: st.SearchStrategy[tuple[x271.Rejection, ...]],
) -> st.SearchStrategy[x271.Benefit]:
    entities = st.builds(
        x271.RelatedEntity,
        party=parties("P3"),
        address=maybe(addresses),
        contacts=some(contacts, most=1),
        taxonomy=keys,
    )
    return st.builds(
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


def eligibility_responses() -> st.SearchStrategy[x271.EligibilityResponse]:
    rejections = some(st.builds(x271.Rejection, codes, keys, st.booleans()), most=2)
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
        benefits=some(_benefits(rejections)),
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
