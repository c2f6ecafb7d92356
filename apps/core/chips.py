"""Filter chips: links whose state is the address, so that every view can be bookmarked and shared."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

from django.http import QueryDict


@dataclass(frozen=True, slots=True)
class Chip:
    """One choice of a filter. `shape` puts a state's mark before the label; `count` is how many rows it would show."""

    value: str
    label: str
    count: int | None = None
    shape: str = ""


class ChipLink(NamedTuple):
    chip: Chip
    href: str
    chosen: bool


def chip_links(query: QueryDict, name: str, choices: Iterable[Chip]) -> list[ChipLink]:
    """The chosen chip's link takes the filter away, another's sets it; either goes back to the first page."""
    chosen = query.get(name, "")
    links = []
    for chip in choices:
        target = query.copy()
        target.pop("page", None)
        target.pop(name, None)
        if chip.value != chosen:
            target[name] = chip.value
        links.append(ChipLink(chip, f"?{target.urlencode()}", chip.value == chosen))
    return links
