"""What of the outside world may be turned. Shares are typed in percent; a knob's own unit is a share between 0 and 1."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django import forms

from apps.core.reason_codes import carc_sentence

ACTS = (
    ("default", "Each as they are"),
    ("pay_now", "Pay at once"),
    ("pay_later", "Pay days later"),
    ("open_only", "Open the link and do not pay"),
    ("stop", "Text STOP"),
    ("never", "Do not open it"),
)


class PercentField(forms.DecimalField):
    def __init__(self, label: str, help_text: str = "") -> None:
        super().__init__(label=label, help_text=help_text, min_value=0, max_value=100, decimal_places=2)


class KnobsForm(forms.Form):
    """Its fields bear the names of knobs."""

    @classmethod
    def of(cls, knobs: Mapping[str, Any]) -> "KnobsForm":
        form = cls()
        for name, field in form.fields.items():
            field.initial = _shown(field, knobs[name])
        return form

    def changes(self) -> dict[str, Any]:
        return {name: _turned(self.fields[name], value) for name, value in self.cleaned_data.items()}


def _shown(field: forms.Field, value: Any) -> Any:
    if isinstance(field, PercentField):
        return _plain(Decimal(str(value)) * 100)
    return _plain(Decimal(str(value))) if isinstance(field, forms.DecimalField) else value


def _plain(number: Decimal) -> str:
    return f"{number:.2f}".rstrip("0").rstrip(".")


def _turned(field: forms.Field, value: Any) -> Any:
    if isinstance(field, PercentField):
        return float(value) / 100
    return float(value) if isinstance(value, Decimal) else value


class PayersForm(KnobsForm):
    days_to_pay = forms.IntegerField(
        label="Days to pay",
        required=False,
        min_value=0,
        max_value=120,
        widget=forms.NumberInput(attrs={"placeholder": "Each payer's own"}),
    )
    payer_reject = PercentField("Refused at the payer's door, %")
    underpays = PercentField("Allowed below the contract, %")
    recoupment = PercentField("Taken back later, %")


class ClearinghouseForm(KnobsForm):
    clearinghouse_reject = PercentField("Refused by the clearinghouse, %")
    response_delay_hours = forms.DecimalField(label="Answers late by, hours", min_value=0, max_value=240)
    eligibility_down = PercentField("Eligibility not answered, %")
    repeat_835 = PercentField("Remittances sent twice, %")


class LinksForm(KnobsForm):
    http_500 = PercentField("Requests that fail, %")
    http_429 = PercentField("Requests sent away as too many, %")
    slow_seconds = forms.DecimalField(label="Each answer slower by, seconds", min_value=0, max_value=30)
    undelivered = PercentField("Texts not delivered, %")


class MixForm(forms.Form):
    """How many claims of a hundred each reason denies; a claim is denied for one reason, so together they are a hundred at most."""

    def __init__(self, *args: Any, denials: Mapping[str, float], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for code, share in denials.items():
            field = self.fields[f"code_{code}"] = PercentField(f"{code}: {carc_sentence(code)}")
            field.initial = _plain(Decimal(str(share)) * 100)

    def clean(self) -> dict[str, Any]:
        shares = sum((value for value in self.cleaned_data.values() if value), Decimal(0))
        if shares > 100:
            raise forms.ValidationError(f"These come to {_plain(shares)} of a hundred claims: lower some.")
        return self.cleaned_data

    def changes(self) -> dict[str, Any]:
        return {
            "denials": {name.removeprefix("code_"): float(value) / 100 for name, value in self.cleaned_data.items()}
        }


class DenyForm(forms.Form):
    claim = forms.CharField(label="Claim number", max_length=20)
    code = forms.ChoiceField(label="Denied because")

    def __init__(self, *args: Any, codes: Mapping[str, float], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["code"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101  declared above
        field.choices = [(code, f"{code}: {carc_sentence(code)}") for code in codes] + [
            ("", "Not at all: as its policy says")
        ]
        field.required, field.initial = False, next(iter(codes), "")


class PatientsForm(forms.Form):
    act = forms.ChoiceField(label="What patients do about a text", choices=ACTS)
