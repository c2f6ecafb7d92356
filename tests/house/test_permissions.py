"""Every address of ours asks for a permission or a role, or stands on the short list of those that need none."""

from collections.abc import Iterator

import pytest
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, URLResolver, get_resolver, include, path

from apps.practice.access import require_role

# Rooms whose every view is guarded; "" are the product's own addresses that belong to no room.
GUARDED = {
    "",
    "workspace",
    "intake",
    "claims",
    "eligibility",
    "denials",
    "balances",
    "remittances",
    "reports",
    "automations",
    "jobs",
    "sandbox",
    "settings",
}
# Not for those who work here, or guarded as a whole: a patient's link, a vendor's signature, the back office's own site.
OTHERWISE = {"patient_pages", "webhooks", "admin"}
# Light or dark is anybody's. Health is for a load balancer, the style guide is there in the demo alone, the rest answers 404.
OPEN = {
    "workspace:theme",
    ":health",
    ":styleguide",
    ":account_email",
    ":account_email_verification_sent",
    ":account_confirm_email",
    ":account_set_password",
    ":account_confirm_login_code",
}
Patterns = list[URLPattern | URLResolver]


def addresses(patterns: Patterns, namespace: str = "") -> Iterator[tuple[str, str, object]]:
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            yield from addresses(pattern.url_patterns, pattern.namespace or namespace)
        else:
            yield namespace, f"{namespace}:{pattern.name}", pattern.callback


def unwrapped(view: object) -> Iterator[object]:
    while view is not None:
        yield view
        view = getattr(view, "__wrapped__", None)


def is_guarded(view: object) -> bool:
    return any(hasattr(each, "required_permission") for each in unwrapped(view))


def is_ours(view: object) -> bool:
    return str(getattr(view, "__module__", "")).startswith(("apps.", "tests."))


def faults(patterns: Patterns) -> list[str]:
    """What stands open, and the rooms of which nobody has said who may enter."""
    found = []
    for namespace, name, view in addresses(patterns):
        if namespace not in GUARDED | OTHERWISE:
            found.append(f"{name}: say in GUARDED or OTHERWISE who may enter {namespace}")
        elif namespace in GUARDED and not is_guarded(view) and name not in OPEN and (namespace or is_ours(view)):
            found.append(f"{name} is open to everybody: guard it with @require")
    return found


def test_each_view_names_its_permission() -> None:
    assert faults(get_resolver().url_patterns) == []


def test_the_lists_name_nothing_else() -> None:
    """An excuse for what is guarded would hide that its guard was lost."""
    known = list(addresses(get_resolver().url_patterns))
    assert {namespace for namespace, _, _ in known} == GUARDED | OTHERWISE
    assert {name for _, name, view in known if name in OPEN and not is_guarded(view)} == OPEN
    assert [name for _, name, view in known if name in OPEN and is_guarded(view)] == []


def page(request: HttpRequest) -> HttpResponse:
    return HttpResponse(request.path)


@pytest.mark.parametrize(
    ("namespace", "name", "fault"),
    [
        ("workspace", "today", "workspace:today is open to everybody: guard it with @require"),
        ("workspace", "theme", None),
        ("webhooks", "of-a-vendor", None),
        ("attic", "box", "attic:box: say in GUARDED or OTHERWISE who may enter attic"),
        ("", "cellar", ":cellar is open to everybody: guard it with @require"),
    ],
)
def test_a_lost_guard_and_an_unknown_room_are_seen(namespace: str, name: str, fault: str | None) -> None:
    def mounted(view: object) -> Patterns:
        room = path(name, view, name=name)  # type: ignore[call-overload]  # any view
        return [path("", include(([room], namespace)))] if namespace else [room]

    assert faults(mounted(page)) == ([fault] if fault else [])
    if namespace in GUARDED:
        assert faults(mounted(require_role(page))) == []
