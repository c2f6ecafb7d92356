"""What payers agreed to pay, how their reductions are posted, and what became of an underpayment."""

from typing import Any

from django import forms

from apps.core.text_upload import TextFileField
from apps.practice.models import Payer
from apps.practice.services.import_fees import LARGEST as LARGEST_FEES
from apps.remittances.rules.classes import GROUPS, AdjustmentClass, ClassRow
from apps.remittances.services.settle_underpayment import BY_A_PERSON


class UnderpaymentForm(forms.Form):
    outcome = forms.ChoiceField(
        label="What became of it",
        choices=[("", "Choose"), *((state.value, state.label) for state in BY_A_PERSON)],
    )
    note = forms.CharField(
        label="Note",
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="What was sent or agreed, and when. Kept with your name.",
    )


class _PayerForm(forms.Form):
    payer = forms.ModelChoiceField(Payer.objects.none(), to_field_name="public_id", empty_label="Choose")
    source = forms.CharField(
        label="Where the prices are written",
        max_length=200,
        help_text="The contract and its exhibit, for instance. It stands beside each price in a dispute.",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["payer"]
        assert isinstance(field, forms.ModelChoiceField)  # noqa: S101  declared above
        field.queryset = Payer.objects.order_by("name")


class FeeFileForm(_PayerForm):
    file = TextFileField(
        largest=LARGEST_FEES,
        label="Fee schedule (CSV)",
        help_text="Columns: procedure, modifier, allowed, effective, ends. Up to 2 MB.",
    )


class FeesForm(_PayerForm):
    """The file's text once more, after its difference was shown."""

    text = forms.CharField(max_length=LARGEST_FEES, strip=False)


class CapitatedForm(_PayerForm):
    """A payer that pays by the month."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["source"].label = "Where it is agreed"
        self.fields["source"].help_text = "The capitation agreement and its first day, for instance."


class ClassForm(forms.Form):
    """A row of the table of adjustment classes. Codes only: what they mean is their owner's text."""

    payer = forms.ModelChoiceField(
        Payer.objects.none(), to_field_name="public_id", empty_label="Every payer", required=False
    )
    group = forms.ChoiceField(
        choices=[("", "Any group"), *((group, group) for group in GROUPS)], required=False, label="Group"
    )
    carc = forms.CharField(label="Reason code (CARC)", max_length=5)
    rarc = forms.CharField(
        label="Remark code (RARC)", max_length=10, required=False, help_text="Empty: with any remark code, or none."
    )
    adjustment_class = forms.ChoiceField(
        label="Posted as",
        choices=[("", "Choose"), *((each.value, each.replace("_", " ").capitalize()) for each in AdjustmentClass)],
    )
    source = forms.CharField(
        label="Where the rule is written", max_length=200, help_text="The contract, the payer's manual, a letter."
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["payer"]
        assert isinstance(field, forms.ModelChoiceField)  # noqa: S101  declared above
        field.queryset = Payer.objects.order_by("name")

    def clean_carc(self) -> str:
        return str(self.cleaned_data["carc"]).strip().upper()

    def clean_rarc(self) -> str:
        return str(self.cleaned_data["rarc"]).strip().upper()

    def row(self) -> ClassRow:
        told = self.cleaned_data
        payer_id = told["payer"].pk if told["payer"] else None
        return ClassRow(told["carc"], AdjustmentClass(told["adjustment_class"]), told["group"], told["rarc"], payer_id)
