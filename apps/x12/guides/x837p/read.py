"""837P: the hierarchy walked (billing provider 20, subscriber 22, patient 23); each claim gets the context it stands
in.
"""

from collections.abc import Generator
from dataclasses import dataclass

from apps.x12.errors import ErrorKind
from apps.x12.feed import Feed
from apps.x12.guides.parts import Contact
from apps.x12.guides.parts_read import read_address, read_contact, required_segment
from apps.x12.guides.x837p.claims_read import read_claim
from apps.x12.guides.x837p.records import (
    BillingProvider,
    Claim,
    ClaimBatch,
    ClaimPayer,
    Patient,
    Receiver,
    Submitter,
    Subscriber,
)
from apps.x12.segments import Segment, UnreadableError, first, split_at, value_of

_TAX_ID_QUALIFIERS = ("EI", "SY")
_OPENERS = frozenset({"HL", "CLM"})
# 50 lines with all that a line may carry are some thousands.
MOST_SEGMENTS = 20_000


def stream_837p(st: Segment, feed: Feed) -> Generator[ClaimBatch | Claim, None, ClaimBatch]:
    """The heading, and each claim with the context that it stands in. Raises UnreadableError where BHT is missing. A claim whose
    control number or charge cannot be read, or which stands in no hierarchy, is left out with its error.
    """
    walk = _Hierarchy()
    heading: ClaimBatch | None = None
    block = [st]
    for segment in feed.body():
        if segment.id in _OPENERS:
            if heading is None:
                heading = _read_heading(block)
                yield heading
            elif claim := walk.take(block):
                yield claim
            block = [segment]
        else:
            block.append(segment)
            if len(block) > MOST_SEGMENTS:
                block[0].note_segment(ErrorKind.TOO_LONG, "A claim is longer than its guide allows.", "fewer segments")
                raise UnreadableError
    if heading is None:
        return _read_heading(block)
    if claim := walk.take(block):
        yield claim
    return heading


def _read_heading(header: list[Segment]) -> ClaimBatch:
    bht = required_segment(header, "BHT")
    _, parties = split_at(header, "NM1")
    return ClaimBatch(
        reference=bht.text(3),
        submitter=_read_submitter(parties),
        receiver=_read_receiver(parties),
        claims=(),
        created_on=bht.day(4),
        created_at=bht.time_of_day(5),
        purpose=bht.text(2),
        kind=bht.text(6),
        segment=header[0].number,
    )


def _party(blocks: list[list[Segment]], role: str) -> list[Segment]:
    return next((block for block in blocks if block[0].text(1) == role), [])


def _read_submitter(parties: list[list[Segment]]) -> Submitter:
    block = _party(parties, "41")
    if not block:
        return Submitter("", "", Contact())
    per = first(block, "PER")
    nm1 = block[0]
    name = " ".join(filter(None, (nm1.text(4), nm1.text(3))))
    return Submitter(name, nm1.text(9), read_contact(per) if per else Contact())


def _read_receiver(parties: list[list[Segment]]) -> Receiver:
    block = _party(parties, "40")
    return Receiver(block[0].text(3), block[0].text(9)) if block else Receiver("", "")


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
        match block[0].text(3):
            case "20":
                self.provider = _read_provider(block)
                self.subscriber = self.payer = self.patient = None
            case "22":
                self._subscriber(block)
            case "23":
                self.patient = _read_patient(block)
            case _:
                block[0].note(ErrorKind.UNEXPECTED_SEGMENT, 3, "20, 22 or 23")
        return None

    def _subscriber(self, head: list[Segment]) -> None:
        opening, parties = split_at(head, "NM1")
        member, payer = _party(parties, "IL"), _party(parties, "PR")
        self.patient = None
        self.subscriber = _read_subscriber(opening, member)
        self.payer = (
            ClaimPayer(
                name=payer[0].text(3),
                id=payer[0].text(9),
                id_qualifier=payer[0].text(8),
                address=read_address(payer),
                segment=payer[0].number,
            )
            if payer
            else None
        )

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


def _read_provider(head: list[Segment]) -> BillingProvider | None:
    opening, parties = split_at(head, "NM1")
    block = _party(parties, "85")
    if not block:
        head[0].note_segment(ErrorKind.MISSING_SEGMENT, "The billing provider is missing.", "NM1*85")
        return None
    nm1, per, pay_to = block[0], first(block, "PER"), _party(parties, "87")
    ref = first(block, "REF", *_TAX_ID_QUALIFIERS)
    return BillingProvider(
        name=nm1.text(3),
        npi=nm1.text(9),
        tax_id=ref.text(2) if ref else "",
        address=read_address(block),
        first_name=nm1.text(4),
        middle_name=nm1.text(5),
        suffix=nm1.text(7),
        is_person=nm1.text(2) == "1",
        tax_id_qualifier=ref.text(1) if ref else "",
        taxonomy=value_of(opening, "PRV", "BI", 3),
        contact=read_contact(per) if per else None,
        pay_to=read_address(pay_to),
        segment=nm1.number,
    )


def _read_subscriber(opening: list[Segment], block: list[Segment]) -> Subscriber | None:
    sbr = first(opening, "SBR")
    if sbr is None or not block:
        opening[0].note_segment(ErrorKind.MISSING_SEGMENT, "The subscriber is missing.", "SBR and NM1*IL")
        return None
    nm1, dmg = block[0], first(block, "DMG")
    return Subscriber(
        last_name=nm1.text(3),
        first_name=nm1.text(4),
        middle_name=nm1.text(5),
        suffix=nm1.text(7),
        is_person=nm1.text(2) != "2",
        member_id=nm1.text(9),
        payer_rank=sbr.text(1),
        group_number=sbr.text(3),
        group_name=sbr.text(4),
        insurance_type=sbr.text(5),
        filing_indicator=sbr.text(9),
        birth_date=dmg.day(2) if dmg else None,
        sex=dmg.text(3) if dmg else "",
        address=read_address(block),
        segment=nm1.number,
    )


def _read_patient(head: list[Segment]) -> Patient | None:
    opening, parties = split_at(head, "NM1")
    block = _party(parties, "QC")
    if not block:
        head[0].note_segment(ErrorKind.MISSING_SEGMENT, "The patient is missing.", "NM1*QC")
        return None
    nm1, dmg, pat = block[0], first(block, "DMG"), first(opening, "PAT")
    return Patient(
        last_name=nm1.text(3),
        relationship=pat.text(1) if pat else "",
        birth_date=dmg.day(2) if dmg else None,
        sex=dmg.text(3) if dmg else "",
        first_name=nm1.text(4),
        middle_name=nm1.text(5),
        suffix=nm1.text(7),
        address=read_address(block),
        segment=nm1.number,
    )
