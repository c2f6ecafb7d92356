"""Reading the pieces that several guides share."""

from collections.abc import Iterable, Sequence

from apps.x12.errors import ErrorKind
from apps.x12.guides.parts import Address, Contact, DatedPeriod, Party, ProcedureCode, Reference
from apps.x12.segments import Segment, UnreadableError, each, first
from apps.x12.swift import swift

_new_address = swift(Address)
_CONTACT_NUMBERS = {"TE": "phone", "EX": "extension", "FX": "fax", "EM": "email", "UR": "url"}


def read_party(nm1: Segment) -> Party:
    return Party(
        last_name=nm1.text(3),
        first_name=nm1.text(4),
        middle_name=nm1.text(5),
        suffix=nm1.text(7),
        is_person=nm1.text(2) == "1",
        id_qualifier=nm1.text(8),
        id=nm1.text(9),
        role=nm1.text(1),
        segment=nm1.number,
    )


def read_address(segments: Iterable[Segment]) -> Address | None:
    """N3 and N4, None where there is neither."""
    return address_of(first(segments, "N3"), first(segments, "N4"))


def address_of(street: Segment | None, place: Segment | None) -> Address | None:
    """Of an N3 and an N4, None where there is neither."""
    if street is None and place is None:
        return None
    return _new_address(
        line1=street.text(1) if street else "",
        line2=street.text(2) if street else "",
        city=place.text(1) if place else "",
        state=place.text(2) if place else "",
        postcode=place.text(3) if place else "",
        country=place.text(4) if place else "",
        segment=street.number if street else place.number if place else 0,
    )


def read_contact(per: Segment) -> Contact:
    """One with a number of another kind (ED, an access number), or of none, is kept as it stands beside the record."""
    if any(per.text(at) not in _CONTACT_NUMBERS for at in (3, 5, 7) if per.text(at) or per.text(at + 1)):
        per.source.notes.keep_silently(per)
    numbers = {_CONTACT_NUMBERS[per.text(at)]: per.text(at + 1) for at in (3, 5, 7) if per.text(at) in _CONTACT_NUMBERS}
    return Contact(name=per.text(2), function=per.text(1), segment=per.number, **numbers)


def read_contacts(segments: Iterable[Segment]) -> tuple[Contact, ...]:
    return tuple(read_contact(per) for per in each(segments, "PER"))


def read_references(segments: Iterable[Segment], *but: str) -> tuple[Reference, ...]:
    """All REF but the first with each qualifier in `but`, which has a field of its own."""
    found, apart = [], set(but)
    for ref in each(segments, "REF"):
        if ref.text(1) in apart and not ref.text(4):
            apart.remove(ref.text(1))
        else:
            found.append(read_reference(ref))
    return tuple(found)


def read_reference(ref: Segment) -> Reference:
    further = tuple(ref.components(4)) if ref.text(4) else ()
    return Reference(ref.text(1), ref.text(2), ref.text(3), ref.number, further)


def read_period(dtp: Segment) -> DatedPeriod | None:
    start, end = dtp.period(2, 3)
    return DatedPeriod(dtp.text(1), start, end, dtp.number) if start and end else None


def read_periods(segments: Iterable[Segment]) -> tuple[DatedPeriod, ...]:
    found = (read_period(dtp) for dtp in each(segments, "DTP"))
    return tuple(period for period in found if period)


def read_procedure(segment: Segment, element: int) -> ProcedureCode:
    """Qualifier, code, up to four modifiers, description."""
    qualifier, code, *modifiers, description = segment.components(element, 7)[:7]
    return ProcedureCode(code, tuple(filter(None, modifiers)), qualifier, description)


def required_segment(segments: Sequence[Segment], segment_id: str, *qualifiers: str) -> Segment:
    """The first such segment; without it an error is noted at the block's first segment and UnreadableError raised."""
    found = first(segments, segment_id, *qualifiers)
    if found is None:
        note_missing(segments[0], segment_id, *qualifiers)
        raise UnreadableError
    return found


def note_missing(near: Segment, segment_id: str, *qualifiers: str) -> None:
    expected = f"{segment_id}*{' or '.join(qualifiers)}" if qualifiers else segment_id
    near.note_segment(ErrorKind.MISSING_SEGMENT, f"{expected} is missing.", expected)
