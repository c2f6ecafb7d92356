"""Invented values for the style guide: one example of every component."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

from django import forms
from django.core.paginator import Paginator

from apps.core import clock
from apps.core.chips import Chip
from apps.core.status_words import STATUSES


class SampleForm(forms.Form):
    member_id = forms.CharField(label="Member ID", help_text="As printed on the card")
    authorization = forms.CharField(label="Authorization number", min_length=9)
    payer = forms.ChoiceField(label="Payer", choices=[("summit", "Summit National")])
    note = forms.CharField(label="Note", widget=forms.Textarea(attrs={"rows": 2}), required=False)
    urgent = forms.BooleanField(label="Send with the next batch", required=False)


def context() -> dict[str, Any]:
    now, today = clock.now(), clock.today()
    return {
        "now": now,
        "deadlines": [None, *(today + timedelta(days=days) for days in (-1, 0, 1, 6, 20))],
        "amounts": [Decimal("1234.50"), Decimal("-73.76"), Decimal(0)],
        "statuses": [(key.rpartition(".")[2], key.rpartition(".")[0]) for key in STATUSES],
        "form": SampleForm({"member_id": "BBX 7730 4418", "authorization": "A-77", "payer": "summit"}),
        "page": Paginator(range(312), 50).get_page(2),
        "payers": [Chip("bluebonnet", "Bluebonnet", 12), Chip("summit", "Summit National", 3, "watch")],
        "segments": [
            ("CLP, claim", "CLP*C-41827*1*349*73.76*18.44*12~", False),
            ("CAS, adjustment", "CAS*CO*4*145~", True),
        ],
        "spark_values": [46.8, 47.2, 47.9, 47.5, 47.7, 47.6, 47.2, 47.8, 47.4, 45.1, 38.6, 33.1],
        "refs": [("Target", "< 35"), ("Problem", "> 45"), ("Baseline", "48.0")],
    }
