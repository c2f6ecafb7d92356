"""Every address of the workplace asks for a permission, or stands on the short list of those that need none."""

from collections.abc import Iterator

import pytest
from django.urls import URLPattern, URLResolver, get_resolver

OURS = (
    "workspace",
    "intake",
    "claims",
    "eligibility",
    "denials",
    "balances",
    "remittances",
    "reports",
    "automations",
    "settings",
)
# What a person without a role may open: their own first page and the look of it.
OPEN = {
    "workspace:today",
    "workspace:theme",
    "workspace:stay",
    "workspace:search",
    "workspace:take",
    "workspace:snooze",
}


def views(patterns: list[URLPattern | URLResolver], namespace: str = "") -> Iterator[tuple[str, object]]:
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            yield from views(pattern.url_patterns, pattern.namespace or namespace)
        elif namespace in OURS:
            yield f"{namespace}:{pattern.name}", pattern.callback


def unwrapped(view: object) -> Iterator[object]:
    while view is not None:
        yield view
        view = getattr(view, "__wrapped__", None)


@pytest.mark.parametrize(("name", "view"), sorted(views(get_resolver().url_patterns), key=lambda each: each[0]))
def test_each_view_names_its_permission(name: str, view: object) -> None:
    guarded = any(hasattr(each, "required_permission") for each in unwrapped(view))
    assert guarded or name in OPEN, f"{name} is open to everybody: guard it with @require"
