"""What a person types about rules: the practice's own, and the reviews of all."""

from typing import Any

from django import forms

from apps.claims.models import PayerRule
from apps.claims.rules.condition_rows import GROUPS, MATCHES
from apps.claims.rules.conditions import condition_test
from apps.claims.rules.facts import FACTS
from apps.claims.rules.fields import FIELDS
from apps.claims.rules.operators import OPERATORS, BadConditionError
from apps.claims.rules.payer_rules import SETTABLE
from apps.core.models import User
from apps.practice.models import Payer
from apps.practice.roles import Permission
from apps.worklist.forms import PersonField, people_with


class PayerRuleForm(forms.Form):
    """A rule of the practice's own, but for its conditions, each of which is a form of its own."""

    name = forms.CharField(max_length=60, help_text="Short, without a patient or a diagnosis: it stands in work lists.")
    payer = forms.ModelChoiceField(
        Payer.objects.none(), to_field_name="public_id", required=False, label="For claims to", empty_label="All payers"
    )
    match = forms.ChoiceField(label="It speaks when", choices=MATCHES)
    action = forms.ChoiceField(label="Then", choices=PayerRule.Action.choices)
    set_field = forms.ChoiceField(
        label="Propose to set",
        required=False,
        choices=[("", "Nothing"), *((name, FIELDS[name].label) for name in SETTABLE)],
        help_text="Procedures, modifiers and units are confirmed by a coder.",
    )
    set_value = forms.CharField(label="New value", required=False, max_length=60)
    sentence = forms.CharField(
        label="Sentence for the biller",
        max_length=240,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="What is wrong and what to do. The line is named before it.",
    )
    effective_from = forms.DateField(
        label="First day of service", required=False, widget=forms.DateInput(attrs={"type": "date"})
    )
    effective_to = forms.DateField(
        label="Last day of service", required=False, widget=forms.DateInput(attrs={"type": "date"})
    )
    reason = forms.CharField(
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="The payer's bulletin, the denials. Name no patient.",
    )
    owner = PersonField(User.objects.none(), to_field_name="public_id", help_text="Who looks at it each quarter.")
    review_on = forms.DateField(
        label="Review on",
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text="Empty: in a quarter.",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, rows in (
            ("payer", Payer.objects.order_by("name")),
            ("owner", people_with(Permission.VIEW_CLAIMS)),
        ):
            field = self.fields[name]
            assert isinstance(field, forms.ModelChoiceField)  # noqa: S101  declared above
            field.queryset = rows


class NoteForm(forms.Form):
    note = forms.CharField(
        label="What you found",
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="Kept with your name. Name no patient.",
    )


class BookOwnerForm(forms.Form):
    """`nobody`: whose work the review is where nobody in person answers for it."""

    owner = PersonField(
        User.objects.none(),
        to_field_name="public_id",
        required=False,
        help_text="Who looks at these rules each quarter.",
    )

    def __init__(self, *args: Any, nobody: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["owner"]
        assert isinstance(field, forms.ModelChoiceField)  # noqa: S101  declared above
        field.queryset = people_with(Permission.EDIT_CLAIMS)
        field.empty_label = nobody


class ConditionForm(forms.Form):
    """One condition. Its fields have the same names in every row; what does not fit together is said beside it."""

    field = forms.ChoiceField(choices=[("", "Choose"), *((fact.name, fact.label) for fact in FACTS.values())])
    operator = forms.ChoiceField(
        label="How", choices=[("", "Choose"), *((name, operator.label) for name, operator in OPERATORS.items())]
    )
    value = forms.CharField(required=False, max_length=300, help_text="Several with commas; a range as 99202 to 99215.")
    group = forms.ChoiceField(choices=[(group, group) for group in GROUPS])

    def clean(self) -> dict[str, Any]:
        try:
            condition_test(self.cleaned_data)
        except BadConditionError as error:
            if not self.errors:
                self.add_error("value", str(error))
        return self.cleaned_data
