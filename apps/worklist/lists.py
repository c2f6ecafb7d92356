"""What a list of work may be asked for by its address, and which of its columns may be left out."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from django import forms
from django.http import QueryDict
from django.utils.http import urlencode

from apps.practice.roles import Permission


class Asked(NamedTuple):
    """A list's query as it may be kept, and the names of the filters that could not be."""

    query: str
    dropped: list[str]


@dataclass(frozen=True, slots=True)
class ListOfWork:
    """One list. `key` stands in rows and never changes; `url_name` is its page, and `namespace:key_...` are its saved views.

    `permission`: None where any role may open it. `home`: the parameter and value of the unfiltered list, so that a view's address is
    never empty. `choices`: values of the parameters that chips set. `form` judges the others. What neither knows (a search, a page) is
    no part of a view. `columns`: those that may be left out, by name; the first and the amount are not among them.
    """

    key: str
    url_name: str
    permission: Permission | None
    home: tuple[str, str]
    form: Callable[[QueryDict], forms.Form]
    sorts: Collection[str]
    columns: Mapping[str, str]
    choices: Mapping[str, Collection[str]] = field(default_factory=dict)

    def url(self, what: str) -> str:
        return f"{self.url_name.partition(':')[0]}:{self.key}_{what}"

    def asked(self, query: QueryDict) -> Asked:
        """In one order of names, so that two views that ask for the same read the same."""
        form = self.form(query)
        kept, dropped = dict([self.home]), []
        for name in sorted(query):
            value = query.get(name, "").strip()
            if not value or not self.keeps(name, form):
                continue
            if self._fits(name, value, form):
                kept[name] = value
            else:
                dropped.append(_word(name, form))
        return Asked(urlencode(sorted(kept.items())), dropped)

    def keeps(self, name: str, form: forms.Form) -> bool:
        """Whether the parameter may be part of a view: a search may name a patient."""
        return name == "sort" or name in self.choices or name in form.fields

    def _fits(self, name: str, value: str, form: forms.Form) -> bool:
        if name == "sort":
            return value.removeprefix("-") in self.sorts
        return value in self.choices[name] if name in self.choices else name not in form.errors


def _word(name: str, form: forms.Form) -> str:
    label = form.fields[name].label if name in form.fields else ""
    return str(label or name).lower()
