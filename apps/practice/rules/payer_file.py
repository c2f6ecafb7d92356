"""Payers as a CSV file, a line a payer (or a payer at one clearinghouse). Text in, rows and problems out.

An empty cell and a missing column say nothing: what stands stays. The columns are documented in docs/payers.md.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date

from apps.practice.rules.csv_file import NO_ROWS, Problem, RowError, day, read_rows
from apps.practice.rules.deadlines import STARTS
from apps.practice.rules.member_patterns import pattern_problem

# Column: the shape of its cell and how a sentence names that shape. Each is the field of the same name (practice.Payer).
_ID = r"[A-Za-z0-9 .\-]"
_URL = r"https?://\S{3,190}"
SHAPES: Mapping[str, tuple[str, str]] = {
    "name": (r".{1,60}", "a name of up to 60 signs"),
    "claims_id": (_ID + "{2,20}", "an ID of 2 to 20 letters and digits"),
    "eligibility_id": (_ID + "{2,20}", "an ID of 2 to 20 letters and digits"),
    "remittance_ids": (_ID + "{2,120}", "ids separated by spaces, up to 120 signs"),
    "filing_indicator": (r"[A-Z0-9]{2}", "a claim filing indicator of two signs (SBR09), for example CI, MB or MC"),
    "correction_route": (r"replacement|new_claim|reopening", "replacement, new_claim or reopening"),
    "correction_source": (r".{1,200}", "up to 200 signs"),
    "member_id_pattern": (r".{1,80}", "a regular expression of up to 80 signs"),
    "phone": (r"[+0-9() .\-]{7,20}", "a phone number"),
    "fax": (r"[+0-9() .\-]{7,20}", "a fax number"),
    "portal": (_URL, "an address that begins with https://"),
    "form": (_URL, "an address that begins with https://"),
    "line1": (r".{1,55}", "a street of up to 55 signs"),
    "line2": (r".{1,55}", "up to 55 signs"),
    "city": (r".{1,30}", "a city of up to 30 signs"),
    "state": (r"[A-Z]{2}", "a state's two letters"),
    "postcode": (r"[0-9]{5}([0-9]{4})?", "a ZIP of 5 or 9 digits without the dash"),
}
# Column's beginning: the transaction (practice.PayerChannel).
CHANNELS = {"claims": "837P", "eligibility": "270", "claim_status": "276", "remittance": "835", "eft": "EFT"}
_ENROLLMENT = re.compile(r"(not_needed|to_do|applied|active|refused)(?: (\S+))?")
_DATED = {"applied", "active"}
_CHANNEL_COLUMNS = tuple(
    name
    for key in CHANNELS
    for name in ((f"{key}_enrollment",) if key == "eft" else (f"{key}_at", f"{key}_enrollment"))
)
_DEADLINE_COLUMNS = tuple(name for kind in STARTS for name in (f"{kind}_days", f"{kind}_from"))
COLUMNS = (
    *SHAPES,
    "clearinghouse",
    *_CHANNEL_COLUMNS,
    "product",
    *_DEADLINE_COLUMNS,
    "deadlines_source",
    "deadlines_link",
    "deadlines_verified",
)
_MOST_DAYS = 3650


@dataclass(frozen=True, slots=True)
class ToldChannel:
    """`identifier` and `enrollment` empty: the file does not say."""

    identifier: str = ""
    enrollment: str = ""
    enrollment_on: date | None = None


@dataclass(frozen=True, slots=True)
class ToldDeadlines:
    """`limits`: by kind, days and what they are counted from."""

    product: str
    source: str
    link: str
    verified_on: date
    limits: Mapping[str, tuple[int, str]]


@dataclass(frozen=True, slots=True)
class ToldPayer:
    """`fields`: what the line says of the payer itself, by field. `channels`: by transaction, at `clearinghouse`."""

    line: int
    fields: Mapping[str, str]
    clearinghouse: str = ""
    channels: Mapping[str, ToldChannel] = field(default_factory=dict)
    deadlines: ToldDeadlines | None = None


@dataclass(frozen=True, slots=True)
class PayerFile:
    payers: tuple[ToldPayer, ...]
    problems: tuple[Problem, ...]


def read_payers(text: str) -> PayerFile:
    """Each bad line is a problem that names line, column, what was found and what is expected; all lines are read."""
    payers, problems = [], []
    for line, row in read_rows(text, needed=("name",), known=COLUMNS):
        if isinstance(row, Problem):
            problems.append(row)
            continue
        wrong = list(_unreadable(row))
        try:
            payers.append(_payer(line, row))
        except RowError as error:
            wrong.append(str(error))
        problems += [Problem(line, each) for each in wrong]
    if not payers and not problems:
        problems.append(Problem(1, NO_ROWS))
    return PayerFile(tuple(payers), tuple(problems))


def _unreadable(row: Mapping[str, str]) -> Iterator[str]:
    if not row.get("name"):
        yield "name is empty: say which payer this is."
    for column, (shape, expected) in SHAPES.items():
        found = row.get(column, "")
        if found and not re.fullmatch(shape, found):
            yield _not(column, found, expected)
    pattern = row.get("member_id_pattern", "")
    if problem := pattern_problem(pattern):
        yield f'member_id_pattern: "{_shown(pattern)}" {problem}.'


def _not(column: str, found: str, expected: str) -> str:
    return f'{column}: "{_shown(found)}" is not {expected}.'


def _shown(found: str) -> str:
    return found if len(found) <= 40 else f"{found[:40]}…"


def _payer(line: int, row: Mapping[str, str]) -> ToldPayer:
    fields = {column: row[column] for column in SHAPES if row.get(column)}
    channels = {transaction: told for key, transaction in CHANNELS.items() if (told := _channel(key, row))}
    clearinghouse = row.get("clearinghouse", "").lower()
    if any(transaction != "EFT" for transaction in channels) and not clearinghouse:
        raise RowError("clearinghouse is empty: say at which one the IDs and enrollments of this line hold.")
    return ToldPayer(line, fields, clearinghouse, channels, _deadlines(row))


def _channel(key: str, row: Mapping[str, str]) -> ToldChannel | None:
    identifier, enrollment = row.get(f"{key}_at", ""), row.get(f"{key}_enrollment", "")
    if not identifier and not enrollment:
        return None
    if identifier and not re.fullmatch(_ID + "{2,80}", identifier):
        raise RowError(_not(f"{key}_at", identifier, "an ID of 2 to 80 letters and digits"))
    found = _ENROLLMENT.fullmatch(enrollment) if enrollment else None
    if enrollment and (found is None or (found[1] in _DATED and not found[2])):
        expected = "not_needed, to_do, refused, or applied or active with a day: active 2026-02-01"
        raise RowError(_not(f"{key}_enrollment", enrollment, expected))
    on = day({f"{key}_enrollment": found[2] or ""}, f"{key}_enrollment") if found else None
    return ToldChannel(identifier, found[1] if found else "", on)


def _deadlines(row: Mapping[str, str]) -> ToldDeadlines | None:
    limits = {kind: limit for kind in STARTS if (limit := _limit(kind, row))}
    if not limits:
        return None
    source, verified, link = (
        row.get("deadlines_source", ""),
        day(row, "deadlines_verified"),
        row.get("deadlines_link", ""),
    )
    if not source or verified is None:
        missing = "deadlines_source" if not source else "deadlines_verified"
        raise RowError(f"{missing} is empty: a deadline needs where it is written and when that was read.")
    if len(source) > 200 or len(row.get("product", "")) > 40:
        raise RowError("deadlines_source has more than 200 signs, or product more than 40.")
    if link and not re.fullmatch(_URL, link):
        raise RowError(_not("deadlines_link", link, "an address that begins with https://"))
    return ToldDeadlines(row.get("product", ""), source, link, verified, limits)


def _limit(kind: str, row: Mapping[str, str]) -> tuple[int, str] | None:
    days, start = row.get(f"{kind}_days", ""), row.get(f"{kind}_from", "")
    if not days:
        return None
    if not days.isascii() or not days.isdigit() or not 1 <= int(days) <= _MOST_DAYS:
        raise RowError(_not(f"{kind}_days", days, f"a number of days from 1 to {_MOST_DAYS}"))
    start = start or (STARTS[kind][0] if len(STARTS[kind]) == 1 else "")
    if start not in STARTS[kind]:
        raise RowError(_not(f"{kind}_from", start, " or ".join(STARTS[kind])))
    return int(days), start
