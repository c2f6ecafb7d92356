"""What a person types about work of any kind: whose it is, when it comes back, what was found."""

from decimal import Decimal
from typing import Any

from django import forms
from django.db.models import QuerySet

from apps.core.models import User
from apps.practice.models import Membership
from apps.practice.roles import PERMISSIONS, Permission


def people_with(permission: Permission | None) -> "QuerySet[User]":
    """Those whose role has it, by name; None: all who have a role."""
    roles = [role.value for role, granted in PERMISSIONS.items() if permission is None or permission in granted]
    members = Membership.objects.filter(role__in=roles).values("user")
    return User.objects.filter(is_active=True, pk__in=members).order_by("last_name", "first_name")


class PersonField(forms.ModelChoiceField):  # type: ignore[type-arg]  # generic in the stubs only
    def label_from_instance(self, obj: User) -> str:
        return obj.display_name


class LeastAmountField(forms.DecimalField):
    """A list's filter by money, in dollars: what is at stake at least."""

    def __init__(self) -> None:
        super().__init__(label="From $", required=False, min_value=0, max_digits=10, decimal_places=2)


def least_amount(text: str) -> Decimal | None:
    """Of an address, in dollars; None where it is empty, nothing or refused, which the form says beside the field."""
    try:
        amount: Decimal | None = LeastAmountField().clean(text)
    except forms.ValidationError:
        return None
    return amount or None


class AssignForm(forms.Form):
    """To one of those whose role may do this work (`permission`; None: any role). Empty: back to the role."""

    assignee = PersonField(
        User.objects.none(), to_field_name="public_id", required=False, label="Give to", empty_label="Nobody in person"
    )

    def __init__(self, *args: Any, permission: Permission | None, label: str = "Give to", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["assignee"]
        field.label = label
        assert isinstance(field, forms.ModelChoiceField)  # noqa: S101  declared above
        field.queryset = people_with(permission)


class SnoozeForm(forms.Form):
    until = forms.DateField(label="Snooze until", widget=forms.DateInput(attrs={"type": "date"}))


class DueForm(forms.Form):
    """By when it is to be done; empty: by the room's own day."""

    due_on = forms.DateField(label="Due on", required=False, widget=forms.DateInput(attrs={"type": "date"}))


class NoteForm(forms.Form):
    text = forms.CharField(label="Note", widget=forms.Textarea(attrs={"rows": 2}))


class ViewNameForm(forms.Form):
    """What a saved view is called."""

    name = forms.CharField(
        label="Name of the view",
        max_length=60,
        help_text="No patient's name or number: others may read it. What you searched for is not saved.",
        error_messages={"required": "Give the view a name.", "max_length": "A view's name has at most 60 characters."},
    )
