"""Saved views, chosen columns, files of the lists that hold no work: claims, payments, deposits, payments below the contract, balances."""

from collections.abc import Callable

import pytest
from django.http import HttpResponse, QueryDict
from django.test import Client
from django.urls import reverse

from apps.audit.models import AuditEvent
from apps.practice.roles import Role
from apps.worklist.models import SavedView
from tests.factories.claims import ClaimFactory

pytestmark = pytest.mark.django_db
SignIn = Callable[[Role | None], Client]
LISTS = {
    "claims": ("claims:list", "claims:export_claims", "payer"),
    "payments": ("remittances:list", "remittances:export_payments", "trace"),
    "deposits": ("remittances:deposits", "remittances:export_deposits", "where"),
    "balances": ("balances:board", "balances:export_balances", "place"),
    "underpayments": ("remittances:underpayments", "remittances:export_underpayments", "payer"),
}


def named(key: str, what: str) -> str:
    page, _, _ = LISTS[key]
    return reverse(f"{page.partition(':')[0]}:{key}_{what}")


def lines(answer: HttpResponse) -> list[str]:
    return b"".join(answer.streaming_content).decode().splitlines()  # type: ignore[attr-defined]  # streamed


@pytest.mark.parametrize("key", LISTS)
def test_a_view_is_saved_and_opens_its_list(biller: Client, key: str) -> None:
    page, _, _ = LISTS[key]
    assert "Save this view" in biller.get(reverse(page)).content.decode()
    biller.post(named(key, "save_view"), {"name": "Mine", "query": "sort=nothing"})
    view = SavedView.objects.get()
    assert view.of_list == key
    answer = biller.get(named(key, "view"), {"view": view.public_id}, follow=True)
    assert "UNDEFINED_VARIABLE" not in answer.content.decode()
    assert answer.redirect_chain[0][0].startswith(f"{reverse(page)}?sort=")
    assert 'aria-current="true">Mine' in answer.content.decode()


@pytest.mark.parametrize("key", LISTS)
def test_a_list_opens_with_the_view_that_one_wants_first_and_whole_where_asked(biller: Client, key: str) -> None:
    page, _, _ = LISTS[key]
    biller.post(named(key, "save_view"), {"name": "Mine", "query": ""})
    biller.post(named(key, "change_view"), {"view": SavedView.objects.get().public_id, "act": "first"})
    assert biller.get(reverse(page)).status_code == 302
    assert biller.get(reverse(page), {"page": "1"}).status_code == 200


@pytest.mark.parametrize("key", LISTS)
def test_a_column_that_is_left_out_is_neither_on_the_page_nor_in_the_file(biller: Client, key: str) -> None:
    page, file, column = LISTS[key]
    whole = lines(biller.get(reverse(file)))[0]
    biller.post(named(key, "columns"), {"column": []})
    assert biller.get(reverse(page)).context["shown"][column] is False
    assert len(lines(biller.get(reverse(file)))[0]) < len(whole)


@pytest.mark.parametrize("key", LISTS)
def test_a_file_is_read_by_whoever_reads_the_list_and_is_audited(biller: Client, signed_in: SignIn, key: str) -> None:
    _, file, _ = LISTS[key]
    # Balances are the front desk's to see, and not a coder's; the other way round the rest, and remittances are neither's.
    other = Role.CODER if key == "balances" else Role.FRONT_DESK
    assert signed_in(other).get(reverse(file)).status_code == 403
    assert not AuditEvent.objects.filter(action="export").exists()
    assert biller.get(reverse(file), {"as": "xlsx"}).content.startswith(b"PK")
    assert AuditEvent.objects.filter(action="export").count() == 1


@pytest.mark.parametrize("key", LISTS)
def test_a_workbook_is_offered_up_to_as_many_rows_as_it_takes(
    biller: Client, monkeypatch: pytest.MonkeyPatch, key: str
) -> None:
    page, file, _ = LISTS[key]
    offered = f"{reverse(file)}?sort=x&amp;as=xlsx"
    assert offered in biller.get(reverse(page), {"sort": "x"}).content.decode()
    monkeypatch.setattr("apps.core.file_answers.MOST_ROWS", -1)  # the lists are empty
    answer = biller.get(reverse(page), {"sort": "x"}).content.decode()
    assert offered not in answer
    assert "Excel takes at most -1 rows" in answer


def test_the_claims_file_has_what_the_filter_shows_in_its_order(biller: Client) -> None:
    first, other = ClaimFactory(), ClaimFactory()
    found = lines(biller.get(reverse("claims:export_claims"), {"payer": first.payer.public_id, "sort": "number"}))
    assert [line.split(",")[0] for line in found[1:]] == [first.control_number]
    assert other.control_number in "".join(lines(biller.get(reverse("claims:export_claims"))))
    event = AuditEvent.objects.filter(action="export").earliest("pk")
    assert first.patient.public_id in event.patients


def test_a_claims_number_that_is_searched_for_is_no_part_of_a_view(biller: Client) -> None:
    biller.post(reverse("claims:claims_save_view"), {"name": "Mine", "query": "number=T123&status=paid"})
    assert QueryDict(SavedView.objects.get().query).dict() == {"sort": "-visit", "status": "paid"}
