"""What a person says of a deposit, a credit or their difference."""

from django import forms

from apps.remittances.models import DepositDifference, SetAsideRule


class DepositNoteForm(forms.Form):
    """Why a person says so."""

    note = forms.CharField(label="Note", max_length=300, help_text="Kept with your name.")


class AsideForm(DepositNoteForm):
    """A credit that is no payer's, and perhaps every other like it."""

    reason = forms.ChoiceField(label="What it is", choices=SetAsideRule.Reason.choices)
    text = forms.CharField(
        label="From now on also every credit with this text",
        max_length=60,
        required=False,
        help_text="Empty: this one only. Letters and digits as the bank writes them each time, such as STRIPE TRANSFER.",
    )


class DifferenceForm(DepositNoteForm):
    """What is left of a payment or a credit once the rest is matched."""

    reason = forms.ChoiceField(label="What it is", choices=[("", "Choose"), *DepositDifference.Reason.choices])


class RuleForm(forms.Form):
    text = forms.CharField(label="Text of the bank", max_length=60, help_text="Letters and digits, in any case.")
    reason = forms.ChoiceField(label="What it is", choices=SetAsideRule.Reason.choices)
