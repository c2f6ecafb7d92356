"""Two people, or a person and the EHR, change one claim at the same time: nobody's word is undone unseen."""

from datetime import datetime

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from apps.claims.models import Claim, FieldChange
from apps.claims.rules.fields import Change
from apps.claims.services import ChangedMeanwhileError, edit_claim
from apps.practice.roles import Role
from tests.claims.pages import held
from tests.factories.practice import UserFactory

pytestmark = pytest.mark.django_db


def page_of(client: Client, claim: Claim) -> dict[str, str]:
    """All that the page's form sends when nothing is typed."""
    form = client.get(reverse("claims:exception", args=[claim.public_id])).context["form"]
    return {name: form[name].value() or "" for name in form.fields} | dict(form.shown)


def save(client: Client, claim: Claim, fields: dict[str, str]) -> HttpResponse:
    return client.post(reverse("claims:edit", args=[claim.public_id]), fields)


@pytest.fixture
def claim(now: datetime) -> Claim:
    return held(now, encounter__coverage__member_id="")


def test_the_page_sends_what_it_showed(biller: Client, claim: Claim) -> None:
    text = biller.get(reverse("claims:exception", args=[claim.public_id])).content.decode()
    assert f'<input type="hidden" name="shown.patient.city" value="{claim.patient.city}">' in text
    # A coder's field cannot be typed in by a biller.
    assert "shown.line.units.1" not in text


@pytest.mark.long
def test_what_another_changed_meanwhile_stays_where_this_one_typed_elsewhere(biller: Client, claim: Claim) -> None:
    mine = page_of(biller, claim)
    theirs = page_of(biller, claim) | {"patient.line1": "12 New Street"}
    assert save(biller, claim, theirs).status_code == 302
    assert save(biller, claim, mine | {"patient.city": "Elgin"}).status_code == 302
    claim.patient.refresh_from_db()
    assert (claim.patient.line1, claim.patient.city) == ("12 New Street", "Elgin")
    assert claim.field_changes.filter(field="patient.line1").count() == 1


@pytest.mark.long
def test_who_types_where_another_has_typed_meanwhile_is_told_and_decides(biller: Client, claim: Claim) -> None:
    mine = page_of(biller, claim) | {"patient.line1": "7 Mine", "patient.city": "Elgin"}
    save(biller, claim, page_of(biller, claim) | {"patient.line1": "12 New Street", "patient.state": "OK"})
    answer = save(biller, claim, mine)
    assert answer.status_code == 422
    text = answer.content.decode()
    assert "Street was changed meanwhile, to “12 New Street”. Save again to put yours in its place." in text
    claim.patient.refresh_from_db()
    assert (claim.patient.line1, claim.patient.city == "Elgin") == ("12 New Street", False)
    form = answer.context["form"]
    again = {name: form[name].value() or "" for name in form.fields} | dict(form.shown)
    assert save(biller, claim, again).status_code == 302
    claim.patient.refresh_from_db()
    assert (claim.patient.line1, claim.patient.city, claim.patient.state) == ("7 Mine", "Elgin", "OK")


def test_a_change_that_slips_in_before_the_claim_is_locked_is_not_undone(claim: Claim, now: datetime) -> None:
    change = Change("patient.city", "Elgin", before="Somewhere else")
    with pytest.raises(ChangedMeanwhileError, match="City was changed meanwhile"):
        edit_claim(claim_id=claim.public_id, changes=[change], acting_user=UserFactory(role=Role.BILLER), now=now)
    assert not FieldChange.objects.exists()


@pytest.mark.long
@pytest.mark.parametrize(
    ("told", "kept"),
    [(["EM", "AA"], ["EM", "AA"]), (["EM", "OA"], ["EM", "OA"]), (["AA"], ["AA"])],
)
def test_the_causes_of_an_accident_survive_a_change_of_something_else(
    told: list[str], kept: list[str], biller: Client, claim: Claim
) -> None:
    Claim.objects.filter(pk=claim.pk).update(accident_causes=told)
    form = biller.get(reverse("claims:exception", args=[claim.public_id])).context["form"]
    fields = page_of(biller, claim)
    # A browser sends the chosen option, and the first where none is.
    options = [value for value, _ in form.fields["claim.accident_causes"].choices]
    fields["claim.accident_causes"] = next(
        (each for each in options if each == fields["claim.accident_causes"]), options[0]
    )
    save(biller, claim, fields | {"patient.city": "Elgin"})
    claim.refresh_from_db()
    assert claim.accident_causes == kept


def test_a_relationship_that_the_list_does_not_have_can_be_left_as_it_is(biller: Client, claim: Claim) -> None:
    type(claim.coverage).objects.filter(pk=claim.coverage_id).update(relationship="53")
    form = biller.get(reverse("claims:exception", args=[claim.public_id])).context["form"]
    assert ("53", "As told: 53") in form.fields["coverage.relationship"].choices
