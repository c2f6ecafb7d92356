"""999: AK1, then a block for each transaction (AK2), segment (IK3) and element (IK4), then AK9."""

from apps.x12.errors import ErrorKind
from apps.x12.guides.levels import keep_unknown
from apps.x12.guides.parts_read import required_segment
from apps.x12.guides.x999.records import ElementNote, GroupAcknowledgment, SegmentNote, TransactionAcknowledgment
from apps.x12.segments import Segment, each, first, split_at
from apps.x12.values import read_count

_CLAIM_CONTEXT = "CLM01"
_KNOWN = frozenset({"AK1", "AK2", "IK3", "CTX", "IK4", "IK5", "AK9"})


def read_999(segments: list[Segment]) -> GroupAcknowledgment:
    """Raises UnreadableError where AK1 or AK9 is missing: then nothing is acknowledged."""
    keep_unknown(segments, _KNOWN)
    ak1 = required_segment(segments, "AK1")
    ak9 = required_segment(segments, "AK9")
    _, blocks = split_at([segment for segment in segments if segment.id != "AK9"], "AK2")
    return GroupAcknowledgment(
        functional_code=ak1.text(1),
        group_number=ak1.required(2),
        version=ak1.text(3),
        status=ak9.required(1),
        transactions=tuple(_read_transaction(block) for block in blocks),
        included=ak9.count(2) or 0,
        received=ak9.count(3) or 0,
        accepted_count=ak9.count(4) or 0,
        error_codes=ak9.texts(5),
        segment=segments[0].number,
    )


def _read_transaction(block: list[Segment]) -> TransactionAcknowledgment:
    ak2 = block[0]
    ik5 = first(block, "IK5")
    _, notes = split_at(block, "IK3")
    if ik5 is None:
        ak2.note_segment(ErrorKind.MISSING_SEGMENT, "A transaction's verdict (IK5) is missing.", "IK5")
    return TransactionAcknowledgment(
        code=ak2.text(1),
        control_number=ak2.text(2),
        version=ak2.text(3),
        status=ik5.text(1) if ik5 else "",
        error_codes=ik5.texts(2) if ik5 else (),
        notes=tuple(_read_note(note) for note in notes),
        segment=ak2.number,
    )


def _read_note(block: list[Segment]) -> SegmentNote:
    head, elements = split_at(block, "IK4")
    ik3 = block[0]
    contexts = [_context(ctx) for ctx in each(head, "CTX")]
    claim = next((value for name, value in contexts if name == _CLAIM_CONTEXT), "")
    return SegmentNote(
        segment_id=ik3.text(1),
        position=ik3.count(2) or 0,
        loop=ik3.text(3),
        code=ik3.text(4),
        claim_control_number=claim,
        context=tuple(":".join(filter(None, item)) for item in contexts if item[0] != _CLAIM_CONTEXT),
        elements=tuple(_read_element(element) for element in elements),
        segment=ik3.number,
    )


def _context(ctx: Segment) -> tuple[str, str]:
    """The unit's name and its value; a situational trigger's own position (CTX02 on) is not kept."""
    name, value = ctx.components(1, 2)[:2]
    return name, value


def _read_element(block: list[Segment]) -> ElementNote:
    ik4 = block[0]
    position, component, repetition = ik4.components(1, 3)[:3]
    contexts = [_context(ctx) for ctx in each(block, "CTX")]
    return ElementNote(
        position=_whole(ik4, position) or 0,
        component=_whole(ik4, component),
        repetition=_whole(ik4, repetition),
        reference=ik4.text(2),
        code=ik4.text(3),
        bad_value=ik4.text(4),
        context=tuple(":".join(filter(None, item)) for item in contexts),
        segment=ik4.number,
    )


def _whole(ik4: Segment, text: str) -> int | None:
    if not text:
        return None
    try:
        return read_count(text)
    except ValueError:
        ik4.note(ErrorKind.NOT_A_NUMBER, 1, "a position", text)
        return None
