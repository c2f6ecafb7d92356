"""270, 005010X279A1: "is this patient covered?" """

from dataclasses import dataclass, field
from datetime import date, time

from apps.x12.guides.parts import Party, Reference


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """A subscriber (2100C) or dependent (2100D). Only a subscriber has a `member_id`."""

    last_name: str = ""
    first_name: str = ""
    middle_name: str = ""
    suffix: str = ""
    member_id: str = ""
    birth_date: date | None = None
    sex: str = ""
    references: tuple[Reference, ...] = ()
    segment: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Inquiry:
    """One patient. `trace_number` (TRN02, up to 50 characters) comes back in the 271; `trace_originator` is TRN03, 10
    characters.

    The patient is `dependent` where there is one, else `subscriber`. `service_types` are EQ01, 30 = the plan's
    benefits at large.
    """

    subscriber: Member
    trace_number: str
    trace_originator: str
    service_date: date | None
    service_end_date: date | None = None
    service_types: tuple[str, ...] = ("30",)
    dependent: Member | None = None
    segment: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class EligibilityInquiry:
    """The body of one ST: one payer (`source`, 2100A) and one provider (`receiver`, 2100B), 1 patient in real time,
    up to 99 in a batch.
    """

    reference: str
    source: Party
    receiver: Party
    inquiries: tuple[Inquiry, ...]
    created_on: date | None
    created_at: time | None
    segment: int = field(default=0, compare=False)


MOST_INQUIRIES = 99
