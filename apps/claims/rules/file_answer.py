"""A 999 or TA1 read for one of our files: did it go in, and if not, what is wrong where (DOMAIN 1)."""

from collections.abc import Iterator
from dataclasses import dataclass

from apps.claims.rules.x12_codes import (
    GROUP_CODES,
    INTERCHANGE_NOTES,
    TRANSACTION_CODES,
    file_sentence,
    segment_sentence,
)
from apps.x12 import InterchangeAcknowledgment
from apps.x12.guides.x999 import GroupAcknowledgment, SegmentNote, TransactionAcknowledgment

_ACCEPTED = frozenset({"A", "E"})


# "They have had a file of this number": our numbers never repeat, so it is this very file, and it is in.
_HAD_IT_BEFORE = "025"
_ONLY_SEGMENTS = frozenset({"5", "I5"})
_OF_THE_ENVELOPE = frozenset(TRANSACTION_CODES) - _ONLY_SEGMENTS


@dataclass(frozen=True, slots=True)
class FileVerdict:
    """`warned`: accepted with errors. `segment` is where the answer's own file says so. `reasons`: what is said of the file as a whole.
    `envelope`: refused for what carries the transaction (interchange, group, its kind or numbers), whatever stands in it.
    """

    accepted: bool
    warned: bool = False
    notes: tuple[SegmentNote, ...] = ()
    segment: int = 0
    reasons: tuple[str, ...] = ()
    envelope: bool = False


def file_verdict(group: GroupAcknowledgment, transaction_number: str) -> FileVerdict | None:
    """A and E proceed, P is judged by our transaction's own IK5, anything else rejects. None: it says nothing of our transaction."""
    ours = _ours(group, transaction_number)
    if group.status in _ACCEPTED:
        return FileVerdict(True, group.status == "E", ours.notes if ours else (), group.segment)
    if group.status == "P":
        if ours is None:
            return None
        reasons, blamed = tuple(_reasons(group, ours)), not ours.accepted and _blames_envelope(group, ours)
        return FileVerdict(ours.accepted, ours.status == "E", ours.notes, ours.segment, reasons, blamed)
    reasons = tuple(_reasons(group, ours))
    notes, segment = (ours.notes, ours.segment) if ours else ((), group.segment)
    return FileVerdict(False, False, notes, segment, reasons, _blames_envelope(group, ours))


def _blames_envelope(group: GroupAcknowledgment, ours: TransactionAcknowledgment | None) -> bool:
    """AK9 refuses the group with a reason of its own, or without a word about our transaction; or IK502 refuses its kind, its version
    or its numbers. An unknown code may speak of what stands in it.
    """
    if ours is None or group.error_codes:
        return True
    return bool(ours.error_codes) and not ours.notes and set(ours.error_codes) <= _OF_THE_ENVELOPE


def _reasons(group: GroupAcknowledgment, ours: TransactionAcknowledgment | None) -> Iterator[str]:
    """IK502 and AK905. That segments have errors is said by the segments themselves."""
    for code in ours.error_codes if ours else ():
        if code not in _ONLY_SEGMENTS or not (ours and ours.notes):
            yield file_sentence(TRANSACTION_CODES, code)
    for code in group.error_codes:
        yield file_sentence(GROUP_CODES, code)


def _ours(group: GroupAcknowledgment, number: str) -> TransactionAcknowledgment | None:
    """Some receivers return ST02 without its leading zeros."""
    return next((each for each in group.transactions if each.control_number.lstrip("0") == number.lstrip("0")), None)


def note_sentences(note: SegmentNote) -> Iterator[str]:
    """Our reading of one IK3 with its IK4s; values of the claim stay out."""
    if not note.elements:
        yield segment_sentence(note.segment_id, note.code)
    for element in note.elements:
        yield segment_sentence(note.segment_id, element.code, element.position)


def is_returned(answer: InterchangeAcknowledgment) -> bool:
    """Whether a TA1 sends the file back. A refusal as a duplicate proves that the file arrived (DOMAIN 1, never twice)."""
    return answer.rejected and answer.note != _HAD_IT_BEFORE


def returned_sentence(answer: InterchangeAcknowledgment) -> str:
    return f"The whole file was returned: {INTERCHANGE_NOTES.get(answer.note, f'their code is {answer.note}')}."
