"""Cells of CSV that spreadsheets open. Pure."""

# A spreadsheet takes a cell that begins so for a formula.
_FORMULA = ("=", "+", "-", "@")


def plain_cell(text: str) -> str:
    """One line of printable signs that no spreadsheet takes for a formula."""
    line = " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())
    return f"'{line}" if line.startswith(_FORMULA) else line
