"""837P: the hierarchy walked (billing provider 20, subscriber 22, patient 23); each claim gets the context it stands
in.
"""

from collections.abc import Generator, Iterator
from dataclasses import dataclass

from apps.x12.errors import ErrorKind
from apps.x12.feed import ENDS, Feed
from apps.x12.guides.parts import Contact
from apps.x12.guides.parts_read import note_missing
from apps.x12.guides.x837p.claims_read import read_claim
from apps.x12.guides.x837p.loop import Loop
from apps.x12.guides.x837p.parties import BillingProvider, ClaimPayer, Patient, Receiver, Submitter, Subscriber
from apps.x12.guides.x837p.parties_read import read_billing_provider, read_patient, read_subscriber
from apps.x12.guides.x837p.records import Claim, ClaimBatch
from apps.x12.segments import Segment, UnreadableError, first

_OPENERS = frozenset({"HL", "CLM"})
# 50 lines with all that a line may carry are some thousands.
MOST_SEGMENTS = 20_000
# As long as those segments are in real files, twice.
MOST_CHARACTERS = 2_000_000


def stream_837p(st: Segment, feed: Feed) -> Generator[ClaimBatch | Claim, None, ClaimBatch]:
    """The heading, and each claim with the context that it stands in. Raises UnreadableError where BHT is missing. A claim whose
    control number or charge cannot be read, or which stands in no hierarchy, is left out with its error.
    """
    walk = _Hierarchy()
    blocks = _blocks(st, feed)
    block = next(blocks, None)
    if block is None:
        raise UnreadableError
    try:
        heading = _read_heading(block)
    except UnreadableError:
        feed.back_to(block[-1].number + 1)
        raise
    yield heading
    for block in blocks:
        if claim := walk.take(block):
            yield claim
    return heading


def _blocks(st: Segment, feed: Feed) -> Iterator[list[Segment]]:
    """The heading, then each level's and each claim's segments; one that is longer than any is left out and named."""
    source = feed.source
    mark = source.delimiters.element
    turns = feed.stops | {f"HL{mark}", "CLM"}
    block = [st]
    length = 0  # of the lists that the block goes through
    for texts, number in feed.lists():
        for at, text in enumerate(texts, start=number):
            segment = Segment(text.split(mark), at, source)
            if text[:3] in turns and (segment.id in ENDS or segment.id in _OPENERS):
                if _is_whole(block, length):
                    yield block
                if segment.id in ENDS:
                    feed.back_to(at)
                    return
                block, length = [segment], 0
            else:
                block.append(segment)
        # Noise shall not fill the memory.
        length += sum(map(len, texts))
        del block[1 if length > MOST_CHARACTERS else MOST_SEGMENTS + 1 :]
    if _is_whole(block, length):
        yield block


def _is_whole(block: list[Segment], length: int) -> bool:
    is_too_long = len(block) > MOST_SEGMENTS or length > MOST_CHARACTERS
    if is_too_long:
        block[0].note_segment(ErrorKind.TOO_LONG, "A claim is longer than its guide allows.", "fewer segments")
    return not is_too_long


def _read_heading(header: list[Segment]) -> ClaimBatch:
    loop = Loop(header, "NM1")
    bht = loop.take("BHT")
    if bht is None:
        note_missing(header[0], "BHT")
        raise UnreadableError
    batch = ClaimBatch(
        reference=bht.text(3),
        submitter=_read_submitter(loop.loop("NM1", "41"), bht),
        receiver=_read_receiver(loop.loop("NM1", "40"), bht),
        claims=(),
        created_on=bht.day(4),
        created_at=bht.time_of_day(5),
        purpose=bht.text(2),
        kind=bht.text(6),
        segment=header[0].number,
    )
    loop.close()
    return batch


def _read_submitter(loop: Loop | None, bht: Segment) -> Submitter:
    if loop is None:
        note_missing(bht, "NM1", "41")
        return Submitter("", "", Contact())
    contact, other_contact = loop.contacts(2)
    loop.close()
    name = " ".join(filter(None, (loop.opener.text(4), loop.opener.text(3))))
    return Submitter(name, loop.opener.text(9), contact or Contact(), other_contact, loop.opener.number)


def _read_receiver(loop: Loop | None, bht: Segment) -> Receiver:
    if loop is None:
        note_missing(bht, "NM1", "40")
        return Receiver("", "")
    loop.close()
    return Receiver(loop.opener.text(3), loop.opener.text(9), loop.opener.number)


@dataclass(slots=True)
class _Hierarchy:
    """The context that a claim stands in. Levels are taken in file order, which the guide fixes, not by HL02."""

    provider: BillingProvider | None = None
    subscriber: Subscriber | None = None
    payer: ClaimPayer | None = None
    patient: Patient | None = None

    def take(self, block: list[Segment]) -> Claim | None:
        """A level's own segments, or a claim's."""
        if block[0].id == "CLM":
            return self._claim(block)
        lines = first(block, "LX")
        if lines:
            lines.note_segment(ErrorKind.MISSING_SEGMENT, "Service lines stand without their claim.", "CLM")
        match block[0].text(3):
            case "20":
                self.provider = read_billing_provider(block)
                self.subscriber = self.payer = self.patient = None
            case "22":
                self.subscriber, self.payer = read_subscriber(block)
                self.patient = None
            case "23":
                self.patient = read_patient(block)
            case _:
                block[0].note(ErrorKind.UNEXPECTED_SEGMENT, 3, "20, 22 or 23")
        return None

    def _claim(self, block: list[Segment]) -> Claim | None:
        if self.provider is None or self.subscriber is None or self.payer is None:
            block[0].note_segment(
                ErrorKind.MISSING_SEGMENT,
                "A claim stands without its billing provider, subscriber or payer.",
                "loops 2010AA, 2010BA and 2010BB",
            )
            return None
        try:
            return read_claim(block, self.provider, self.subscriber, self.payer, self.patient)
        except UnreadableError:
            return None
