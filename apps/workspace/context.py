"""What the frame of every page shows: navigation with what waits, the practice's name, the person, the theme.

Nothing is asked of the database until a template reads it, so fragments, patients' pages and errors cost nothing.
"""

from collections import Counter
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse

from apps.core import clock
from apps.core.models import User
from apps.practice.access import Emergency, emergency_of, request_role
from apps.practice.models import Practice
from apps.practice.roles import Permission, Role, may
from apps.workspace.selectors import frame

THEMES = ("light", "dark")


class Room(NamedTuple):
    """A place of the navigation. `namespace` owns its pages; None as permission: whoever has a role."""

    label: str
    icon: str
    url_name: str
    namespace: str
    permission: Permission | None
    starts_group: bool = False


ROOMS = (
    Room("Today", "today", "workspace:today", "today", None),
    Room("Claims", "claims", "claims:list", "claims", Permission.VIEW_CLAIMS),
    Room("Eligibility", "eligibility", "eligibility:tomorrow", "eligibility", Permission.VIEW_ELIGIBILITY),
    Room("Denials", "denials", "denials:list", "denials", Permission.VIEW_DENIALS),
    Room("Balances", "balances", "balances:board", "balances", Permission.VIEW_BALANCES),
    Room("Remittances", "remittances", "remittances:list", "remittances", Permission.VIEW_REMITTANCES),
    Room("Reports", "reports", "reports:dashboard", "reports", Permission.VIEW_REPORTS, starts_group=True),
    Room("Automations", "automations", "automations:list", "automations", Permission.VIEW_AUTOMATIONS),
    Room("Settings", "settings", "settings:payers", "settings", None),
)
# Pages of the workspace that belong to a room in people's minds.
_AT_HOME = {
    "workspace:today": "today",
    "workspace:worklist": "today",
    "workspace:work_item": "today",
    "workspace:claim": "claims",
    "workspace:visit_conflict": "claims",
}
# Rooms without a place of their own in the navigation.
_LODGERS = {"intake": "claims", "sandbox": "settings", "jobs": "automations"}


@dataclass(frozen=True)
class NavItem:
    label: str
    icon: str
    href: str
    current: bool
    count: int
    alert: bool
    starts_group: bool


@dataclass(frozen=True)
class Links:
    """How the connections to the outside are, in one word and shape."""

    shape: str
    words: str
    detail: str


class Shell:
    def __init__(self, request: HttpRequest) -> None:
        self._request = request

    @property
    def theme(self) -> str:
        chosen = self._request.COOKIES.get("theme", "")
        return chosen if chosen in THEMES else ""

    @property
    def session_seconds(self) -> int:
        """How long the page of somebody signed in stays without work; 0 where nobody is."""
        return settings.SESSION_COOKIE_AGE if self.user_name else 0

    @property
    def search_words(self) -> str:
        """What was searched for, kept in the field on the page of results. It came by POST: names stay out of addresses."""
        match = self._request.resolver_match
        on_search = match is not None and match.view_name == "workspace:search"
        return self._request.POST.get("q", "")[:80] if on_search else ""

    @cached_property
    def role(self) -> Role | None:
        user = getattr(self._request, "user", None)
        return request_role(self._request) if isinstance(user, User) else None

    @property
    def role_label(self) -> str:
        return self.role.label if self.role else "No role yet"

    @property
    def user_name(self) -> str:
        user = getattr(self._request, "user", None)
        return user.display_name if isinstance(user, User) else ""

    @property
    def may_administer(self) -> bool:
        return may(self.role, Permission.CONFIGURE)

    @property
    def has_sandbox(self) -> bool:
        return settings.DEMO_MODE and self.may_administer

    @property
    def may_reveal(self) -> bool:
        """Not on a page that the role alone would not open: numbers stay masked in an emergency."""
        beyond = self.emergency is not None and self.emergency.opens_page
        return may(self.role, Permission.REVEAL_IDENTITY) and not beyond

    @property
    def emergency(self) -> Emergency | None:
        return emergency_of(self._request)

    @cached_property
    def practice_name(self) -> str:
        return Practice.objects.values_list("name", flat=True).first() or "Not set up yet"

    @cached_property
    def navigation(self) -> list[NavItem]:
        here, waiting = self._here(), self._waiting()
        return [
            NavItem(
                label=room.label,
                icon=room.icon,
                href=reverse(room.url_name),
                current=room.namespace == here,
                count=waiting[room.namespace],
                alert=room.namespace == "automations",
                starts_group=room.starts_group,
            )
            for room in ROOMS
            if self.role and (room.permission is None or may(self.role, room.permission))
        ]

    @cached_property
    def links(self) -> Links | None:
        if self.role is None:
            return None
        health = frame.connection_health()
        if not health.number:
            return Links("waiting", "Nothing connected", "No outside system is connected yet")
        if health.failing:
            down = len(health.failing)
            return Links("problem", "1 link down" if down == 1 else f"{down} links down", ", ".join(health.failing))
        if not health.answered:
            return Links("waiting", "Links not tried yet", "Nothing was asked of an outside system yet")
        if untried := health.number - health.answered:
            words = f"{health.answered} of {health.number} links up"
            return Links("waiting", words, f"{untried} not tried yet")
        return Links("good", "All links up", "Every connection answered last time")

    def _here(self) -> str:
        match = self._request.resolver_match
        if match is None:
            return ""
        return _AT_HOME.get(match.view_name, _LODGERS.get(match.namespace, match.namespace))

    @cached_property
    def _waiting_by_page(self) -> dict[str, int]:
        return frame.waiting_by_page(self.role, clock.today()) if self.role else {}

    @property
    def emergencies_waiting(self) -> int:
        """How many records that were opened in an emergency an administrator has still to look into."""
        return self._waiting_by_page.get("settings:emergency", 0)

    def _waiting(self) -> Counter[str]:
        if self.role is None:
            return Counter()
        waiting = Counter[str]()
        for url_name, number in self._waiting_by_page.items():
            room = url_name.partition(":")[0]
            namespace = _AT_HOME.get(url_name, _LODGERS.get(room, room))
            waiting[namespace] += number
            waiting["today"] += number
        if may(self.role, Permission.RUN_AUTOMATIONS):
            waiting["automations"] = frame.failing_steps(clock.now())
        return waiting


def shell(request: HttpRequest) -> dict[str, Shell]:
    """The context processor that settings name."""
    return {"shell": Shell(request)}
