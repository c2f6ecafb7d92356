"""TA1 and 999 as rows of segments."""

from collections.abc import Sequence

from apps.sandbox.clearinghouse.judge import ElementError, GroupVerdict, SegmentError, SetVerdict
from apps.sandbox.wire.edi import Segment

VERSION = "005010X231A1"
SEGMENT_CODES = frozenset({"1", "2", "3", "4", "5", "6", "7", "8", "I4", "I6", "I7", "I8", "I9"})
ELEMENT_CODES = frozenset({*map(str, range(1, 11)), "12", "13", "I6", "I9", "I10", "I11", "I12", "I13"})
SET_CODES = frozenset({*map(str, range(1, 28)), "I5", "I6"})
GROUP_CODES = frozenset({*map(str, range(1, 27))})


def ta1(isa: Sequence[str], code: str) -> Segment:
    """`code` 000 accepts the interchange; any other is the note that rejects it."""
    return ["TA1", isa[13], isa[9], isa[10], "A" if code == "000" else "R", code]


def answer_999(group: GroupVerdict) -> list[Segment]:
    rows: list[Segment] = [["999", VERSION], ["AK1", group.kind, group.control, group.version]]
    for one in group.sets:
        rows += _set_rows(one)
    accepted = sum(one.accepted for one in group.sets) if not group.codes else 0
    if group.codes:
        verdict = "R"
    elif accepted == len(group.sets):
        verdict = "A"
    else:
        verdict = "P" if accepted else "R"
    count = str(len(group.sets))
    return [*rows, ["AK9", verdict, count, count, str(accepted), *_known(group.codes, GROUP_CODES, "1")[:5]]]


def _set_rows(one: SetVerdict) -> list[Segment]:
    rows: list[Segment] = [["AK2", one.kind, one.control, one.version]]
    for error in one.segments:
        rows += _segment_rows(error)
    if one.accepted:
        return [*rows, ["IK5", "A"]]
    codes = _known(one.codes, SET_CODES, "5") or ["5"]
    return [*rows, ["IK5", "R", *codes[:5]]]


def _segment_rows(error: SegmentError) -> list[Segment]:
    codes = _known(error.codes, SEGMENT_CODES, "8") or ["8"]
    rows: list[Segment] = [["IK3", error.segment, str(error.position), error.loop[:4], code] for code in codes[:1]]
    return rows + [_element_row(each) for each in error.elements]


def _element_row(each: ElementError) -> Segment:
    place = (str(each.position), str(each.component)) if each.component else str(each.position)
    code = each.code if each.code in ELEMENT_CODES else "7"
    value = "".join(char for char in each.value if char.isalnum() or char in " .-/")[:99].strip()
    return ["IK4", place, each.reference, code, value]


def _known(codes: Sequence[str], allowed: frozenset[str], otherwise: str) -> list[str]:
    return list(dict.fromkeys(code if code in allowed else otherwise for code in codes))
