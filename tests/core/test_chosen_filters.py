"""What a list is narrowed by, told where its filters are out of sight."""

from decimal import Decimal

import pytest
from django import forms
from django.http import QueryDict
from django.template import Context, Template
from django.test import RequestFactory

from apps.core.chips import Chip, chosen_links

DUE = [Chip("past", "Past due", None, "problem"), Chip("week", "Due in 7 days")]


class Filter(forms.Form):
    payer = forms.ChoiceField(required=False, choices=[("", "All payers"), ("a", "Alpha Health (3)")])
    due = forms.CharField(required=False)
    amount = forms.DecimalField(label="From $", required=False, min_value=Decimal(0))
    number = forms.CharField(label="Claim number", required=False)


def told(address: str) -> list[tuple[str, str]]:
    query = QueryDict(address)
    return [(link.chip.label, link.href) for link in chosen_links(query, Filter(query), {"due": DUE})]


def test_each_chosen_filter_is_told_in_words_and_takes_only_itself_away() -> None:
    assert told("view=all&due=past&payer=a&page=3") == [
        ("Past due", "?view=all&payer=a"),
        ("Alpha Health (3)", "?view=all&due=past"),
    ]


@pytest.mark.parametrize(("address", "words"), [("amount=250", "From $250"), ("number=TL01", "Claim number TL01")])
def test_what_was_typed_is_told_with_its_label(address: str, words: str) -> None:
    assert told(address) == [(words, "?")]


@pytest.mark.parametrize(
    "address", ["", "view=all&sort=-amount", "payer=&amount=", "payer=nobody", "amount=-5", "due=ever"]
)
def test_what_narrows_nothing_is_not_told(address: str) -> None:
    assert told(address) == []


def head(address: str) -> str:
    request = RequestFactory().get(f"/?{address}")
    context = Context({"request": request, "form": Filter(request.GET), "due": DUE})
    return Template("{% load ui %}{% sheet_head form due=due %}").render(context)


def test_the_button_stands_alone_until_something_is_chosen() -> None:
    assert "Filters and views" in head("")
    assert "<ul" not in head("")
    assert "remove this filter" in head("due=past")


def test_a_filter_that_is_refused_is_told_where_its_field_is_out_of_sight() -> None:
    assert "A filter cannot be read" in head("amount=-5")
    assert "A filter cannot be read" not in head("amount=5")


def test_a_list_without_a_form_tells_its_chosen_chip() -> None:
    query = QueryDict("due=past")
    assert [link.chip.label for link in chosen_links(query, None, {"due": DUE})] == ["Past due"]
    request = RequestFactory().get("/?due=past")
    page = Template("{% load ui %}{% sheet_head due=due %}").render(Context({"request": request, "due": DUE}))
    assert "remove this filter" in page


@pytest.mark.parametrize("address", ["", "due=past", "due=ever"])
def test_a_list_that_always_shows_one_of_its_parts_says_which(address: str) -> None:
    (link,) = chosen_links(QueryDict(address), None, {"due": DUE}, "past")
    assert (link.chip.label, link.removes) == ("Past due", False)
