from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from apps.core.money import MoneyField
from apps.core.public_ids import PublicIdModel


class WorkItem(PublicIdModel):
    """Something that needs a person. The room whose row points here knows what it is about; `url` names its page."""

    class State(models.TextChoices):
        OPEN = "open"
        DONE = "done"
        WITHDRAWN = "withdrawn"

    class OwnerRole(models.TextChoices):
        ADMINISTRATOR = "administrator"
        BILLER = "biller"
        CODER = "coder"
        FRONT_DESK = "front_desk"

    kind = models.CharField(max_length=40)
    title = models.CharField(max_length=200)
    owner_role = models.CharField(max_length=20, choices=OwnerRole)
    assignee = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="work_items"
    )
    state = models.CharField(max_length=10, choices=State, default=State.OPEN)
    due_on = models.DateField(null=True, blank=True)
    due_at = models.DateTimeField(null=True, blank=True)
    set_due_on = models.DateField(null=True, blank=True, help_text="The day that a person chose")
    room_due_on = models.DateField(null=True, blank=True, help_text="The room's own day, in whose place that stands")
    snoozed_until = models.DateField(null=True, blank=True)
    amount_at_stake = MoneyField(null=True, blank=True)
    url_name = models.CharField(max_length=60)
    subject_public_id = models.CharField(max_length=40)
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    outcome = models.CharField(max_length=200, blank=True)

    class Meta:
        indexes = [
            # A role's work in its order, and all that is counted of it, without the rows themselves.
            models.Index(
                "owner_role",
                F("due_on").asc(nulls_first=True),
                F("amount_at_stake").desc(nulls_last=True),
                "id",
                condition=Q(state="open"),
                include=["url_name", "assignee", "snoozed_until", "kind"],
                name="work_open_by_role_queue",
            ),
            models.Index(fields=["kind", "state"]),
            models.Index(fields=["subject_public_id"]),
            # A queue of one kind in its order, and all that is counted of it, without the rows themselves.
            models.Index(
                "kind",
                F("due_on").asc(nulls_first=True),
                F("amount_at_stake").desc(),
                "id",
                condition=Q(state="open"),
                include=["assignee", "snoozed_until", "opened_at"],
                name="work_open_queue",
            ),
            models.Index(fields=["kind", "opened_at"], condition=Q(state="open"), name="work_open_by_age"),
            models.Index(
                fields=["closed_at"],
                condition=Q(state="done"),
                include=["kind", "closed_by", "opened_at"],
                name="work_done_when",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def is_due_by_hand(self) -> bool:
        """Not any more where the room has set another day since."""
        return self.set_due_on is not None and self.set_due_on == self.due_on


class WorkNote(models.Model):
    """What a person noted: on a task, or where there is none on a claim or a patient."""

    item = models.ForeignKey(WorkItem, null=True, blank=True, on_delete=models.PROTECT, related_name="notes")
    about = models.CharField(
        max_length=40,
        blank=True,
        default="",
        db_default="",
        help_text="Public id of the claim or patient; empty: on a task",
    )
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    text = models.TextField()

    class Meta:
        ordering = ["at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(item=None) ^ models.Q(about=""), name="work_note_stands_on_one_thing"
            )
        ]
        indexes = [models.Index(fields=["about"], condition=~models.Q(about=""), name="work_note_about")]

    def __str__(self) -> str:
        return self.text[:60]

    @property
    def stands_on(self) -> str:
        return self.item.title if self.item else "Note"


class SavedView(PublicIdModel):
    """A list's filter and order under a name: the query of its address, without what was searched for. `role`: who else sees it."""

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    of_list = models.CharField(max_length=40)
    name = models.CharField(max_length=60)
    query = models.CharField(max_length=1000)
    role = models.CharField(max_length=20, choices=WorkItem.OwnerRole, blank=True)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["owner", "of_list", "name"], name="saved_view_named_once"),
        ]
        indexes = [models.Index(fields=["of_list", "role"], name="saved_view_by_role")]

    def __str__(self) -> str:
        return self.name


class ListChoice(models.Model):
    """How one person has one list: the columns left out, and the view that it opens with."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    of_list = models.CharField(max_length=40)
    left_out = ArrayField(models.CharField(max_length=30), default=list, blank=True)
    opens_with = models.ForeignKey(SavedView, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "of_list"], name="list_choice_once"),
        ]

    def __str__(self) -> str:
        return self.of_list


class Selection(PublicIdModel):
    """All rows of a list's filter as they stood when a person selected them; a person has one of each list, and the next takes its
    place. `items` are primary keys of work items, `query` the filter in one order of names.
    """

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    of_list = models.CharField(max_length=40)
    query = models.TextField(blank=True)
    items = ArrayField(models.BigIntegerField())
    taken_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["owner", "of_list"], name="selection_once"),
        ]

    def __str__(self) -> str:
        return f"{len(self.items)} of {self.of_list}"


class DueAlert(PublicIdModel):
    """Whether a person wants a mail on each day on which work is due, and how far that of `day` is. One a person.

    `sending`: handed to the mail server, with no answer known. What was cut off there is not sent again that day.
    """

    class State(models.TextChoices):
        WAITING = "waiting"
        SENDING = "sending"
        SENT = "sent"
        REFUSED = "refused"
        NOT_NEEDED = "not_needed"

    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="due_alert")
    is_on = models.BooleanField(default=False)
    day = models.DateField(null=True, blank=True)
    state = models.CharField(max_length=10, choices=State, default=State.NOT_NEEDED)

    class Meta:
        indexes = [models.Index(fields=["state"], condition=Q(state="waiting"), name="due_alert_waiting")]

    def __str__(self) -> str:
        return self.public_id
