"""Pieces that several guides share. Text is "" where the file says nothing; `segment` is the 1-based place in the
file, 0 if not read.
"""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from apps.x12.raw import RawSegment


@dataclass(frozen=True, slots=True)
class Address:
    line1: str = ""
    line2: str = ""
    city: str = ""
    state: str = ""
    postcode: str = ""
    country: str = ""
    segment: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Contact:
    """A PER segment. Numbers are digits as sent."""

    name: str = ""
    phone: str = ""
    extension: str = ""
    fax: str = ""
    email: str = ""
    url: str = ""
    function: str = "IC"
    segment: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Reference:
    """A REF segment: qualifier and value. `further` REF04, a composite of more such pairs: in a claim, the payer whose number it is
    ("2U" and that payer's id).
    """

    qualifier: str
    value: str
    description: str = ""
    segment: int = field(default=0, compare=False)
    further: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Amount:
    """An AMT segment, dollars. It never takes part in balancing."""

    qualifier: str
    amount: Decimal
    segment: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Quantity:
    """A QTY segment."""

    qualifier: str
    quantity: Decimal
    segment: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class DatedPeriod:
    """A DTP segment: a day (start = end) or a range."""

    qualifier: str
    start: date
    end: date
    segment: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Party:
    """An NM1: a person (`is_person`) or an organisation, whose name is then `last_name`."""

    last_name: str = ""
    first_name: str = ""
    middle_name: str = ""
    suffix: str = ""
    is_person: bool = False
    id_qualifier: str = ""
    id: str = ""
    role: str = ""
    segment: int = field(default=0, compare=False)

    @property
    def name(self) -> str:
        return " ".join(part for part in (self.first_name, self.middle_name, self.last_name, self.suffix) if part)


@dataclass(frozen=True, slots=True)
class ProcedureCode:
    """A composite such as HC:99213:25. `qualifier` HC: CPT or HCPCS."""

    code: str = ""
    modifiers: tuple[str, ...] = ()
    qualifier: str = "HC"
    description: str = ""


@dataclass(frozen=True, slots=True)
class StructuralTransaction:
    """A transaction whose guide we do not read: its segments as they stand, from the ST to the one before the SE. `guide` names
    it for people.
    """

    guide: str
    segments: tuple[RawSegment, ...] = ()
    segment: int = field(default=0, compare=False)
