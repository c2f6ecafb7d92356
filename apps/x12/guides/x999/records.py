"""999, 005010X231A1: the receiver's reading of one group, before anyone looks at a claim."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class ElementNote:
    """IK4: element `position` (with `component`, `repetition`) of the segment, `code` IK403, the bad value where it
    is returned.
    """

    position: int
    code: str
    component: int | None = None
    repetition: int | None = None
    reference: str = ""
    bad_value: str = ""
    context: tuple[str, ...] = ()
    segment: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class SegmentNote:
    """IK3: `position` counts segments from the ST as 1. `claim_control_number` is CTX CLM01, where the receiver names
    the claim.

    `context` holds the other CTX01 values as they stand.
    """

    segment_id: str
    position: int
    code: str
    loop: str = ""
    claim_control_number: str = ""
    context: tuple[str, ...] = ()
    elements: tuple[ElementNote, ...] = ()
    segment: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class TransactionAcknowledgment:
    """AK2 to IK5: `status` A accepted, E accepted with errors, R M W X rejected; `control_number` is our ST02."""

    code: str
    control_number: str
    status: str
    version: str = ""
    error_codes: tuple[str, ...] = ()
    notes: tuple[SegmentNote, ...] = ()
    segment: int = field(default=0, compare=False)

    @property
    def accepted(self) -> bool:
        return self.status in {"A", "E"}


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupAcknowledgment:
    """The body of one ST: what became of our group `group_number` (GS06). `status` AK901: A, E, P partly, R M W X
    rejected.
    """

    functional_code: str
    group_number: str
    status: str
    transactions: tuple[TransactionAcknowledgment, ...] = ()
    version: str = ""
    included: int = 0
    received: int = 0
    accepted_count: int = 0
    error_codes: tuple[str, ...] = ()
    segment: int = field(default=0, compare=False)

    @property
    def accepted(self) -> bool:
        """A and E proceed. P is neither: judge each transaction by its own status."""
        return self.status in {"A", "E"}
