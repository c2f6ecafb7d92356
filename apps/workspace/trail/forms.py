from datetime import date
from typing import Any

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator

from apps.workspace.trail import reading
from apps.workspace.trail.reading import NOBODY, Asked
from apps.workspace.trail.wording import kind_words

_DAY = forms.DateInput(attrs={"type": "date"})
# Days that a trail can be of; beyond them dates have no next day, or no moment.
_DAYS = (MinValueValidator(date(2000, 1, 1)), MaxValueValidator(date(2200, 1, 1)))


class TrailForm(forms.Form):
    """What of the trail is asked for, by its address."""

    person = forms.ChoiceField(label="Who", required=False)
    doing = forms.ChoiceField(
        label="Did",
        required=False,
        choices=[
            ("", "Anything"),
            ("reads", "Looked at something"),
            ("changes", "Changed something"),
            ("exports", "Took a file out"),
            ("signing_in", "Signed in or out"),
        ],
    )
    kind = forms.ChoiceField(label="To what", required=False)
    subject = forms.CharField(required=False, max_length=40, widget=forms.HiddenInput)
    patient = forms.CharField(required=False, max_length=16, widget=forms.HiddenInput)
    first = forms.DateField(label="From", required=False, widget=_DAY, validators=_DAYS)
    last = forms.DateField(label="To", required=False, widget=_DAY, validators=_DAYS)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        who, kind = self.fields["person"], self.fields["kind"]
        assert isinstance(who, forms.ChoiceField)  # noqa: S101  declared above
        assert isinstance(kind, forms.ChoiceField)  # noqa: S101  declared above
        people = [(user.public_id, user.display_name) for user in reading.people()]
        who.choices = [("", "Everybody"), *people, (NOBODY, "The system, or nobody signed in")]
        kinds = [(name, kind_words(name)) for name in reading.kinds()]
        kind.choices = [("", "Everything"), *((name, f"{words[:1].upper()}{words[1:]}") for name, words in kinds)]

    def clean(self) -> dict[str, Any]:
        told: dict[str, Any] = super().clean() or {}
        first, last = told.get("first"), told.get("last")
        if first and last and last < first:
            self.add_error("last", "This day is before the first one.")
        return told

    def asked(self) -> Asked:
        return Asked(**self.cleaned_data)
