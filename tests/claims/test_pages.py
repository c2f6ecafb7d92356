from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse

from apps.audit.models import AuditEvent
from apps.claims.models import Batch, Claim
from apps.claims.services import acknowledge_claims, scrub_claims
from apps.claims.states import ClaimStatus
from apps.practice.roles import Permission, Role, may
from tests.claims.pages import HTMX, held, needs_25, page
from tests.factories.claims import BatchFactory, ClaimFactory
from tests.factories.connectors import TransmissionFactory
from tests.factories.practice import PayerDeadlineFactory

pytestmark = pytest.mark.django_db
SignIn = Callable[[Role | None], Client]


# ------------------------------------------------------------------ the list


@pytest.mark.parametrize("role", [role for role in Role if may(role, Permission.VIEW_CLAIMS)])
def test_an_empty_list_says_what_will_stand_here_and_leads_to_the_visits(signed_in: SignIn, role: Role) -> None:
    client = signed_in(role)
    text = page(client, "claims:list")
    assert "No claims yet" in text
    assert f'href="{reverse("intake:uncharged")}">Visits without charges' in text
    assert client.get(reverse("intake:uncharged")).status_code == 200


def test_the_list_shows_each_claim_with_its_state_and_money(biller: Client) -> None:
    claim = ClaimFactory(status=ClaimStatus.PAID)
    text = page(biller, "claims:list")
    assert claim.control_number in text
    assert "$148.00" in text
    assert reverse("workspace:claim", args=[claim.public_id]) in text


def test_reading_the_list_is_one_row_of_the_trail_with_its_patients(biller: Client) -> None:
    claim = ClaimFactory()
    page(biller, "claims:list", query="?status=draft")
    event = AuditEvent.objects.get(action="list")
    assert (event.patients, event.detail) == ([claim.patient.public_id], {"filter": "status=draft"})


@pytest.mark.parametrize(
    "query",
    [
        "?status=paid",
        "?payer={payer}",
        "?provider={provider}",
        "?first=2026-09-01&last=2026-09-10",
        "?number=tzz",
        "?number=PAYERS-77",
    ],
)
def test_each_part_of_the_filter_narrows_the_list(query: str, biller: Client) -> None:
    other = ClaimFactory()
    wanted = ClaimFactory(
        status=ClaimStatus.PAID,
        control_number="TZZ123",
        payer_claim_number="PAYERS-77",
        encounter__service_date=date(2026, 9, 5),
    )
    text = page(
        biller,
        "claims:list",
        query=query.format(payer=wanted.payer.public_id, provider=wanted.provider.public_id),
    )
    assert wanted.control_number in text
    assert other.control_number not in text


def test_a_filter_that_cannot_be_read_says_so_and_shows_the_rest(biller: Client) -> None:
    claim = ClaimFactory()
    text = page(biller, "claims:list", query="?first=yesterday")
    assert "Enter a valid date" in text
    assert claim.control_number in text


def test_a_filter_that_fits_nothing_offers_all(biller: Client) -> None:
    ClaimFactory()
    assert "No claim fits this filter" in page(biller, "claims:list", query="?status=paid")


def test_the_list_is_sorted_as_the_address_says(biller: Client) -> None:
    small, large = ClaimFactory(total=Decimal(1)), ClaimFactory(total=Decimal(900))
    text = page(biller, "claims:list", query="?sort=-charged")
    assert text.index(large.control_number) < text.index(small.control_number)


@pytest.mark.parametrize("size", [2, 9])
def test_the_lists_queries_do_not_grow(size: int, biller: Client, django_assert_max_num_queries) -> None:
    for _ in range(size):
        ClaimFactory()
    with django_assert_max_num_queries(22):
        page(biller, "claims:list")


# ------------------------------------------------------------------ the queue


def test_an_empty_queue_says_what_will_stand_here(biller: Client) -> None:
    assert "Nothing waits" in page(biller, "claims:exceptions")


def test_the_queue_shows_finding_fix_amount_and_limit(biller: Client, now: datetime) -> None:
    claim = held(now)
    text = page(biller, "claims:exceptions")
    assert "Member ID does not fit the payer" in text
    assert "Remove spaces and dashes" in text
    assert "Not configured" in text
    assert reverse("claims:exception", args=[claim.public_id]) in text


def test_the_nearest_limit_comes_first_and_an_unknown_one_before_it(biller: Client, now: datetime) -> None:
    first, second, unknown = (ClaimFactory(encounter__coverage__member_id="") for _ in range(3))
    PayerDeadlineFactory(payer=first.payer, kind="filing", days=30, counted_from="service")
    PayerDeadlineFactory(payer=second.payer, kind="filing", days=90, counted_from="service")
    scrub_claims(now=now)
    text = page(biller, "claims:exceptions")
    places = [text.index(claim.control_number) for claim in (unknown, first, second)]
    assert places == sorted(places)


@pytest.mark.long
def test_the_queue_can_be_narrowed_to_one_finding(biller: Client, now: datetime) -> None:
    claim, other = held(now), held(now, encounter__patient__sex="")
    text = page(biller, "claims:exceptions", query="?rule=WF-SEX")
    assert other.control_number in text
    assert claim.control_number not in text


@pytest.mark.long
def test_a_fix_is_applied_in_place_and_the_row_says_what_became_of_it(biller: Client, now: datetime) -> None:
    claim = held(now)
    address = reverse("claims:apply_fix", args=[claim.public_id])
    answer = biller.post(address, {"finding": claim.findings.get().pk, "place": "row"}, headers=HTMX)
    text = answer.content.decode()
    assert text.lstrip().startswith("<tr")
    assert "Ready to send" in text
    assert 'id="toasts"' in text
    claim.refresh_from_db()
    assert claim.status == ClaimStatus.READY
    assert claim.coverage.member_id == "LP000000123"


@pytest.mark.long
def test_without_script_a_fix_leads_back_to_a_page(biller: Client, now: datetime) -> None:
    claim = held(now)
    answer = biller.post(reverse("claims:apply_fix", args=[claim.public_id]), {"finding": claim.findings.get().pk})
    assert answer.url == reverse("claims:exception", args=[claim.public_id])


def _chosen(*claims: Claim) -> dict[str, object]:
    """Ticked rows as the form sends them."""
    return {
        "claim": [claim.public_id for claim in claims],
        "finding": [claim.findings.get().pk for claim in claims],
    }


@pytest.mark.long
def test_several_fixes_are_applied_at_once(biller: Client, now: datetime) -> None:
    answer = biller.post(
        reverse("claims:apply_fixes"), _chosen(held(now), held(now)) | {"query": "rule=COV-MEMBER-ID-PATTERN"}
    )
    assert answer.url == reverse("claims:exceptions") + "?rule=COV-MEMBER-ID-PATTERN"
    assert set(Claim.objects.values_list("status", flat=True)) == {ClaimStatus.READY}


@pytest.mark.long
def test_a_clinical_proposal_cannot_be_slipped_into_the_bulk(biller: Client, now: datetime) -> None:
    answer = biller.post(reverse("claims:apply_fixes"), _chosen(held(now), needs_25(now)), follow=True)
    assert "confirmed by a coder, one at a time" in answer.content.decode()
    assert set(Claim.objects.values_list("status", flat=True)) == {ClaimStatus.EXCEPTION}


@pytest.mark.long
def test_claims_are_scrubbed_again_after_a_setting_was_mended(biller: Client, now: datetime) -> None:
    claim = held(now, encounter__provider__npi="1111111111")
    claim.provider.npi = ClaimFactory().provider.npi
    claim.provider.save()
    biller.post(reverse("claims:scrub_again"), {"claim": [claim.public_id]})
    claim.refresh_from_db()
    assert claim.status == ClaimStatus.READY


@pytest.mark.long
@pytest.mark.parametrize("size", [2, 9])
def test_the_queues_queries_do_not_grow(
    size: int, biller: Client, now: datetime, django_assert_max_num_queries
) -> None:
    for _ in range(size):
        ClaimFactory(encounter__coverage__member_id="")
    scrub_claims(now=now)
    with django_assert_max_num_queries(26):
        page(biller, "claims:exceptions")


# ------------------------------------------------------------------ files


def test_without_files_the_page_says_what_will_stand_here(biller: Client) -> None:
    text = page(biller, "claims:batches")
    assert "No files yet" in text
    assert 'href="../?status=ready">Claims that are ready' in text


def test_a_file_of_unknown_fate_is_resolved_by_a_person(biller: Client) -> None:
    claim = ClaimFactory(status=ClaimStatus.BATCHED)
    batch = BatchFactory(state=Batch.State.UNKNOWN, claims=[claim])
    assert "nobody knows whether" in page(biller, "claims:batches")
    assert "Did this file arrive?" in page(biller, "claims:batch", batch.public_id)
    biller.post(reverse("claims:batch_arrived", args=[batch.public_id]))
    batch.refresh_from_db()
    claim.refresh_from_db()
    assert (batch.state, claim.status) == (Batch.State.SENT, ClaimStatus.SUBMITTED)
    again = biller.post(reverse("claims:batch_not_arrived", args=[batch.public_id]), {"note": "Called."}, follow=True)
    assert "already sent" in again.content.decode()


def test_a_refused_file_is_sent_again_or_released(biller: Client) -> None:
    claim = ClaimFactory(status=ClaimStatus.BATCHED)
    batch = BatchFactory(state=Batch.State.NOT_SENT, claims=[claim])
    text = page(biller, "claims:batch", batch.public_id)
    assert "Send again" in text
    biller.post(reverse("claims:batch_release", args=[batch.public_id]))
    claim.refresh_from_db()
    assert claim.status == ClaimStatus.DRAFT


def test_an_answer_that_could_not_be_read_is_shown(biller: Client) -> None:
    TransmissionFactory(kind="999", name="broken.999", payload=b"nothing of use")
    acknowledge_claims(now=datetime(2026, 9, 16, 20, tzinfo=UTC))
    assert "broken.999" in page(biller, "claims:batches")


@pytest.mark.parametrize("size", [2, 6])
def test_the_files_queries_do_not_grow(size: int, biller: Client, django_assert_max_num_queries) -> None:
    for _ in range(size):
        BatchFactory(claims=[ClaimFactory(status=ClaimStatus.SUBMITTED)])
    with django_assert_max_num_queries(20):
        page(biller, "claims:batches")


# ------------------------------------------------------------------ who may


READING = ["claims:list", "claims:exceptions", "claims:batches"]


@pytest.mark.parametrize("name", READING)
@pytest.mark.parametrize(
    ("role", "status"),
    [(Role.ADMINISTRATOR, 200), (Role.BILLER, 200), (Role.CODER, 200), (Role.FRONT_DESK, 403), (None, 403)],
)
def test_who_may_read(name: str, role: Role | None, status: int, signed_in: SignIn) -> None:
    assert signed_in(role).get(reverse(name)).status_code == status


@pytest.mark.parametrize(
    ("name", "role"),
    [
        ("claims:confirm", Role.BILLER),
        ("claims:confirm", Role.ADMINISTRATOR),
        ("claims:apply_fix", Role.FRONT_DESK),
        ("claims:override", Role.FRONT_DESK),
        ("claims:edit", Role.FRONT_DESK),
        ("claims:void", Role.FRONT_DESK),
        ("claims:batch_arrived", Role.CODER),
        ("claims:batch_release", Role.CODER),
    ],
)
def test_who_may_not_act(name: str, role: Role, signed_in: SignIn) -> None:
    assert signed_in(role).post(reverse(name, args=["nothing"])).status_code == 403


@pytest.mark.parametrize("name", ["claims:scrub", "claims:apply_fix", "claims:batch_arrived"])
def test_a_change_is_never_made_by_reading(name: str, biller: Client) -> None:
    assert biller.get(reverse(name, args=["nothing"])).status_code == 405
