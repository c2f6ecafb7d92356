"""Our columns of a charge file, and how each cell is read. docs/connectors/csv.md documents them. Pure."""

import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from apps.connectors.adapters.csv_drop.errors import RowError
from apps.connectors.tables import UnreadableFileError
from apps.core.odd_days import odd_birth_date, odd_day
from apps.core.plain_codes import is_plain_code, whole_number

REQUIRED = (
    "visit",
    "patient",
    "last_name",
    "first_name",
    "birth_date",
    "provider_last_name",
    "service_date",
    "procedure",
    "charge",
)
DIAGNOSES = tuple(f"diagnosis_{number}" for number in range(1, 13))
PEOPLE = tuple(
    f"{role}_{part}" for role in ("referring", "supervising", "ordering") for part in ("first_name", "last_name", "npi")
)
OPTIONAL = (
    "line", "status", "sex", "address", "address_2", "city", "state", "zip", "phone", "email", "language", "text_consent",
    "payer", "payer_id", "member_id", "group_number", "relationship",
    "subscriber_last_name", "subscriber_first_name", "subscriber_birth_date", "subscriber_sex",
    "secondary_payer", "secondary_member_id", "provider_first_name", "provider_npi", "specialty",
    "location", "place_of_service", "modifiers", "units", "diagnosis_pointers", "ndc", "ndc_units", "ndc_unit", "abn_signed_on", *DIAGNOSES,
    "accident_cause", "accident_date", "accident_state", "prior_authorization", "referral_number", *PEOPLE,
)  # fmt: skip
# A spreadsheet that opened a file saves the one as the other; which of them a cell is, it tells itself.
EITHER = ("%Y-%m-%d", "%m/%d/%Y")
CHANGE_FORM = "the date format is set in Back office, Column mappings"
DOLLARS = re.compile(r"\$?(\d{1,7}|\d{1,3}(?:,\d{3}){1,2})(\.\d{1,2})?", re.ASCII)
UNITS = re.compile(r"\d{1,5}(\.\d{1,3})?", re.ASCII)
DRUG_QUANTITY = re.compile(r"\d{1,7}(\.\d{1,3})?", re.ASCII)
SEPARATORS = re.compile(r"[\s,:/]+")
SEXES = {"f": "F", "female": "F", "m": "M", "male": "M"}
RELATIONSHIPS = {
    "": "18",
    "self": "18",
    "spouse": "01",
    "child": "19",
    "guardian": "19",
    "parent": "19",
    "18": "18",
    "01": "01",
    "19": "19",
}
# The words of exports -> CLM11.
ACCIDENTS = {
    "": (), "no": (), "none": (), "n": (),
    "auto": ("AA",), "automobile": ("AA",), "aa": ("AA",),
    "work": ("EM",), "employment": ("EM",), "workers' compensation": ("EM",), "em": ("EM",),
    "other": ("OA",), "oa": ("OA",),
}  # fmt: skip
# Statuses of visits that took place, whatever follows: "Arrived (from cancellation list)", "Completed - no-show fee waived".
KEPT = re.compile(r"\W*(arrived|kept|completed?|checked[\W_]*out|seen|finished)(?![a-z])", re.IGNORECASE)
# Statuses of visits that were not kept, in whichever spelling and with whatever stands beside: "Canceled - weather", "NO_SHOW (late)".
NOT_KEPT = re.compile(
    r"(?<![a-z])(?P<denied>(not|never)[\W_]*(a[\W_]+)?)?(cancel|missed|no[\W_]*show)(?!\w*\s*[:=]\s*(no|n|false|0)\W*$)"
    r"|did[\W_]*n[o\W_]*t[\W_]*(come|show|arrive)",
    re.IGNORECASE,
)
# Of patients who did arrive, too.
NO_VISIT = re.compile(
    r"left[\W_]*without[\W_]*being[\W_]*seen|(?<![a-z])lwbs(?![a-z])|entered[\W_]*in[\W_]*error", re.IGNORECASE
)
ANSWERS = {"yes": True, "y": True, "true": True, "1": True, "no": False, "n": False, "false": False, "0": False}
# The words of exports -> the provider taxonomy (NUCC code set).
TAXONOMIES = {
    "general practice": "208D00000X",
    "family medicine": "207Q00000X",
    "family practice": "207Q00000X",
    "internal medicine": "207R00000X",
    "pediatrics": "208000000X",
    "nurse practitioner": "363L00000X",
    "physician assistant": "363A00000X",
}
STATES = {
    "alabama": "AL", "alaska": "AK", "arizona": "AZ", "arkansas": "AR", "california": "CA", "colorado": "CO",
    "connecticut": "CT", "delaware": "DE", "district of columbia": "DC", "florida": "FL", "georgia": "GA", "hawaii": "HI",
    "idaho": "ID", "illinois": "IL", "indiana": "IN", "iowa": "IA", "kansas": "KS", "kentucky": "KY", "louisiana": "LA",
    "maine": "ME", "maryland": "MD", "massachusetts": "MA", "michigan": "MI", "minnesota": "MN", "mississippi": "MS",
    "missouri": "MO", "montana": "MT", "nebraska": "NE", "nevada": "NV", "new hampshire": "NH", "new jersey": "NJ",
    "new mexico": "NM", "new york": "NY", "north carolina": "NC", "north dakota": "ND", "ohio": "OH", "oklahoma": "OK",
    "oregon": "OR", "pennsylvania": "PA", "puerto rico": "PR", "rhode island": "RI", "south carolina": "SC",
    "south dakota": "SD", "tennessee": "TN", "texas": "TX", "utah": "UT", "vermont": "VT", "virginia": "VA",
    "washington": "WA", "west virginia": "WV", "wisconsin": "WI", "wyoming": "WY",
}  # fmt: skip


def found_in(columns: Mapping[str, str], header: Sequence[str]) -> dict[str, str]:
    """`columns`: ours -> the file's, in any case; given back as the file spells them.

    Raises UnreadableFileError naming what lacks; column names are no patient data.
    """
    unknown = sorted(columns.keys() - {*REQUIRED, *OPTIONAL})
    if unknown:
        raise UnreadableFileError(f"The mapping names columns that do not exist: {', '.join(unknown)}.")
    lacking = [name for name in REQUIRED if name not in columns]
    if lacking:
        raise UnreadableFileError(f"The mapping lacks required columns: {', '.join(lacking)}.")
    found = {ours: _spellings(theirs, header) for ours, theirs in columns.items()}
    absent = sorted({columns[ours] for ours, spellings in found.items() if not spellings})
    if absent:
        raise UnreadableFileError(f"The file lacks columns that the mapping names: {', '.join(absent)}.")
    alike = sorted({columns[ours] for ours, spellings in found.items() if len(spellings) > 1})
    if alike:
        raise UnreadableFileError(
            f"Columns of the file differ in capitals alone: {', '.join(alike)}. Rename one of each."
        )
    return {ours: spellings[0] for ours, spellings in found.items()}


def _spellings(theirs: str, header: Sequence[str]) -> list[str]:
    """The very name where the file has it, else what differs from it in capitals alone."""
    return [theirs] if theirs in header else [name for name in header if name.casefold() == theirs.casefold()]


def check_took_place(cell: str) -> None:
    """Raises RowError for a visit that the export calls cancelled or missed."""
    missed = not KEPT.match(cell) and any(not found["denied"] for found in NOT_KEPT.finditer(cell))
    if missed or NO_VISIT.search(cell):
        raise RowError(
            "the visit is cancelled or missed, yet it has charges: correct its status, or take its charges out"
        )


def required(cell: str, what: str) -> str:
    if not cell:
        raise RowError(f"{what} is missing")
    return cell


@dataclass(frozen=True, slots=True)
class Days:
    """How the file writes a day, and the practice-local day on which it is read: what lies far from that nobody meant."""

    date_format: str
    today: date

    def day(self, cell: str, what: str) -> date:
        found = self._written(cell, what)
        if odd := odd_day(found, self.today):
            raise RowError(f"{what} {odd}")
        return found

    def optional(self, cell: str, what: str) -> date | None:
        return self.day(cell, what) if cell else None

    def birth_date(self, cell: str, what: str) -> date | None:
        if not cell:
            return None
        found = self._written(cell, what)
        if odd := odd_birth_date(found, self.today):
            raise RowError(f"{what} {odd}")
        return found

    def _written(self, cell: str, what: str) -> date:
        either = self.date_format in EITHER
        for each in EITHER if either else (self.date_format,):
            with suppress(ValueError):
                return datetime.strptime(cell, each).date()  # noqa: DTZ007  a calendar day without a time
        wanted = "2026-09-14 or 9/14/2026" if either else self.date_format
        raise RowError(f"{what} is not a date of the form {wanted} ({CHANGE_FORM})")


def procedure(cell: str) -> str:
    if not is_plain_code(required(cell, "the procedure code")):
        raise RowError("the procedure code has other signs than letters from A to Z and digits")
    return cell.upper()


def dollars(cell: str) -> Decimal:
    if not DOLLARS.fullmatch(cell):
        raise RowError("the charge is not an amount in dollars and cents")
    return Decimal(cell.lstrip("$").replace(",", ""))


def units(cell: str) -> Decimal:
    if cell and not UNITS.fullmatch(cell):
        raise RowError("the units are not a number")
    found = Decimal(cell or 1)
    if not found:
        raise RowError("the units are zero")
    return found


def drug_quantity(cell: str) -> Decimal | None:
    if cell and not DRUG_QUANTITY.fullmatch(cell):
        raise RowError("the quantity of the drug is not a number")
    return Decimal(cell) if cell else None


def accident(cell: str) -> tuple[str, ...]:
    """CLM11; an auto accident at work is both, in one cell."""
    parts = re.split(r"\s*[,/;+]\s*", cell.lower())
    if any(part not in ACCIDENTS for part in parts):
        raise RowError("the accident's cause is none of auto, work and other")
    return tuple(dict.fromkeys(cause for part in parts for cause in ACCIDENTS[part]))


def state(cell: str) -> str:
    """The two-letter code; what is no US state stays empty for the scrubber to name."""
    if len(cell) == 2:
        return cell.upper()
    return STATES.get(cell.lower(), "")


def postcode(cell: str) -> str:
    return "".join(letter for letter in cell if letter in "0123456789")[:9]


def codes(cell: str) -> tuple[str, ...]:
    """Modifiers in one cell, separated by blanks, commas, colons or slashes."""
    return tuple(part.upper() for part in SEPARATORS.split(cell) if part)


def pointers(cell: str, count: int) -> tuple[int, ...]:
    """Places among the row's diagnosis cells, 1 the first; an empty cell points at all that are filled, at most four."""
    parts = [part for part in SEPARATORS.split(cell) if part]
    places = tuple(whole_number(part) or 0 for part in parts)
    if not all(1 <= place <= count for place in places):
        raise RowError("its diagnosis pointers point at no diagnosis")
    return places


def diagnosis(cell: str) -> str:
    return cell.replace(".", "").upper()
