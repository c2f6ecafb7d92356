from django import forms

from apps.intake.models import EmergencyAccess
from apps.intake.services.emergencies import SHORTEST_REASON


class ReasonForm(forms.Form):
    """Why a record cannot wait for somebody whose role opens it."""

    reason = forms.CharField(
        label="Why it cannot wait",
        min_length=SHORTEST_REASON,
        max_length=200,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Kept in the audit trail with your name. Leave out diagnoses and identity numbers.",
    )


class ReviewForm(forms.Form):
    verdict = forms.ChoiceField(label="Was it in order?", choices=[("", "Choose"), *EmergencyAccess.Verdict.choices])
    remark = forms.CharField(
        label="Remark",
        required=False,
        max_length=200,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="Needed where it was not in order: what was wrong, and what follows.",
    )
