"""What views of any room do to work items at a person's wish. Each returns the sentence that tells what was done."""

from collections.abc import Callable, Collection

from django.http import HttpRequest

from apps.core import clock
from apps.practice.access import role_of, signed_in_user
from apps.practice.roles import Permission, Role, may
from apps.worklist import services
from apps.worklist.forms import AssignForm, DueForm, SnoozeForm
from apps.worklist.models import WorkItem


class NotDoneError(Exception):
    """What was asked for cannot be done; the message says why, for the person who asked."""


def assign_items(
    request: HttpRequest,
    items: Collection[WorkItem],
    *,
    permission: Permission | None,
    asked_of: Callable[[WorkItem], Permission | None] | None = None,
) -> str:
    """To the posted `assignee`, who must be somebody with `permission`, or back to the role. Raises NotDoneError.

    `asked_of`: what each item asks for beyond; those that the person may not do stay where they are, and that is said.
    """
    form = AssignForm(request.POST, permission=permission)
    if not form.is_valid():
        raise NotDoneError("Choose somebody whose role may do this work.")
    if not items:
        raise NotDoneError("Choose some rows first.")
    person = form.cleaned_data["assignee"]
    fit = items if person is None or asked_of is None else _may_do(role_of(person), items, asked_of)
    number = services.assign(items=fit, assignee=person, acting_user=signed_in_user(request), now=clock.now())
    left = len(items) - len(fit)
    stay = f" {left:,} stay: {person.display_name}'s role may not do them." if person and left else ""
    return f"{number:,} given to {person.display_name if person else 'nobody in person'}.{stay}"


def _may_do(
    role: Role | None, items: Collection[WorkItem], asked_of: Callable[[WorkItem], Permission | None]
) -> list[WorkItem]:
    asked = [(item, asked_of(item)) for item in items]
    return [item for item, permission in asked if permission is None or may(role, permission)]


def take_items(request: HttpRequest, items: Collection[WorkItem]) -> str:
    """To the person who asks."""
    user = signed_in_user(request)
    number = services.assign(items=items, assignee=user, acting_user=user, now=clock.now())
    return "It is yours." if number else "It was yours, or is closed."


def snooze_items(request: HttpRequest, items: Collection[WorkItem]) -> str:
    """Until the posted day, each that is not due before. Raises NotDoneError."""
    form = SnoozeForm(request.POST)
    if not form.is_valid():
        raise NotDoneError("Choose the day on which it is to come back.")
    if not items:
        raise NotDoneError("Choose some rows first.")
    try:
        done = services.snooze_many(
            items=items,
            until=form.cleaned_data["until"],
            today=clock.today(),
            acting_user=signed_in_user(request),
            now=clock.now(),
        )
    except services.SnoozeError as refusal:
        raise NotDoneError(str(refusal)) from None
    left = f" {done.too_late:,} stay: they are due before that day." if done.too_late else ""
    return f"{done.snoozed:,} snoozed.{left}"


def set_due_of(request: HttpRequest, item: WorkItem) -> str:
    """On the posted day, or where none is posted on its room's own. Raises NotDoneError."""
    form = DueForm(request.POST)
    if not form.is_valid():
        raise NotDoneError("Choose the day on which it is due.")
    try:
        day = services.set_due(
            item=item,
            due_on=form.cleaned_data["due_on"],
            today=clock.today(),
            acting_user=signed_in_user(request),
            now=clock.now(),
        )
    except services.DueDateError as refusal:
        raise NotDoneError(str(refusal)) from None
    return f"Due on {day:%B} {day.day}, {day.year}." if day else "No day is set."


def note_on(request: HttpRequest, item: WorkItem | None) -> str:
    """Keep the posted `text` with the item. Raises NotDoneError where nothing is written, or there is no task to keep it with."""
    if item is None:
        raise NotDoneError("There is no task here to keep a note with.")
    text = request.POST.get("text", "")
    kept = services.add_note(item=item, text=text, acting_user=signed_in_user(request), now=clock.now())
    if kept is None:
        raise NotDoneError("Write the note first.")
    return "Noted."
