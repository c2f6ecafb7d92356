"""270: source (20), receiver (21), subscriber (22), dependent (23)."""

from dataclasses import dataclass, field, replace

from apps.x12.errors import ErrorKind
from apps.x12.guides.parts import Party
from apps.x12.guides.parts_read import read_party, read_references, required_segment
from apps.x12.guides.x270.records import EligibilityInquiry, Inquiry, Member
from apps.x12.segments import Segment, each, first, split_at


def read_270(segments: list[Segment]) -> EligibilityInquiry:
    """Raises UnreadableError where BHT is missing."""
    header, levels = split_at(segments, "HL")
    bht = required_segment(header, "BHT")
    tree = _Tree()
    for level in levels:
        tree.level(level)
    return EligibilityInquiry(
        reference=bht.text(3),
        source=tree.source,
        receiver=tree.receiver,
        inquiries=tuple(tree.inquiries),
        created_on=bht.day(4),
        created_at=bht.time_of_day(5),
        segment=segments[0].number,
    )


@dataclass(slots=True)
class _Tree:
    """The levels in file order. A subscriber without benefits asked is only the context of its dependents."""

    source: Party = field(default_factory=Party)
    receiver: Party = field(default_factory=Party)
    subscriber: Member = field(default_factory=Member)
    inquiries: list[Inquiry] = field(default_factory=list)

    def level(self, block: list[Segment]) -> None:
        nm1 = first(block, "NM1")
        match block[0].text(3):
            case "20":
                self.source = read_party(nm1) if nm1 else Party()
            case "21":
                self.receiver = read_party(nm1) if nm1 else Party()
            case "22":
                self.subscriber = _read_member(block)
                if first(block, "EQ"):
                    self.inquiries.append(_read_inquiry(block, self.subscriber))
            case "23":
                inquiry = _read_inquiry(block, self.subscriber)
                self.inquiries.append(replace(inquiry, dependent=_read_member(block)))
            case _:
                block[0].note(ErrorKind.UNEXPECTED_SEGMENT, 3, "20, 21, 22 or 23")


def _read_member(block: list[Segment]) -> Member:
    head, _ = split_at(block, "EQ")
    nm1, dmg = first(head, "NM1"), first(head, "DMG")
    return Member(
        last_name=nm1.text(3) if nm1 else "",
        first_name=nm1.text(4) if nm1 else "",
        middle_name=nm1.text(5) if nm1 else "",
        suffix=nm1.text(7) if nm1 else "",
        member_id=nm1.text(9) if nm1 else "",
        birth_date=dmg.day(2) if dmg else None,
        sex=dmg.text(3) if dmg else "",
        references=read_references(head),
        segment=block[0].number,
    )


def _read_inquiry(block: list[Segment], subscriber: Member) -> Inquiry:
    trn, dtp = first(block, "TRN"), first(block, "DTP", "291")
    start, end = dtp.period(2, 3) if dtp else (None, None)
    return Inquiry(
        subscriber=subscriber,
        trace_number=trn.text(2) if trn else "",
        trace_originator=trn.text(3) if trn else "",
        service_date=start,
        service_end_date=end if end != start else None,
        service_types=tuple(code for eq in each(block, "EQ") for code in eq.repetitions(1)),
        segment=block[0].number,
    )
