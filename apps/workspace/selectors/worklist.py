"""The work of all rooms in one list: whose it is, what it is narrowed to, and what was done with one item."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from django.db.models import Count, F, Q, QuerySet

from apps.audit.models import AuditEvent
from apps.core.models import User
from apps.practice.roles import Permission, Role
from apps.worklist.models import WorkItem
from apps.worklist.open_pages import on_open_pages, page_permissions
from apps.worklist.snoozing import awake
from apps.workspace.rules.doing import permission_to_do

WEEK = timedelta(days=7)
DUE = {"over": "Past due", "today": "Due today", "week": "Next 7 days", "none": "Without a date"}
SORTS = {"due": "due_on", "amount": "amount_at_stake", "opened": "opened_at", "step": "title"}
_OPEN = Q(state=WorkItem.State.OPEN)


class Tab(StrEnum):
    MINE = "mine"
    ROLE = "role"
    UNASSIGNED = "unassigned"
    SNOOZED = "snoozed"
    DONE = "done"


_TAB_LABELS = {
    Tab.MINE: "Mine",
    Tab.ROLE: "My role's",
    Tab.UNASSIGNED: "Unassigned",
    Tab.SNOOZED: "Snoozed",
    Tab.DONE: "Done",
}


@dataclass(frozen=True, slots=True)
class Viewer:
    """Who looks, and on which day of the practice."""

    user: User
    role: Role
    today: date


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that was done with an item. `who` is empty where nobody did it."""

    at: datetime
    what: str
    who: str
    text: str = ""


def asked_of(item: WorkItem) -> Permission | None:
    """What doing the item asks for; None: any role."""
    return permission_to_do(item.kind, item.url_name, page_permissions()[item.url_name])


def visible_work(viewer: Viewer) -> "QuerySet[WorkItem]":
    """Work of the person's role or given to the person, of any state, whose page the role may open."""
    return _on_open_pages(viewer).filter(_ones_own(viewer))


def _on_open_pages(viewer: Viewer) -> "QuerySet[WorkItem]":
    return WorkItem.objects.filter(on_open_pages(viewer.role)).select_related("assignee", "closed_by")


def _ones_own(viewer: Viewer) -> Q:
    return Q(owner_role=viewer.role.value) | Q(assignee=viewer.user)


def _in_tab(tab: Tab, viewer: Viewer) -> Q:
    """Each says by itself whose it is: an index finds one role's, or one person's, and not either's."""
    visible = _OPEN & awake(viewer.today)
    role = Q(owner_role=viewer.role.value)
    return {
        Tab.MINE: visible & Q(assignee=viewer.user),
        Tab.ROLE: visible & role,
        Tab.UNASSIGNED: visible & role & Q(assignee=None),
        Tab.SNOOZED: _OPEN & Q(snoozed_until__gt=viewer.today) & _ones_own(viewer),
        Tab.DONE: ~_OPEN & _ones_own(viewer),
    }[tab]


def work_in(tab: Tab, viewer: Viewer) -> "QuerySet[WorkItem]":
    return _on_open_pages(viewer).filter(_in_tab(tab, viewer))


@dataclass(frozen=True, slots=True)
class Heaps:
    """How many items of each kind stand in each tab. Those that are done are counted for their own tab only."""

    of: dict[Tab, dict[str, int]]

    def total(self, tab: Tab) -> int:
        return sum(self.of.get(tab, {}).values())

    def kinds(self, tab: Tab) -> list[tuple[str, int]]:
        """The most frequent first."""
        return sorted(self.of.get(tab, {}).items(), key=lambda each: (-each[1], each[0]))

    @property
    def tabs(self) -> list[tuple[str, str, int | None]]:
        """Each tab's key and words, and how many items it has; of those that are done nobody asks."""
        return [(tab.value, _TAB_LABELS[tab], None if tab is Tab.DONE else self.total(tab)) for tab in Tab]


def heaps(viewer: Viewer, *, tab: Tab) -> Heaps:
    """Every open item is looked at once for all that is counted of it."""
    counted = [each for each in Tab if each is not Tab.DONE]
    numbers = {each.value: Count("pk", filter=_in_tab(each, viewer)) for each in counted}
    rows = visible_work(viewer).filter(_OPEN).order_by().values_list("kind").annotate(**numbers)
    of: dict[Tab, dict[str, int]] = {each: {} for each in Tab}
    for kind, *of_kind in rows:
        for each, number in zip(counted, of_kind, strict=True):
            of[each] |= {kind: number} if number else {}
    if tab is Tab.DONE:
        of[tab] = dict(work_in(tab, viewer).order_by().values_list("kind").annotate(number=Count("pk")))
    return Heaps(of)


def kind_words(kind: str) -> str:
    return kind.replace("_", " ").capitalize()


def due_in(rows: "QuerySet[WorkItem]", due: str, today: date) -> "QuerySet[WorkItem]":
    """Those that are due as one of DUE says; all where it says nothing."""
    wanted = {
        "over": Q(due_on__lt=today),
        "today": Q(due_on=today),
        "week": Q(due_on__gt=today, due_on__lte=today + WEEK),
        "none": Q(due_on=None),
    }
    return rows.filter(wanted[due]) if due in wanted else rows


def in_order(rows: "QuerySet[WorkItem]", sort: str, tab: Tab) -> "QuerySet[WorkItem]":
    """By one of SORTS, with a minus downwards. Else the nearest deadline first, then the most money; done: the latest first."""
    name = SORTS.get(sort.removeprefix("-"))
    if name:
        order = F(name).desc(nulls_last=True) if sort.startswith("-") else F(name).asc(nulls_last=True)
        return rows.order_by(order, "pk")
    if tab is Tab.DONE:
        return rows.order_by("-closed_at", "-pk")
    return rows.order_by(F("due_on").asc(nulls_first=True), F("amount_at_stake").desc(nulls_last=True), "pk")


def item_history(item: WorkItem) -> list[Event]:
    """Oldest first: opened, given, put off, due anew, noted, closed. Who did the first four stands in the audit trail."""
    trail = AuditEvent.objects.filter(
        subject_kind="work_item",
        action__in=("assign", "snooze", "set_due"),
        at__gte=item.opened_at,
        detail__items__contains=[item.public_id],
    ).select_related("actor")
    moves = list(trail)
    people = _names({event.detail.get("assignee", "") for event in moves})
    events = [Event(event.at, _move(event, people), event.actor.display_name if event.actor else "") for event in moves]
    notes = item.notes.select_related("author")
    events += [Event(note.at, "Note", note.author.display_name, note.text) for note in notes]
    events.append(Event(item.opened_at, "Opened", ""))
    if item.closed_at:
        what = "Done" if item.state == WorkItem.State.DONE else "Withdrawn: nothing was left to do"
        events.append(Event(item.closed_at, what, item.closed_by.display_name if item.closed_by else "", item.outcome))
    return sorted(events, key=lambda event: event.at)


def _move(event: AuditEvent, people: dict[str, str]) -> str:
    if event.action == "snooze":
        return f"Snoozed until {date.fromisoformat(event.detail['until']):%B %-d, %Y}"
    if event.action == "set_due":
        due_on, is_by_hand = event.detail["due_on"], event.detail.get("by_hand", True)
        how = "set by hand" if is_by_hand else "its own day again"
        return f"Due on {date.fromisoformat(due_on):%B %-d, %Y}, {how}" if due_on else "Due without a day again"
    given = event.detail.get("assignee", "")
    return f"Given to {people.get(given, 'somebody')}" if given else "Given back to the role"


def _names(public_ids: set[str]) -> dict[str, str]:
    return {user.public_id: user.display_name for user in User.objects.filter(public_id__in=public_ids)}
