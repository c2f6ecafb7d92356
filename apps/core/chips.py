"""Filter chips: links whose state is the address, so that every view can be bookmarked and shared."""

from collections.abc import Sequence
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
    """`removes`: following it takes the filter away."""

    chip: Chip
    href: str
    chosen: bool
    removes: bool


def chip_links(query: QueryDict, name: str, choices: Sequence[Chip], home: str = "") -> list[ChipLink]:
    """The chosen chip's link takes the filter away, another's sets it; either goes back to the first page.

    `home`: the choice that holds where the address names none. One of them always holds then, and none takes itself away.
    """
    chosen = query.get(name, "")
    if home and chosen not in {chip.value for chip in choices}:
        chosen = home
    links = []
    for chip in choices:
        target = query.copy()
        target.pop("page", None)
        target.pop(name, None)
        is_chosen = chip.value == chosen
        if home or not is_chosen:
            target[name] = chip.value
        links.append(ChipLink(chip, f"?{target.urlencode()}", is_chosen, removes=is_chosen and not home))
    return links
