"""The numbers by which others know a visit, a person or a plan: one that a spreadsheet shortened, or that is too long, is refused. Pure."""

import re
from collections.abc import Mapping

from apps.connectors.adapters.csv_drop.errors import RowError

LONGEST = 60  # characters that are kept of a visit's, a patient's and a charge's number; cut, two would become one
# 123456789012 in a cell that is no text: shown, and saved, as 1.23E+11.
SHORTENED = re.compile(r"-?\d(?:[.,]\d+)?E\+\d+", re.ASCII | re.IGNORECASE)
# 1234567893 in a column of numbers of which a cell is empty: many programs write it as 1234567893.0.
DECIMALS = re.compile(r"(\d+)\.0{1,9}", re.ASCII)
LONGEST_NPI = 10  # digits
NAMES = {
    "visit": "the visit number",
    "patient": "the patient number",
    "line": "the line number",
    "payer_id": "the payer's id",
    "member_id": "the member ID",
    "secondary_member_id": "the second payer's member ID",
    "group_number": "the group number",
    "provider_npi": "the rendering provider's NPI",
    "referring_npi": "the referring provider's NPI",
    "supervising_npi": "the supervising provider's NPI",
    "ordering_npi": "the ordering provider's NPI",
    "prior_authorization": "the prior authorization",
    "referral_number": "the referral number",
    "ndc": "the National Drug Code",
}


def check_numbers(cells: Mapping[str, str]) -> None:
    """`cells` by our columns. Raises RowError."""
    for column, what in NAMES.items():
        if SHORTENED.fullmatch(cells.get(column, "")):
            raise RowError(
                f"{what} was shortened by a spreadsheet, as 1.23E+11 is: format its column as text there, and export the file anew"
            )
    for column in ("visit", "patient"):
        check_length(cells.get(column, ""), NAMES[column])
        if '"' in cells.get(column, ""):
            raise RowError(f"{NAMES[column]} holds a quotation mark: take it out, or close the quotes around it")


def charge_number(visit: str, line: str) -> str:
    """By which the charge is known. Raises RowError."""
    number = f"{visit}-{line}"
    check_length(number, "the visit number with the line number behind a hyphen")
    return number


def without_decimals(cell: str) -> str:
    """78704 for 78704.0; anything else as it stands."""
    whole = DECIMALS.fullmatch(cell)
    return whole[1] if whole else cell


def check_npi(npi: str, what: str) -> None:
    """Too few digits, or wrong ones, are for the scrubber to name. Raises RowError."""
    if len(npi) > LONGEST_NPI:
        raise RowError(
            f"{what} is longer than the ten digits of an NPI: correct it, "
            "or format its column as text in the spreadsheet and export the file anew"
        )


def check_length(text: str, what: str, *, longest: int = LONGEST) -> None:
    """Raises RowError."""
    if len(text) > longest:
        raise RowError(f"{what} has more than {longest} characters: another could not be told from it")
