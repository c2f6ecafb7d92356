"""Which pages a role may open: work on another page is neither shown to it nor counted for it."""

from collections.abc import Iterator
from functools import cache

from django.db.models import Q
from django.urls import URLPattern, URLResolver, get_resolver

from apps.practice.roles import Permission, Role, may


@cache
def page_permissions() -> dict[str, Permission | None]:
    """What each page asks for, by its name; None: any role. Pages that name no guard are not among them."""
    return dict(_guarded(get_resolver().url_patterns, ""))


def _guarded(patterns: list[URLPattern | URLResolver], namespace: str) -> Iterator[tuple[str, Permission | None]]:
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            yield from _guarded(pattern.url_patterns, pattern.namespace or namespace)
            continue
        view: object = pattern.callback
        while view is not None and not hasattr(view, "required_permission"):
            view = getattr(view, "__wrapped__", None)
        if view is not None:
            yield f"{namespace}:{pattern.name}", view.required_permission


@cache
def open_pages(role: Role) -> frozenset[str]:
    """The names of the pages that a role may open."""
    asked = page_permissions().items()
    return frozenset(name for name, permission in asked if permission is None or may(role, permission))


def on_open_pages(role: Role | None) -> Q:
    """The items whose page the role may open; without a role none."""
    return Q(url_name__in=sorted(open_pages(role)) if role else [])
