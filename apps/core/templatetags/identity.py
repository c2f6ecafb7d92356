"""Identity numbers on pages: masked, with a way to see them for those who may, which leaves a row in the audit trail.

The page's context says who may (`shell.may_reveal`). `kind` and `of` name what is revealed, as apps/workspace/reveals.py lists it.
"""

from collections.abc import Iterable
from typing import Any

from django.template import Context, Library
from django.urls import reverse

from apps.core import identity as numbers
from apps.core.identity import NamedSegment

register = Library()


@register.filter
def masked(number: str) -> str:
    """An identity number of which at most the last four signs are shown."""
    return numbers.masked(number)


@register.filter
def hiding(text: str, number: str) -> str:
    """A text in which this identity number is masked wherever it stands."""
    return text.replace(number, numbers.masked(number)) if number else text


@register.inclusion_tag("components/identity.html", takes_context=True)
def identity(context: Context, number: str, kind: str, *of: object) -> dict[str, Any]:
    """A masked number and "Show"."""
    return {"number": numbers.masked(number), "reveal": _address(context, kind, of) if number else ""}


@register.inclusion_tag("components/segments.html", takes_context=True)
def segments(context: Context, found: Iterable[NamedSegment], kind: str = "", *of: object) -> dict[str, Any]:
    """Segments of a file with their names, the numbers of people masked, and "Show identifiers"."""
    shown, hidden = numbers.masked_segments(found)
    return {"segments": shown, "reveal": _address(context, kind, of) if hidden and kind else ""}


@register.inclusion_tag("components/raw.html", takes_context=True)
def raw(context: Context, title: str, found: Iterable[NamedSegment], kind: str = "", *of: object) -> dict[str, Any]:
    """The same, folded; each segment is (name, text, whether it is the one meant)."""
    return {"title": title, **segments(context, found, kind, *of)}


def _address(context: Context, kind: str, of: tuple[object, ...]) -> str:
    return (
        reverse("workspace:reveal", args=[kind, "/".join(map(str, of))])
        if getattr(context.get("shell"), "may_reveal", False)
        else ""
    )
