from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django import forms
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile

from apps.core.reason_codes import CARCS
from apps.core.text_upload import TextFileField
from apps.practice.models import Payer
from apps.practice.services.import_fees import LARGEST as LARGEST_FEES
from apps.remittances.models import DepositDifference, SetAsideRule
from apps.remittances.rules.by_hand import HandPosting
from apps.remittances.rules.classes import GROUPS, AdjustmentClass, ClassRow
from apps.remittances.rules.entered import EnteredAdjustment, UnreadableEntryError, read_provider_adjustments
from apps.remittances.services.enter_eob import METHODS
from apps.remittances.services.settle_underpayment import BY_A_PERSON
from apps.remittances.services.take_file import LARGEST_UPLOAD

TOO_LARGE = "The file is larger than 20 MB. Ask the clearinghouse to send it in parts."
TOO_LARGE_BANK_FILE = "The file is larger than 20 MB. Export fewer days at a time."


class UploadForm(forms.Form):
    """`sent` is the request's size in bytes: of one that is too large the file is not read, so none is in it."""

    file = forms.FileField(
        label="Remittance file (835)", help_text="As the payer or clearinghouse gave it, up to 20 MB."
    )

    def __init__(self, *args: Any, sent: int = 0, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if sent > settings.FILE_UPLOAD_MAX_MEMORY_SIZE:
            self.fields["file"].error_messages["required"] = TOO_LARGE

    def clean_file(self) -> "UploadedFile[bytes]":
        file: UploadedFile[bytes] = self.cleaned_data["file"]
        if (file.size or 0) > LARGEST_UPLOAD:
            raise forms.ValidationError(TOO_LARGE)
        return file


class NoteForm(forms.Form):
    """How an exception is settled otherwise than by hand."""

    note = forms.CharField(
        label="Note", max_length=500, widget=forms.Textarea(attrs={"rows": 2}), help_text="Kept with your name."
    )
    claim = forms.CharField(max_length=16, required=False, widget=forms.HiddenInput)


class HandForm(NoteForm):
    """Amounts from the payer's paper or portal, dollars. What they leave of the charge is denied by the code."""

    contractual = forms.DecimalField(label="Contract write-off", min_value=0, decimal_places=2, required=False)
    deductible = forms.DecimalField(label="Deductible", min_value=0, decimal_places=2, required=False)
    coinsurance = forms.DecimalField(label="Coinsurance", min_value=0, decimal_places=2, required=False)
    copay = forms.DecimalField(label="Copay", min_value=0, decimal_places=2, required=False)
    denial_code = forms.ChoiceField(label="Rest denied because", required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        codes = [(code, f"{code}: {sentence}") for code, sentence in CARCS.items()]
        denial_code = self.fields["denial_code"]
        assert isinstance(denial_code, forms.ChoiceField)  # noqa: S101  declared above
        denial_code.choices = [("", "Nothing is left"), *codes]

    def posting(self, paid: Decimal) -> HandPosting:
        """`paid` as the remittance says it; a form that asks for it counts instead."""
        names = ("contractual", "deductible", "coinsurance", "copay")
        amounts = {name: self.cleaned_data[name] or Decimal("0.00") for name in names}
        return HandPosting(
            paid=self.cleaned_data.get("paid", paid), denial_code=self.cleaned_data["denial_code"], **amounts
        )


class SpoiledHandForm(HandForm):
    """For a claim that the file spoils: what was paid is not known from it either."""

    paid = forms.DecimalField(
        label="Paid", min_value=0, decimal_places=2, help_text="From what no other claim explains of this payment."
    )


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


class FeesForm(_PayerForm):
    """The file's text once more, after its difference was shown."""

    text = forms.CharField(max_length=LARGEST_FEES, strip=False)


class BankFileForm(forms.Form):
    """A bank's export. `sent` as in `UploadForm`."""

    file = forms.FileField(label="Bank file (CSV)", help_text="As the bank's site exports it, up to 20 MB.")
    account = forms.CharField(
        label="Account",
        max_length=60,
        required=False,
        widget=forms.TextInput(attrs={"list": "accounts", "autocomplete": "off"}),
        help_text="Leave it empty where the file's columns tell which account it is.",
    )

    def __init__(self, *args: Any, sent: int = 0, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if sent > settings.FILE_UPLOAD_MAX_MEMORY_SIZE:
            self.fields["file"].error_messages["required"] = TOO_LARGE_BANK_FILE

    def clean_file(self) -> "UploadedFile[bytes]":
        file: UploadedFile[bytes] = self.cleaned_data["file"]
        if (file.size or 0) > LARGEST_UPLOAD:
            raise forms.ValidationError(TOO_LARGE_BANK_FILE)
        return file


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


def _dollars_input() -> forms.TextInput:
    return forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"})


class SplitForm(forms.Form):
    """What of the money goes to no claim, and why it is split. The claims themselves are read by `views.typed`."""

    apart = forms.DecimalField(
        label="Set apart",
        min_value=0,
        max_digits=12,
        decimal_places=2,
        required=False,
        widget=_dollars_input(),
        help_text="Dollars that belong to none of these claims. They wait as cash not applied.",
    )
    note = forms.CharField(
        label="Note", max_length=500, widget=forms.Textarea(attrs={"rows": 2}), help_text="Kept with your name."
    )


class ApplyForm(forms.Form):
    """Why money that was set apart belongs to these claims."""

    note = forms.CharField(
        label="Note", max_length=500, widget=forms.Textarea(attrs={"rows": 2}), help_text="Kept with your name."
    )


class EobForm(forms.Form):
    """The head of a payer's paper. Its claims are read by `views.typed`."""

    payer = forms.ModelChoiceField(Payer.objects.none(), to_field_name="public_id", empty_label="Choose")
    method = forms.ChoiceField(label="Paid by", choices=list(METHODS.items()))
    trace_number = forms.CharField(
        label="Number of the check or transfer",
        max_length=50,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text="For an EOB without a payment, its own number.",
    )
    paid_on = forms.DateField(
        label="Date of the payment", widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    amount = forms.DecimalField(
        label="Amount",
        min_value=0,
        max_digits=12,
        decimal_places=2,
        widget=_dollars_input(),
        help_text="0.00 if nothing was paid.",
    )
    adjustments = forms.CharField(
        label="Adjustments of the payment as a whole",
        max_length=300,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text="Such as WO 25.00; interest paid to us is L6 -1.20. Positive takes from the payment.",
    )
    leave_rest = forms.BooleanField(
        label="What no claim explains waits as an exception",
        required=False,
        help_text="For a part that is not ours, or that the paper does not explain.",
    )
    note = forms.CharField(
        label="Note",
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="Where the paper is kept, for instance. Kept with your name.",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["payer"]
        assert isinstance(field, forms.ModelChoiceField)  # noqa: S101  declared above
        field.queryset = Payer.objects.order_by("name")

    def clean_adjustments(self) -> tuple[EnteredAdjustment, ...]:
        try:
            return read_provider_adjustments(self.cleaned_data["adjustments"])
        except UnreadableEntryError as refusal:
            raise forms.ValidationError(str(refusal)) from None


class UndoForm(forms.Form):
    """Why a payment that was entered from paper is undone."""

    note = forms.CharField(
        label="Note",
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="What was wrong with it. Kept with your name.",
    )


class VersionForm(forms.Form):
    """The version of a claim that a payer's answer is for."""

    version = forms.TypedChoiceField(label="It answers", coerce=int)
    note = forms.CharField(
        label="Note",
        max_length=200,
        help_text="How you found out: who at the payer said so, or what its portal shows. Kept with your name.",
    )

    def __init__(self, *args: Any, versions: Sequence[tuple[int, int]], **kwargs: Any) -> None:
        """`versions`: by what each is known, and its number."""
        super().__init__(*args, **kwargs)
        field = self.fields["version"]
        if isinstance(field, forms.TypedChoiceField):
            field.choices = [("", "Choose"), *((key, f"Version {number}") for key, number in versions)]


class ReversalForm(forms.Form):
    """A payer's letter that takes an answer back."""

    letter_on = forms.DateField(
        label="Date of the letter", widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    note = forms.CharField(
        label="Note",
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="Which letter asks for it, and where it is kept. Kept with your name.",
    )
