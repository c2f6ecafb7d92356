"""271: source (20), receiver (21), subscriber (22), dependent (23), and at each the reasons why it was not answered
(AAA).
"""

from collections.abc import Iterator

from apps.x12.guides.eligibility_read import read_person, read_provider, read_sources, read_traces
from apps.x12.guides.levels import Level, keep_unknown, patient_levels
from apps.x12.guides.parts_read import read_address, read_contacts, read_references, required_segment
from apps.x12.guides.x271.benefits_read import read_benefit, read_rejections
from apps.x12.guides.x271.records import Answer, Answers, EligibilityResponse, FurtherAnswers
from apps.x12.segments import Segment, split_at

_PERSON = ("NM1", "REF", "N3", "N4", "AAA", "PRV", "DMG", "INS", "HI", "DTP", "MPI")
_KNOWN = frozenset({"BHT", "HL", "PER", "TRN", *_PERSON, "EB", "HSD", "MSG", "III", "LS", "LE"})


def read_271(segments: list[Segment]) -> EligibilityResponse:
    """Raises UnreadableError where BHT is missing."""
    keep_unknown(segments, _KNOWN)
    header, blocks = split_at(segments, "HL")
    bht = required_segment(header, "BHT")
    source, *others = read_sources(blocks)
    return EligibilityResponse(
        reference=bht.text(3),
        source=source.party(),
        contacts=read_contacts(source.segments),
        receivers=tuple(_read_receiver(level) for level in source.below),
        rejections=read_rejections(source.segments),
        others=tuple(_read_further(other) for other in others),
        created_on=bht.day(4),
        created_at=bht.time_of_day(5),
        segment=segments[0].number,
    )


def _read_further(source: Level) -> FurtherAnswers:
    return FurtherAnswers(
        source=source.party(),
        contacts=read_contacts(source.segments),
        receivers=tuple(_read_receiver(level) for level in source.below),
        rejections=read_rejections(source.segments),
        segment=source.number,
    )


def _read_receiver(level: Level) -> Answers:
    return Answers(
        receiver=level.party(),
        answers=tuple(answer for subscriber in level.below for answer in _read_answers(subscriber)),
        rejections=read_rejections(level.segments),
        references=read_references(level.segments),
        address=read_address(level.segments),
        information=read_provider(level.segments),
        segment=level.number,
    )


def _read_answers(subscriber: Level) -> Iterator[Answer]:
    """A subscriber with dependents under it and nothing said of itself is only their context."""
    insured = read_person(split_at(subscriber.segments, "EB")[0])
    for level in patient_levels(subscriber, "EB", "AAA"):
        head, benefits = split_at(level.segments, "EB")
        yield Answer(
            subscriber=insured,
            dependent=None if level is subscriber else read_person(head),
            traces=read_traces(head),
            rejections=read_rejections(head),
            benefits=tuple(read_benefit(benefit) for benefit in benefits),
            segment=level.number,
        )
