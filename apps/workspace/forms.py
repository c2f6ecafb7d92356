"""What a person types on the pages of the workspace."""

from django import forms

from apps.core.models import User
from apps.worklist.forms import PersonField


class HospiceForm(forms.Form):
    """A patient's hospice election; with a first day that is known already, its last day is set."""

    starts_on = forms.DateField(label="Elected from", widget=forms.DateInput(attrs={"type": "date"}))
    ends_on = forms.DateField(
        label="Last day",
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text="Empty: it is in force.",
    )
    source = forms.CharField(
        label="Where it was learned", max_length=120, help_text="The hospice's letter, the payer's answer."
    )


class WorklistFilterForm(forms.Form):
    """What narrows the worklist beside its chips. People are offered whatever their role: work may have been theirs."""

    kind = forms.SlugField(required=False, max_length=40, widget=forms.HiddenInput)
    assignee = PersonField(
        User.objects.filter(is_active=True).order_by("last_name", "first_name"),
        to_field_name="public_id",
        required=False,
        label="Owner",
        empty_label="Anybody",
    )
    amount = forms.DecimalField(label="From $", required=False, min_value=0, max_digits=10)
