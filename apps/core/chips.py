"""Filter chips: links whose state is the address, so that every view can be bookmarked and shared."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from django import forms
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


def chosen_links(
    query: QueryDict, form: forms.Form | None, chips: Mapping[str, Sequence[Chip]], home: str = ""
) -> list[ChipLink]:
    """What a list is narrowed by at present, each as a link that takes it away: of `chips` by parameter, then of the bound `form`, if any.

    A parameter that has both is told once, as its chip. What the form refuses narrows nothing and is not told.
    `home`: as in `chip_links`; it is told although it does not take itself away.
    """
    told = [link for name, choices in chips.items() for link in chip_links(query, name, choices, home) if link.chosen]
    for name, label in _chosen_fields(form) if form else ():
        if name not in chips:
            told += chip_links(query, name, [Chip(query.get(name, ""), label)])
    return told


def _chosen_fields(form: forms.Form) -> Iterator[tuple[str, str]]:
    form.is_valid()
    for name, value in form.cleaned_data.items():
        if value not in form.fields[name].empty_values:
            yield name, _in_words(form.fields[name], value)


def _in_words(field: forms.Field, value: Any) -> str:
    if isinstance(field, forms.ModelChoiceField):
        return field.label_from_instance(value)
    if isinstance(field, forms.ChoiceField):
        choices: Any = field.choices
        return str(dict(choices).get(value, value))
    said = field.widget.format_value(value)
    return f"{field.label}{said}" if str(field.label).endswith("$") else f"{field.label} {said}"
