"""The fields of a claim that a person or a fix may set: whose they are, how they read, and whether they assert something clinical."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation

from apps.core.odd_days import EARLIEST


class BadValueError(ValueError):
    """A value that the field cannot hold. The message is for the person who typed it and names the field."""


@dataclass(frozen=True, slots=True)
class Change:
    """Set `field` to `value` (as typed, or as a fix stores it); `line` is the service line's number for the fields of a line.

    `before`: what stood there, as typed, when the person was shown it; None: nobody was.
    """

    field: str
    value: object
    line: int | None = None
    before: str | None = None


def _text(value: object) -> str:
    return " ".join(str(value or "").split())


def _upper(value: object) -> str:
    return _text(value).upper()


def _digits(value: object) -> str:
    return "".join(sign for sign in str(value or "") if sign.isdigit())


def _day(value: object) -> date | None:
    return value if isinstance(value, date) or value is None else date.fromisoformat(str(value))


def _optional_day(value: object) -> date | None:
    return _day(value or None)


def _amount(value: object) -> Decimal:
    return Decimal(str(value)).quantize(Decimal("0.01"))


def _number(value: object, below: int) -> Decimal:
    found = Decimal(str(value))
    if not found.is_finite() or abs(found) >= below:
        raise ValueError("no number that the row can hold")
    return found


def _units(value: object) -> Decimal:
    return _number(value, 100_000)


def _quantity(value: object) -> Decimal | None:
    return None if value in (None, "") else _number(value, 100_000_000)


def _parts(value: object) -> list[str]:
    if isinstance(value, str):
        return value.replace(",", " ").split()
    if isinstance(value, Iterable):
        return [str(part) for part in value]
    raise ValueError("not a list")


def _codes(value: object) -> list[str]:
    return [part.upper().replace(".", "") for part in _parts(value)]


def _causes(value: object) -> list[str]:
    """CLM11."""
    causes = [part.upper() for part in _parts(value)]
    if not set(causes) <= {"AA", "EM", "OA"}:
        raise ValueError("not a cause")
    return list(dict.fromkeys(causes))


def _pointers(value: object) -> list[int]:
    pointers = [int(part) for part in _parts(value)]
    if any(not 0 <= pointer <= 99 for pointer in pointers):
        raise ValueError("no place of a diagnosis")
    return pointers


@dataclass(frozen=True, slots=True)
class Field:
    """`owner` is patient, coverage, encounter, claim or line; `column` the row's column; `read` makes its value of what was typed.

    `longest`: signs of a text; of a list, `each` is that of one of its parts.
    """

    owner: str
    column: str
    label: str
    read: Callable[[object], object]
    clinical: bool = False
    longest: int = 60
    each: int = 20


FIELDS: dict[str, Field] = {
    f"{field.owner}.{field.column}": field
    for field in (
        Field("patient", "first_name", "First name", _text, longest=35),
        Field("patient", "last_name", "Last name", _text),
        Field("patient", "birth_date", "Birth date", _day),
        Field("patient", "sex", "Sex", _upper, longest=1),
        Field("patient", "line1", "Street", _text, longest=55),
        Field("patient", "line2", "Apartment or unit", _text, longest=55),
        Field("patient", "city", "City", _text, longest=30),
        Field("patient", "state", "State", _upper, longest=2),
        Field("patient", "postcode", "ZIP", _digits, longest=9),
        Field("coverage", "member_id", "Member ID", _text, longest=80),
        Field("coverage", "group_number", "Group number", _text, longest=50),
        Field("coverage", "relationship", "Patient is the subscriber's", _upper, longest=2),
        Field("coverage", "subscriber_first_name", "Subscriber's first name", _text, longest=35),
        Field("coverage", "subscriber_last_name", "Subscriber's last name", _text),
        Field("coverage", "medicare_secondary_reason", "Why Medicare is not first", _digits, longest=2),
        Field("claim", "prior_authorization", "Authorization number", _text, longest=50),
        Field("claim", "referral_number", "Referral number", _text, longest=50),
        Field("claim", "accident_causes", "Accident", _causes),
        Field("claim", "accident_date", "Day of the accident", _optional_day),
        Field("claim", "accident_state", "State of the auto accident", _upper, longest=2),
        Field("claim", "referring_first_name", "Referring provider's first name", _text, longest=35),
        Field("claim", "referring_last_name", "Referring provider's last name", _text),
        Field("claim", "referring_npi", "Referring provider's NPI", _digits, longest=10),
        Field("claim", "supervising_first_name", "Supervising provider's first name", _text, longest=35),
        Field("claim", "supervising_last_name", "Supervising provider's last name", _text),
        Field("claim", "supervising_npi", "Supervising provider's NPI", _digits, longest=10),
        Field("claim", "ordering_first_name", "Ordering provider's first name", _text, longest=35),
        Field("claim", "ordering_last_name", "Ordering provider's last name", _text),
        Field("claim", "ordering_npi", "Ordering provider's NPI", _digits, longest=10),
        Field("claim", "payer_claim_number", "Payer's claim number", _text, longest=50),
        Field("claim", "place_of_service", "Place of service", _digits, longest=2),
        Field("claim", "total", "Total", _amount),
        Field("encounter", "abn_signed_on", "Notice (ABN) signed on", _optional_day),
        Field("claim", "diagnoses", "Diagnoses", _codes, clinical=True),
        Field("line", "procedure", "Procedure", _upper, clinical=True, longest=20),
        Field("line", "modifiers", "Modifiers", _codes, clinical=True, each=4),
        Field("line", "units", "Units", _units, clinical=True),
        Field("line", "diagnosis_pointers", "Diagnoses of the line", _pointers, clinical=True),
        Field("line", "ndc", "National Drug Code", _upper, longest=20),
        Field("line", "ndc_units", "Quantity of the drug", _quantity),
        Field("line", "ndc_unit_measure", "Unit of the drug", _upper, longest=2),
    )
}


def field_of(change: Change) -> Field:
    """Raises BadValueError for a field that nobody may set here."""
    found = FIELDS.get(change.field)
    if found is None or (found.owner == "line") != (change.line is not None):
        raise BadValueError(f"{change.field} cannot be changed on a claim.")
    return found


def value_of(change: Change) -> object:
    """What the column is set to. Raises BadValueError."""
    field = field_of(change)
    try:
        value = field.read(change.value)
    except (ValueError, InvalidOperation, TypeError):
        raise BadValueError(f"{field.label}: this cannot be read.") from None
    if isinstance(value, date) and value < EARLIEST:
        raise BadValueError(f"{field.label}: it lies before {EARLIEST.year}. Look at the year.")
    if isinstance(value, str) and len(value) > field.longest:
        raise BadValueError(f"{field.label}: at most {field.longest} signs.")
    long = [part for part in value if len(str(part)) > field.each] if isinstance(value, list) else []
    if long:
        raise BadValueError(f"{field.label}: {long[0]} is too long. Part several by blanks.")
    return value


def as_typed(value: object) -> str:
    """A column's value as people type it: a list with blanks between, a number without idle zeros, "" for nothing."""
    if value is None:
        return ""
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    return " ".join(str(part) for part in value) if isinstance(value, list) else str(value)


def is_clinical(changes: Iterable[Change]) -> bool:
    return any(field_of(change).clinical for change in changes)
