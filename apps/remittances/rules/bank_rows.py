"""A bank's export, row by row: our columns, and how each cell is read. docs/remittances.md documents them. Pure."""

import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from apps.connectors.lost_lines import Row
from apps.remittances.rules.bank_text import readable

REQUIRED = ("date", "description")
AMOUNTS = ("amount", "credit")  # one of the two
OPTIONAL = ("debit", "reference", "side")
COLUMNS = (*REQUIRED, *AMOUNTS, *OPTIONAL)
# Of an amount that bears no sign: what banks write beside it.
IN, OUT = frozenset({"C", "CR", "CREDIT", "DEPOSIT"}), frozenset({"D", "DR", "DEBIT", "WITHDRAWAL"})
FORMATS = ("%Y-%m-%d", "%m/%d/%Y", "%m/%d/%y")
# What is announced for the next days may stand in an export; a day beyond is a slip of the pen.
AHEAD = timedelta(days=7)
OLDEST = date(2000, 1, 1)
_AMOUNT = re.compile(
    r"(?P<open>\()?(?P<sign>[-+])?\s?\$?\s?(?P<digits>(?:\d{1,9}|\d{1,3}(?:,\d{3}){1,2})(?:\.\d{1,2})?)(?P<close>\))?(?:\s?(?P<side>CR|DR|-))?",
    re.ASCII | re.IGNORECASE,
)


class UnreadableRowError(ValueError):
    """The reason that people read beside the line number. It repeats nothing of what the row says."""


class UnknownColumnsError(ValueError):
    """Columns that a mapping or a file lacks, or that do not exist; the message names them."""


@dataclass(frozen=True, slots=True)
class BankLayout:
    """How one bank names its columns: ours -> the file's. An empty date format takes 2026-09-14 and 09/14/2026."""

    columns: Mapping[str, str]
    date_format: str = ""


@dataclass(frozen=True, slots=True)
class BankCredit:
    """Money that came in. `ordinal`: which of the file's rows that say the same, from 1. `amount` in dollars, positive."""

    row: int
    booked_on: date
    amount: Decimal
    text: str
    reference: str
    digest: str
    ordinal: int


@dataclass(frozen=True, slots=True)
class BankRowProblem:
    line: int
    reason: str


@dataclass(frozen=True, slots=True)
class BankContent:
    """`paid_out`: rows that bring no money (payments of the practice, zeros), which are passed over. `unread`: the file's columns that the
    account does not name.
    """

    rows: int
    credits: tuple[BankCredit, ...]
    paid_out: int
    problems: tuple[BankRowProblem, ...]
    unread: tuple[str, ...] = ()


def standard_layout(header: Iterable[str]) -> BankLayout | None:
    """Where the file's header uses our names, in any case; None where it does not."""
    ours = {name.casefold(): name for name in header}
    columns = {name: ours[name] for name in COLUMNS if name in ours}
    whole = all(name in columns for name in REQUIRED) and any(name in columns for name in AMOUNTS)
    return BankLayout(columns) if whole else None


def check_columns(columns: Mapping[str, str]) -> None:
    """Raises UnknownColumnsError where the mapping names what does not exist, or lacks what is needed."""
    unknown = sorted(columns.keys() - set(COLUMNS))
    if unknown:
        raise UnknownColumnsError(f"The mapping names columns that do not exist: {', '.join(unknown)}.")
    lacking = [name for name in REQUIRED if name not in columns]
    if not any(name in columns for name in AMOUNTS):
        lacking.append("amount or credit")
    if lacking:
        raise UnknownColumnsError(f"The mapping lacks required columns: {', '.join(lacking)}.")


def check_header(layout: BankLayout, header: Iterable[str]) -> None:
    """Raises UnknownColumnsError."""
    check_columns(layout.columns)
    absent = sorted(set(layout.columns.values()) - set(header))
    if absent:
        raise UnknownColumnsError(f"The file lacks columns that the mapping names: {', '.join(absent)}.")


def read_rows(rows: Iterable[Row], layout: BankLayout, *, today: date) -> BankContent:
    """Every row once: a credit, money paid out, or a problem with its line."""
    found: list[BankCredit] = []
    problems: list[BankRowProblem] = []
    seen: Counter[str] = Counter()
    count = paid_out = 0
    for row in rows:
        count += 1
        try:
            credit = _credit(row, layout, seen, today)
        except UnreadableRowError as problem:
            problems.append(BankRowProblem(row.line, str(problem)))
        else:
            paid_out += credit is None
            found += [credit] if credit else []
    return BankContent(count, tuple(found), paid_out, tuple(problems))


def _credit(row: Row, layout: BankLayout, seen: Counter[str], today: date) -> BankCredit | None:
    if row.problem:
        raise UnreadableRowError(row.problem)
    cells = {ours: row.cells.get(theirs, "") for ours, theirs in layout.columns.items()}
    amount = _money_in(cells)
    if amount <= 0:
        return None
    booked_on = _day(cells["date"], layout.date_format, today)
    text, reference = readable(cells["description"], 300), readable(cells.get("reference", ""), 80)
    if not text and not reference:
        raise UnreadableRowError("the description is missing")
    said = f"{booked_on}|{amount:.2f}|{' '.join(cells['description'].split())}|{cells.get('reference', '')}"
    digest = hashlib.sha256(said.encode()).hexdigest()
    seen[digest] += 1
    return BankCredit(row.line, booked_on, amount, text, reference, digest, seen[digest])


def _money_in(cells: Mapping[str, str]) -> Decimal:
    """The one column with its sign, or the credit less the debit, of which a bank leaves one empty. A credit below nothing is one that the
    bank took back; a debit may be written with a sign or without.
    """
    told = [name for name in ("credit", "debit") if cells.get(name)]
    if told:
        came, went = (
            _dollars(cells[name], f"the {name}") if name in told else Decimal() for name in ("credit", "debit")
        )
        if came and went:
            raise UnreadableRowError("both its credit and its debit hold an amount")
        return came or -abs(went)
    if not cells.get("amount"):
        raise UnreadableRowError("the amount is missing")
    amount, side = _dollars(cells["amount"], "the amount"), cells.get("side", "CR").upper()
    if side not in IN | OUT:
        raise UnreadableRowError("its side is neither a credit nor a debit")
    return amount if side in IN else -abs(amount)


def _dollars(cell: str, what: str) -> Decimal:
    found = _AMOUNT.fullmatch(cell.strip())
    if not found or bool(found["open"]) != bool(found["close"]):
        raise UnreadableRowError(f"{what} is not an amount in dollars and cents")
    taken = found["open"] or found["sign"] == "-" or (found["side"] or "").upper() in {"DR", "-"}
    amount = Decimal(found["digits"].replace(",", ""))
    return -amount if taken else amount


def _day(cell: str, date_format: str, today: date) -> date:
    found = next((day for each in ([date_format] if date_format else FORMATS) if (day := _as_day(cell, each))), None)
    if found is None:
        wanted = date_format or "2026-09-14 or 09/14/2026"
        raise UnreadableRowError(f"the date is not of the form {wanted}")
    if not OLDEST <= found <= today + AHEAD:
        raise UnreadableRowError("the date lies too far back or ahead")
    return found


def _as_day(cell: str, date_format: str) -> date | None:
    try:
        return datetime.strptime(cell, date_format).date()  # noqa: DTZ007  a calendar day without a time
    except ValueError:
        return None
