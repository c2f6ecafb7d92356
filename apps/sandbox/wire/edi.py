"""X12 text written and read the plain way, apart from the product's codec, so that the one can judge the other."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from apps.sandbox.world.payers import Dialect
from apps.sandbox.world.practice import ZONE

Element = str | tuple[str, ...]
Segment = list[Element]
PLAIN = Dialect(newline="\n")


def money(amount: Decimal) -> str:
    text = f"{amount:.2f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def segment(dialect: Dialect, elements: Iterable[Element]) -> str:
    texts = [
        dialect.component.join(each).rstrip(dialect.component) if isinstance(each, tuple) else each for each in elements
    ]
    while texts and not texts[-1]:
        texts.pop()
    return dialect.element.join(texts) + dialect.terminator + dialect.newline


@dataclass(frozen=True)
class Envelope:
    sender: str
    receiver: str
    control: int
    when: datetime
    functional: str  # GS01
    version: str  # GS08
    group_sender: str = ""
    dialect: Dialect = PLAIN

    def wrap(self, sets: list[list[Segment]]) -> str:
        local = self.when.astimezone(ZONE)
        body = "".join(
            segment(self.dialect, each) for number, rows in enumerate(sets, 1) for each in _framed(rows, number)
        )
        group = [
            "GS",
            self.functional,
            self.group_sender or self.sender,
            self.receiver,
            f"{local:%Y%m%d}",
            f"{local:%H%M}",
        ]
        opening = segment(self.dialect, [*group, str(self.control), "X", self.version])
        closing = segment(self.dialect, ["GE", str(len(sets)), str(self.control)])
        return self._isa(local) + opening + body + closing + segment(self.dialect, ["IEA", "1", f"{self.control:09d}"])

    def bare(self, rows: list[Segment]) -> str:
        """An interchange without a functional group, as a TA1 travels."""
        inner = "".join(segment(self.dialect, each) for each in rows)
        ending = segment(self.dialect, ["IEA", "0", f"{self.control:09d}"])
        return self._isa(self.when.astimezone(ZONE)) + inner + ending

    def _isa(self, local: datetime) -> str:
        mark = self.dialect
        parts = ["ISA", "00", " " * 10, "00", " " * 10, "ZZ", f"{self.sender:<15}", "ZZ", f"{self.receiver:<15}"]
        parts += [
            f"{local:%y%m%d}",
            f"{local:%H%M}",
            mark.repetition,
            "00501",
            f"{self.control:09d}",
            "0",
            "P",
            mark.component,
        ]
        return mark.element.join(parts) + mark.terminator + mark.newline


def _framed(rows: list[Segment], number: int) -> Iterable[Segment]:
    control = f"{number:04d}"
    kind, version = str(rows[0][0]), rows[0][1] if len(rows[0]) > 1 else ""
    yield ["ST", kind, control, version]
    yield from rows[1:]
    yield ["SE", str(len(rows) + 1), control]


def at(row: list[str], place: int) -> str:
    return row[place] if place < len(row) else ""


def day(text: str) -> date:
    """D8 or the first day of RD8. Raises ValueError."""
    return datetime.strptime(text[:8], "%Y%m%d").date()  # noqa: DTZ007 - a date


@dataclass(frozen=True)
class Scan:
    """A file cut into segments by the separators that its ISA names."""

    component: str
    segments: list[list[str]]

    @property
    def isa(self) -> list[str]:
        return self.segments[0]

    @classmethod
    def of(cls, text: str) -> "Scan | None":
        """None where the text does not begin with a whole ISA."""
        if not text.startswith("ISA") or len(text) < 106:
            return None
        element, component, terminator = text[3], text[104], text[105]
        rows = (row.strip("\r\n") for row in text.split(terminator))
        return cls(component, [row.split(element) for row in rows if row])


def interchanges(text: str) -> list[str]:
    """One text per ISA; what stands after the last whole interchange stays with it."""
    text = text.lstrip()
    if len(text) < 106 or not text.startswith("ISA"):
        return [text]
    mark = f"ISA{text[3]}"
    starts = [found.start() for found in re.finditer(re.escape(mark), text) if _begins(text, found.start())]
    return [text[start:end] for start, end in zip(starts, [*starts[1:], len(text)], strict=True)]


def _begins(text: str, place: int) -> bool:
    return place == 0 or text[place - 3 : place].rstrip("\r\n")[-1:] == text[105]
