"""What the header of a file names beside the columns that are read, so that nothing is lost without a word. Pure.

The names of columns are no patient data.
"""

from collections.abc import Collection, Iterable, Sequence
from difflib import get_close_matches

_LIKENESS = 0.8  # claims_enrolment and claims_enrollment are 0.97 alike, modifier and modifiers 0.94


def unread_columns(header: Iterable[str], read: Collection[str]) -> list[str]:
    """As the file spells them, in its order; what differs from a column that is read in capitals alone is that column."""
    known = {name.casefold() for name in read}
    return [name for name in header if name.strip() and name.strip().casefold() not in known]


def like_ours(name: str, ours: Sequence[str]) -> str:
    """Which of our columns is perhaps meant; "" where none is."""
    return next(iter(get_close_matches(name.strip().casefold(), ours, n=1, cutoff=_LIKENESS)), "")


def named_columns(names: Iterable[str], ours: Sequence[str]) -> str:
    """For a sentence: "claims_enrolment (claims_enrollment?), remarks"."""
    alike = [(name, like_ours(name, ours)) for name in names]
    return ", ".join(f"{name} ({meant}?)" if meant else name for name, meant in alike)


def header_problem(header: Sequence[str], ours: Sequence[str]) -> str:
    """Why a file in a layout of our own cannot be taken: a column that is none of `ours`, or one that stands twice. "": nothing."""
    unknown = unread_columns(header, ours)
    if unknown:
        these = "These columns are" if len(unknown) > 1 else "This column is"
        told = named_columns(unknown, ours)
        return (
            f"{these} not known: {told}. Rename or take out what is not to be read. The columns are {', '.join(ours)}."
        )
    names = [name.strip().casefold() for name in header if name.strip()]
    twice = next((name for place, name in enumerate(names) if name in names[:place]), "")
    return f"The column {twice} stands twice. Take one of the two out." if twice else ""
