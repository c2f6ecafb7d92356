"""Any 270 and 271 that can be written."""

from datetime import date

from hypothesis import strategies as st

from apps.x12.guides import x270, x271
from apps.x12.guides.eligibility import (
    AdditionalInformation,
    CoveredPerson,
    Diagnosis,
    MilitaryService,
    ProviderInformation,
    Trace,
)
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
    numbers,
    parties,
    periods,
    references,
    some,
    texts,
    times,
    words,
)

_providers = st.builds(ProviderInformation, st.sampled_from(["PE", "RF", "PC"]), ids, st.sampled_from(["PXC", "9K"]))
_additional = st.builds(AdditionalInformation, st.sampled_from(["ZZ", "BF", "GR"]), keys, keys, words)
_pointers = st.sampled_from([(), ("1",), ("1", "3")])


@st.composite
def _services(draw: st.DrawFn) -> MilitaryService:
    start, end = sorted((draw(days), draw(days)))
    given = draw(st.sampled_from([(None, None), (start, start), (start, end)]))
    return MilitaryService(
        information=draw(codes),
        employment=draw(keys),
        affiliation=draw(keys),
        description=draw(words),
        rank=draw(keys),
        start=given[0],
        end=given[1],
    )


def _people(dates: str, military: st.SearchStrategy[MilitaryService | None]) -> st.SearchStrategy[CoveredPerson]:
    return st.builds(
        CoveredPerson,
        last_name=texts,
        first_name=words,
        middle_name=words,
        suffix=words,
        member_id=keys,
        birth_date=maybe(days),
        sex=keys,
        address=maybe(addresses),
        relationship=st.sampled_from(["", "18", "19"]),
        maintenance_type=keys,
        maintenance_reason=keys,
        birth_sequence=maybe(numbers),
        references=some(references),
        provider=maybe(_providers),
        diagnoses=some(st.builds(Diagnosis, ids, st.sampled_from(["ABK", "ABF"]))),
        dates=some(periods(dates)),
        military=military,
    )


def _asked() -> st.SearchStrategy[x270.BenefitAsked]:
    return st.builds(
        x270.BenefitAsked,
        service_types=some(codes),
        procedure_qualifier=st.just("HC"),
        procedure=ids,
        modifiers=some(ids),
        coverage_level=keys,
        insurance_type=keys,
        diagnosis_pointers=_pointers,
        amounts=some(amounts),
        additional=some(_additional),
        references=some(references),
        dates=some(periods("291")),
    )


def eligibility_inquiries() -> st.SearchStrategy[x270.EligibilityInquiry]:
    people = _people("102", st.none())
    inquiries = st.builds(
        x270.Inquiry,
        subscriber=people,
        trace_number=ids,
        trace_originator=keys,
        trace_division=keys,
        more_traces=some(st.builds(Trace, ids, keys, st.just("1"), keys), most=1),
        service_date=st.just(date(2025, 1, 1)),
        service_end_date=st.none() | st.just(date(2025, 2, 1)),
        service_types=some(codes, least=1),
        benefits=some(_asked(), most=1),
        dependent=maybe(people),
    )
    further = st.builds(
        x270.FurtherInquiries,
        source=parties("PR"),
        receiver=parties("1P"),
        receiver_references=some(references),
        inquiries=some(inquiries),
    )
    return st.builds(
        x270.EligibilityInquiry,
        reference=ids,
        others=some(further, most=2),
        source=parties("PR"),
        receiver=parties("1P"),
        receiver_references=some(references),
        receiver_address=maybe(addresses),
        receiver_information=maybe(_providers),
        inquiries=some(inquiries, least=1),
        created_on=days,
        created_at=times,
    )


def _deliveries() -> st.SearchStrategy[x271.Delivery]:
    return st.builds(
        x271.Delivery,
        quantity_qualifier=codes,
        quantity=maybe(money),
        unit=keys,
        per=maybe(money),
        period=keys,
        periods=maybe(money),
        frequency=keys,
        pattern=keys,
    )


def _benefits(
    rejections: st.SearchStrategy[tuple[x271.Rejection, ...]],
) -> st.SearchStrategy[x271.Benefit]:
    entities = st.builds(
        x271.RelatedEntity,
        party=parties("P3"),
        address=maybe(addresses),
        contacts=some(contacts, most=1),
        information=maybe(_providers),
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
        procedure_qualifier=keys,
        procedure_end=keys,
        modifiers=some(ids, most=4),
        diagnosis_pointers=_pointers,
        deliveries=some(_deliveries()),
        additional=some(_additional),
        dates=some(periods()),
        messages=some(texts),
        references=some(references),
        entities=some(entities),
        rejections=rejections,
    )


def eligibility_responses() -> st.SearchStrategy[x271.EligibilityResponse]:
    rejections = some(st.builds(x271.Rejection, codes, keys, st.booleans()), most=2)
    people = _people("346", maybe(_services()))
    traces = some(st.builds(Trace, ids, keys, st.sampled_from(["1", "2"]), keys))
    answers = st.builds(
        x271.Answer,
        subscriber=people,
        dependent=maybe(people),
        traces=traces,
        rejections=rejections,
        benefits=some(_benefits(rejections)),
    )
    parts = st.builds(
        x271.Answers,
        receiver=parties("1P"),
        answers=some(answers),
        rejections=rejections,
        references=some(references),
        address=maybe(addresses),
        information=maybe(_providers),
    )
    further = st.builds(
        x271.FurtherAnswers,
        source=parties("PR"),
        receivers=some(parts),
        rejections=rejections,
        contacts=some(contacts, most=1),
    )
    return st.builds(
        x271.EligibilityResponse,
        reference=ids,
        others=some(further, most=2),
        source=parties("PR"),
        receivers=some(parts),
        rejections=rejections,
        contacts=some(contacts, most=1),
        created_on=days,
        created_at=times,
    )
