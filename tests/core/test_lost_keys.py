"""What is stored and cannot be opened is said on the page, with what to do about it."""

import pytest
from django.test import Client
from django.urls import reverse

from apps.claims.models import ClaimEvent
from apps.practice.roles import Role
from apps.remittances.models import RemittanceFile
from apps.remittances.services import post_remittances
from tests.factories.claims import ClaimFactory
from tests.factories.connectors import TransmissionFactory
from tests.factories.remittances import NOW, clp, payment, stored_file, submitted_claim
from tests.locked_away import lose_key_of
from tests.signing_in import sign_in

SENTENCE = "with a key that this server no longer has: ask your administrator to put the old key back"

pytestmark = pytest.mark.django_db


def assert_says_so(client: Client, page: str, caplog: pytest.LogCaptureFixture) -> None:
    answer = client.get(page)
    assert answer.status_code == 500
    assert SENTENCE in answer.content.decode()
    (told,) = [record for record in caplog.records if record.name == "apps.core.lost_keys"]
    assert told.exc_info is not None


def test_a_claims_file_that_no_key_opens(client: Client, caplog: pytest.LogCaptureFixture) -> None:
    sign_in(client, Role.BILLER)
    file = TransmissionFactory(kind="835", payload=b"ISA")
    claim = ClaimFactory()
    ClaimEvent.objects.create(claim=claim, transmission=file, at=NOW, what="Paid.")
    lose_key_of(file)
    assert_says_so(client, reverse("workspace:claim_file", args=[claim.public_id, file.public_id]), caplog)


def test_a_part_of_a_page_is_answered_with_the_sentence_as_a_message(client: Client) -> None:
    sign_in(client, Role.BILLER)
    file = TransmissionFactory(kind="835", payload=b"ISA")
    claim = ClaimFactory()
    ClaimEvent.objects.create(claim=claim, transmission=file, at=NOW, what="Paid.")
    lose_key_of(file)
    address = reverse("workspace:claim_file", args=[claim.public_id, file.public_id])
    answer = client.get(address, headers={"HX-Request": "true"})
    assert (answer.status_code, answer["HX-Retarget"], answer["HX-Reswap"]) == (500, "#toasts", "beforeend")
    text = answer.content.decode()
    assert text.startswith('<div class="toast" data-toast data-keep>')
    assert SENTENCE in text


def test_a_remittance_that_no_key_opens(client: Client, caplog: pytest.LogCaptureFixture) -> None:
    sign_in(client, Role.BILLER)
    claim = submitted_claim("100.00")
    stored_file(payment(clp(claim), payer=claim.payer))
    post_remittances(now=NOW)
    file = RemittanceFile.objects.get()
    lose_key_of(file.transmission)
    assert_says_so(client, reverse("remittances:file", args=[file.public_id]), caplog)
