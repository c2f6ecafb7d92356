"""Codes and numbers of ASCII letters and digits, which are all that X12 carries in them."""

import re

_DIGITS = re.compile(r"[0-9]{1,18}")


def whole_number(text: str) -> int | None:
    """None for what is none. `str.isdigit` is no such check: it takes ³ too, which `int` refuses."""
    return int(text) if _DIGITS.fullmatch(text) else None


def is_plain_code(text: str) -> bool:
    return text.isascii() and text.isalnum()
