"""Identity numbers masked: by themselves, and inside the segments of an X12 file that people look at."""

import re
from collections.abc import Iterable

NamedSegment = tuple[str, str, bool]
DOTS = "••••"
SHOWN = 4
# NM108: what kind of number NM109 is. Those of people; NPIs (XX) and payers' ids (PI) are public.
PERSONAL_QUALIFIERS = frozenset({"MI", "SY", "34", "HN", "MR", "II", "C"})
# REF01 before a number of a person, or of the plan that the person has: SSN, group, record, member, policy, Medicaid, card.
PERSONAL_REFERENCES = frozenset({"SY", "1L", "EA", "1W", "IG", "0F", "6P", "18", "NQ", "F6", "HJ", "3H", "Y4"})

_RUN = re.compile(r"[\w/.-]*\d[\w/.-]*")


def masked(identity: str) -> str:
    """The last four signs, and never more than half of it."""
    shown = min(SHOWN, len(identity) // 2)
    return f"{DOTS} {identity[-shown:]}" if shown else DOTS if identity else ""


def masked_text(text: str) -> str:
    """A text without places that say what a number is: every run of signs with four digits or more is masked."""
    return _RUN.sub(lambda run: masked(run[0]) if sum(map(str.isdigit, run[0])) >= SHOWN else run[0], text)


def masked_segments(segments: Iterable[NamedSegment]) -> tuple[list[NamedSegment], bool]:
    """(the segments without a person's numbers, whether anything was hidden)."""
    found = list(segments)
    shown = [(name, masked_segment(text), meant) for name, text, meant in found]
    return shown, shown != found


def masked_segment(text: str) -> str:
    """NM109 of a person, personal references (REF02), the group number (SBR03) and the birth date (DMG02), masked in place."""
    segment_id = text[:3] if text[:3].isalnum() else text[:2]
    delimiter = text[len(segment_id) : len(segment_id) + 1]
    if not delimiter:
        return text
    elements = text.split(delimiter)
    place = _place(segment_id, elements)
    if place and place < len(elements) and elements[place]:
        elements[place] = DOTS if segment_id == "DMG" else masked(elements[place]).replace(" ", "")
    return delimiter.join(elements)


def _place(segment_id: str, elements: list[str]) -> int:
    """Where in the segment a personal number stands; 0: nowhere."""
    kind = elements[1] if len(elements) > 1 else ""
    if segment_id == "NM1" and len(elements) > 8 and elements[8] in PERSONAL_QUALIFIERS:
        return 9
    if segment_id == "REF" and kind in PERSONAL_REFERENCES:
        return 2
    return {"DMG": 2, "SBR": 3}.get(segment_id, 0)
