"""Shapes of identifiers and codes. None has a digit of another script: what `\\d` takes beside ASCII, X12 cannot carry."""

import re

from apps.core.plain_codes import whole_number

NPI = re.compile(r"[12]\d{9}", re.ASCII)
TAX_ID = re.compile(r"\d{9}", re.ASCII)
TAXONOMY = re.compile(r"[0-9A-Z]{9}X")
POSTCODE = re.compile(r"\d{5}(\d{4})?", re.ASCII)
PLACE_OF_SERVICE = re.compile(r"\d{2}", re.ASCII)
# CPT: five digits, or four and F, T, U, A or M; HCPCS level II: a letter and four digits.
PROCEDURE = re.compile(r"\d{5}|\d{4}[FTUAM]|[A-V]\d{4}", re.ASCII)
MODIFIER = re.compile(r"[0-9A-Z]{2}")
# ICD-10-CM: a letter, a digit, a sign, then up to four more; the seventh may be a letter.
DIAGNOSIS = re.compile(r"[A-TV-Z]\d[0-9A-Z]([0-9A-Z]{1,4})?|U\d[0-9A-Z]([0-9A-Z]{1,4})?", re.ASCII)
# As the post office takes it: PO Box, P.O.Box12, POB 12, Post Office Drawer 7, Caller Box 9.
PO_BOX = re.compile(
    r"\bP[.\s/-]*O[.\s/-]*((BOX|BX|DRAWER)(?![A-Z])|B[.\s]*#?\d)|\bPOST\s+OFFICE\s+(BOX|DRAWER)(?![A-Z])"
    r"|\b(LOCK|CALLER)\s*BOX\b",
    re.IGNORECASE,
)

_STATES = (
    "AL AK AZ AR CA CO CT DE DC FL GA HI ID IL IN IA KS KY LA ME MD MA MI MN MS MO MT NE NV NH NJ NM NY NC ND OH OK "
    "OR PA RI SC SD TN TX UT VT VA WA WV WI WY AS GU MP PR VI FM MH PW AA AE AP"
)
STATES = frozenset(_STATES.split())
# X222A1 SBR02 and PAT01: individual relationship codes.
RELATIONSHIPS = frozenset({"01", "18", "19", "20", "21", "39", "40", "53", "G8"})


def is_npi(text: str) -> bool:
    """Ten digits whose Luhn sum over 80840 and the number is a multiple of ten (45 CFR 162.406)."""
    if not NPI.fullmatch(text):
        return False
    total = 24  # what the prefix 80840 adds to the sum
    for place, sign in enumerate(reversed(text)):
        digit = int(sign)
        if place % 2:
            digit = digit * 2 - 9 if digit > 4 else digit * 2
        total += digit
    return total % 10 == 0


def is_tax_id(text: str) -> bool:
    return bool(TAX_ID.fullmatch(text)) and len(set(text)) > 1


def is_taxonomy(text: str) -> bool:
    return bool(TAXONOMY.fullmatch(text))


def is_postcode(text: str) -> bool:
    return bool(POSTCODE.fullmatch(text)) and not text.startswith("00000")


def is_full_postcode(text: str) -> bool:
    """Nine digits, and the last four say something: a ZIP filled up with zeros is refused by payers."""
    return is_postcode(text) and len(text) == 9 and text[5:] != "0000"


def is_po_box(line: str) -> bool:
    return bool(PO_BOX.search(line))


def is_procedure(text: str) -> bool:
    return bool(PROCEDURE.fullmatch(text))


def code_number(code: str) -> int:
    """A CPT code of five digits as a number, for spans of the code book; 0 for any other code."""
    return whole_number(code) or 0 if len(code) == 5 else 0


def is_modifier(text: str) -> bool:
    return bool(MODIFIER.fullmatch(text))


def is_diagnosis(text: str) -> bool:
    return bool(DIAGNOSIS.fullmatch(text.replace(".", "")))
