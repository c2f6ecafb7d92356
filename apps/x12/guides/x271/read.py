"""271: source (20), receiver (21), subscriber (22), dependent (23), and at each the reasons why it was not answered
(AAA).
"""

from dataclasses import dataclass, field, replace

from apps.x12.errors import ErrorKind
from apps.x12.guides.parts import Party
from apps.x12.guides.parts_read import read_address, read_party, read_periods, read_references, required_segment
from apps.x12.guides.x271.benefits_read import read_benefit, read_rejections
from apps.x12.guides.x271.records import Answer, Answers, CoveredPerson, EligibilityResponse, Rejection, Trace
from apps.x12.segments import Segment, each, first, split_at


def read_271(segments: list[Segment]) -> EligibilityResponse:
    """Raises UnreadableError where BHT is missing."""
    header, levels = split_at(segments, "HL")
    bht = required_segment(header, "BHT")
    tree = _Tree()
    for level in levels:
        tree.level(level)
    return EligibilityResponse(
        reference=bht.text(3),
        source=tree.source,
        receivers=tree.done(),
        rejections=tree.rejections,
        created_on=bht.day(4),
        created_at=bht.time_of_day(5),
        segment=segments[0].number,
    )


@dataclass(slots=True)
class _Tree:
    """The levels in file order. A subscriber with dependents below it and nothing said of itself is only their
    context.
    """

    source: Party = field(default_factory=Party)
    rejections: tuple[Rejection, ...] = ()
    receivers: list[Answers] = field(default_factory=list)
    answers: list[Answer] = field(default_factory=list)
    waiting: Answer | None = None
    subscriber: CoveredPerson = field(default_factory=CoveredPerson)

    def level(self, block: list[Segment]) -> None:
        nm1 = first(block, "NM1")
        match block[0].text(3):
            case "20":
                self.source = read_party(nm1) if nm1 else Party()
                self.rejections += read_rejections(block)
            case "21":
                self.done()
                party = read_party(nm1) if nm1 else Party()
                self.receivers.append(Answers(receiver=party, rejections=read_rejections(block)))
            case "22":
                self._keep_waiting()
                self.waiting = _read_answer(block)
                self.subscriber = self.waiting.subscriber
            case "23":
                self._dependent(block)
            case _:
                block[0].note(ErrorKind.UNEXPECTED_SEGMENT, 3, "20, 21, 22 or 23")

    def _dependent(self, block: list[Segment]) -> None:
        if self.waiting and (self.waiting.benefits or self.waiting.rejections):
            self._keep_waiting()
        self.waiting = None
        answer = _read_answer(block)
        self.answers.append(replace(answer, subscriber=self.subscriber, dependent=answer.subscriber))

    def _keep_waiting(self) -> None:
        if self.waiting:
            self.answers.append(self.waiting)
        self.waiting = None

    def done(self) -> tuple[Answers, ...]:
        self._keep_waiting()
        if self.answers and not self.receivers:
            self.receivers.append(Answers(receiver=Party()))
        if self.answers:
            self.receivers[-1] = replace(self.receivers[-1], answers=tuple(self.answers))
            self.answers = []
        return tuple(self.receivers)


def _read_answer(block: list[Segment]) -> Answer:
    """Its person goes to `subscriber`; a dependent's is moved by the caller."""
    head, benefits = split_at(block, "EB")
    return Answer(
        subscriber=_read_person(head),
        traces=tuple(Trace(trn.text(2), trn.text(3), trn.text(1)) for trn in each(head, "TRN")),
        rejections=read_rejections(head),
        benefits=tuple(read_benefit(benefit) for benefit in benefits),
        segment=block[0].number,
    )


def _read_person(head: list[Segment]) -> CoveredPerson:
    nm1, dmg, ins = first(head, "NM1"), first(head, "DMG"), first(head, "INS")
    return CoveredPerson(
        last_name=nm1.text(3) if nm1 else "",
        first_name=nm1.text(4) if nm1 else "",
        middle_name=nm1.text(5) if nm1 else "",
        suffix=nm1.text(7) if nm1 else "",
        member_id=nm1.text(9) if nm1 else "",
        birth_date=dmg.day(2) if dmg else None,
        sex=dmg.text(3) if dmg else "",
        address=read_address(head),
        relationship=ins.text(2) if ins else "",
        references=read_references(head),
        dates=read_periods(head),
        segment=nm1.number if nm1 else 0,
    )
