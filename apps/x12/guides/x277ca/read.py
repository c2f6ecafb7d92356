"""277CA: information source (20), receiver (21), billing provider (19), patient (PT), each with what is said of it."""

from dataclasses import dataclass, field, replace

from apps.x12.errors import ErrorKind
from apps.x12.guides.parts import Party
from apps.x12.guides.parts_read import (
    read_party,
    read_period,
    read_procedure,
    read_references,
    required_segment,
)
from apps.x12.guides.x277ca.records import (
    ClaimAcknowledgment,
    ClaimStatus,
    LineStatus,
    ProviderStatus,
    ReceiverStatus,
    Status,
    StatusCode,
    Totals,
)
from apps.x12.segments import Segment, each, first, split_at, value_of

_CODES = (1, 10, 11)


def read_277ca(segments: list[Segment]) -> ClaimAcknowledgment:
    """Raises UnreadableError where BHT or the information source is missing."""
    header, levels = split_at(segments, "HL")
    bht = required_segment(header, "BHT")
    tree = _Tree()
    for level in levels:
        tree.level(level)
    if tree.source is None:
        header[0].note_segment(ErrorKind.MISSING_SEGMENT, "The information source is missing.", "HL level 20")
    head = tree.source or header
    received, processed = first(head, "DTP", "050"), first(head, "DTP", "009")
    return ClaimAcknowledgment(
        reference=bht.text(3),
        source=_party(head),
        receivers=tree.done(),
        created_on=bht.day(4),
        created_at=bht.time_of_day(5),
        trace_number=value_of(head, "TRN", "1"),
        received_on=received.period(2, 3)[0] if received else None,
        processed_on=processed.period(2, 3)[0] if processed else None,
        segment=segments[0].number,
    )


@dataclass(slots=True)
class _Tree:
    """The levels in file order, which the guide fixes; a level without the one above it gets an empty one and an
    error.
    """

    source: list[Segment] | None = None
    receivers: list[ReceiverStatus] = field(default_factory=list)
    providers: list[ProviderStatus] = field(default_factory=list)
    claims: list[ClaimStatus] = field(default_factory=list)

    def level(self, block: list[Segment]) -> None:
        match block[0].text(3):
            case "20":
                self.source = block
            case "21":
                self.done()
                self.receivers.append(_read_receiver(block))
            case "19":
                self._close_provider()
                self._under(self.receivers, block, "21")
                self.providers.append(_read_provider(block))
            case "PT":
                self._under(self.providers, block, "19")
                self.claims.extend(_read_claims(block))
            case _:
                block[0].note(ErrorKind.UNEXPECTED_SEGMENT, 3, "20, 21, 19 or PT")

    def _under(self, above: list[ReceiverStatus] | list[ProviderStatus], block: list[Segment], expected: str) -> None:
        if not above:
            block[0].note_segment(
                ErrorKind.MISSING_SEGMENT, "A level stands without the one above it.", f"HL level {expected}"
            )

    def _close_provider(self) -> None:
        if self.claims and not self.providers:
            self.providers.append(ProviderStatus(provider=Party()))
        if self.claims:
            self.providers[-1] = replace(self.providers[-1], claims=tuple(self.claims))
            self.claims = []

    def done(self) -> tuple[ReceiverStatus, ...]:
        self._close_provider()
        if self.providers and not self.receivers:
            self.receivers.append(ReceiverStatus(receiver=Party(), batch_reference=""))
        if self.providers:
            self.receivers[-1] = replace(self.receivers[-1], providers=tuple(self.providers))
            self.providers = []
        return tuple(self.receivers)


def _party(block: list[Segment]) -> Party:
    nm1 = first(block, "NM1")
    return read_party(nm1) if nm1 else Party()


def _read_receiver(block: list[Segment]) -> ReceiverStatus:
    return ReceiverStatus(
        receiver=_party(block),
        batch_reference=value_of(block, "TRN", "2"),
        statuses=_read_statuses(block),
        totals=_read_totals(block),
        segment=block[0].number,
    )


def _read_provider(block: list[Segment]) -> ProviderStatus:
    trace = first(block, "TRN")
    return ProviderStatus(
        provider=_party(block),
        trace_number=trace.text(2) if trace else "",
        statuses=_read_statuses(block),
        references=read_references(block),
        totals=_read_totals(block),
        segment=block[0].number,
    )


def _read_totals(block: list[Segment]) -> Totals:
    """X214: QTY 90 and AMT YU accepted; AA and YY rejected at the receiver's level, QA and QC at the provider's."""
    accepted, rejected = first(block, "QTY", "90", "QA"), first(block, "QTY", "AA", "QC")
    accepted_charge, rejected_charge = first(block, "AMT", "YU"), first(block, "AMT", "YY")
    return Totals(
        accepted=accepted.count(2) if accepted else None,
        rejected=rejected.count(2) if rejected else None,
        accepted_charge=accepted_charge.optional_money(2) if accepted_charge else None,
        rejected_charge=rejected_charge.optional_money(2) if rejected_charge else None,
    )


def _read_claims(block: list[Segment]) -> list[ClaimStatus]:
    """A patient may have several claims: each begins with its TRN."""
    head, claims = split_at(block, "TRN")
    patient = _party(head)
    if not claims:
        block[0].note_segment(ErrorKind.MISSING_SEGMENT, "A patient without a claim's trace.", "TRN*2")
    return [_read_claim(claim, patient) for claim in claims]


def _read_claim(block: list[Segment], patient: Party) -> ClaimStatus:
    head, lines = split_at(block, "SVC")
    dtp = first(head, "DTP", "472")
    return ClaimStatus(
        control_number=block[0].text(2),
        statuses=_read_statuses(head),
        patient=patient,
        payer_claim_number=value_of(head, "REF", "1K"),
        clearinghouse_number=value_of(head, "REF", "D9"),
        references=read_references(head, "1K", "D9"),
        service=read_period(dtp) if dtp else None,
        lines=tuple(_read_line(line) for line in lines),
        segment=block[0].number,
    )


def _read_line(block: list[Segment]) -> LineStatus:
    svc, dtp = block[0], first(block, "DTP", "472")
    procedure = read_procedure(svc, 1)
    return LineStatus(
        statuses=_read_statuses(block),
        control_number=value_of(block, "REF", "FJ"),
        procedure=procedure.code,
        modifiers=procedure.modifiers,
        qualifier=procedure.qualifier,
        charge=svc.optional_money(2),
        units=svc.optional_number(7),
        service=read_period(dtp) if dtp else None,
        segment=svc.number,
    )


def _read_statuses(block: list[Segment]) -> tuple[Status, ...]:
    return tuple(_read_status(stc) for stc in each(block, "STC"))


def _read_status(stc: Segment) -> Status:
    composites = [stc.components(at, 3)[:3] for at in _CODES if stc.text(at)]
    return Status(
        codes=tuple(StatusCode(category, code, entity) for category, code, entity in composites),
        effective_on=stc.day(2),
        action=stc.text(3),
        charge=stc.optional_money(4),
        message=stc.text(12),
        segment=stc.number,
    )
