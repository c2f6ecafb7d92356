"""The kinds of things known of procedure codes and of modifiers, and what each may say: rows with dates and a source (`CodeFact`)."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from apps.claims.rules.shapes import is_modifier, is_procedure


class Kind(StrEnum):
    DRUG = "drug"
    LAB = "lab"
    GLOBAL = "global"
    PARTS = "pctc"
    ADD_ON = "add_on"
    PREVENTIVE = "preventive"
    PRICE = "price"
    MODIFIER = "modifier"


SINGLE_DOSE, MULTI_DOSE = "single", "multi"
# CMS's PC/TC indicator: no parts, both under one code (26, TC), a code of its own for the reading, for the taking, and for the whole.
UNDIVIDED, DIVIDED, PROFESSIONAL, TECHNICAL, WHOLE = "0", "1", "2", "3", "4"
# Waived under the bare code, waived with QW, microscopy by the provider, every other test, and what CLIA leaves alone.
WAIVED, WAIVED_QW, MICROSCOPY, CERTIFIED, NO_CLIA = "waived", "qw", "ppm", "certified", "none"


@dataclass(frozen=True, slots=True)
class KindOfFact:
    """`several`: a code may have several at once; of the others the newest row in force counts."""

    label: str
    words: re.Pattern[str]
    several: bool = False


KINDS: Mapping[Kind, KindOfFact] = {
    Kind.DRUG: KindOfFact("Drug: its container", re.compile(f"{SINGLE_DOSE}|{MULTI_DOSE}")),
    Kind.LAB: KindOfFact(
        "Laboratory test: what CLIA asks", re.compile(f"{WAIVED}|{WAIVED_QW}|{MICROSCOPY}|{CERTIFIED}|{NO_CLIA}")
    ),
    Kind.GLOBAL: KindOfFact("Global period of the fee schedule", re.compile("000|010|090|MMM|XXX|YYY|ZZZ")),
    Kind.PARTS: KindOfFact("Professional and technical part: indicator of the fee schedule", re.compile("[0-9]")),
    Kind.ADD_ON: KindOfFact(
        "Add-on: type and the code beside which it stands",
        re.compile(r"1 [0-9A-Z]{5}|[23]|3 [0-9A-Z]{5}"),
        several=True,
    ),
    Kind.PREVENTIVE: KindOfFact("Preventive when done as a screening: modifier that says it", re.compile("33")),
    Kind.PRICE: KindOfFact("The practice's own price, dollars", re.compile(r"\d{1,7}(\.\d{2})?")),
    Kind.MODIFIER: KindOfFact("Modifier that there is: whose it is", re.compile("cpt|hcpcs|payer")),
}


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of the codes around a claim on its date of service; `priced`: the practice keeps a price list on that day."""

    values: Mapping[tuple[Kind, str], tuple[str, ...]] = field(default_factory=dict)
    priced: bool = False

    def of(self, kind: Kind, code: str) -> str:
        """The value; empty: nothing is known."""
        values = self.values.get((kind, code))
        return values[-1] if values else ""

    def all_of(self, kind: Kind, code: str) -> tuple[str, ...]:
        return self.values.get((kind, code), ())


def is_code_of(kind: Kind, code: str) -> bool:
    """Whether something of this kind can be known of a code of this shape."""
    return is_modifier(code) if kind is Kind.MODIFIER else is_procedure(code)


NOTHING_KNOWN = Known()
