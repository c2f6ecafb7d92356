"""A version of a claim, as it is kept when a correction begins, and what the next one has changed."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

Version = Mapping[str, Any]
_CLAIM_FIELDS = {
    "place_of_service": "Place of service",
    "diagnoses": "Diagnoses",
    "prior_authorization": "Authorization",
    "frequency": "Frequency",
}
_LINE_FIELDS = {
    "procedure": "Procedure",
    "modifiers": "Modifiers",
    "units": "Units",
    "amount": "Charge",
    "diagnosis_pointers": "Diagnosis pointers",
    "left_out": "Left out",
}


def changes(before: Version, after: Version) -> list[tuple[str, str, str]]:
    """(what, was, is) of all that differs, the claim's own first. Values as people read them."""
    found = [
        (label, _words(before.get(name)), _words(after.get(name)))
        for name, label in _CLAIM_FIELDS.items()
        if before.get(name) != after.get(name)
    ]
    return found + list(_line_changes(before.get("lines", ()), after.get("lines", ())))


def _line_changes(before: Sequence[Version], after: Sequence[Version]) -> Iterator[tuple[str, str, str]]:
    earlier = {line["number"]: line for line in before}
    for line in after:
        old = earlier.get(line["number"], {})
        for name, label in _LINE_FIELDS.items():
            if old.get(name) != line.get(name):
                yield f"{label} of line {line['number']}", _words(old.get(name)), _words(line.get(name))


def _words(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list | tuple):
        return ", ".join(str(each) for each in value) or "none"
    return str(value) if value not in (None, "") else "none"
