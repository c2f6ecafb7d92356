"""The page on which a person decides about an answer file that no step could read."""

from collections.abc import Callable
from datetime import datetime

import pytest
from django.test import Client
from django.urls import reverse

from apps.audit.models import AuditEvent
from apps.claims.services import AnswerNotOpenError, read_again, set_aside
from apps.claims.services.unread_answers import hand_over, open_work
from apps.connectors import journal
from apps.connectors.models import Connection, Transmission
from tests.claims.answers import f277ca
from tests.factories.claims import ClaimFactory
from tests.factories.practice import UserFactory
from tests.locked_away import lose_key_of


@pytest.fixture
def odd(clearinghouse: Callable[..., Connection], now: datetime) -> Transmission:
    """A 999 that somebody was asked to look into."""
    file, _ = journal.receive(b"ISA", kind="999", now=now, name="odd.999", connection=clearinghouse())
    assert hand_over(file, "It is odd.", now=now)
    return file


def test_a_file_that_no_key_opens_is_shown_with_what_to_do_and_can_be_set_aside(
    odd: Transmission, biller: Client
) -> None:
    lose_key_of(odd)
    page = biller.get(reverse("claims:answer", args=[odd.public_id]))
    assert page.status_code == 200
    assert "ask your administrator to put the old key back" in page.content.decode()
    assert "The file is empty." not in page.content.decode()
    biller.post(reverse("claims:answer_aside", args=[odd.public_id]), {"outcome": "Asked for it again."})
    assert open_work(odd.public_id) is None


def test_a_file_that_somebody_set_aside_is_not_read_again(odd: Transmission, now: datetime, biller: Client) -> None:
    set_aside(file_id=odd.public_id, outcome="Theirs by mistake.", acting_user=UserFactory(), now=now)
    with pytest.raises(AnswerNotOpenError, match=r"^This file has been dealt with meanwhile\.$"):
        read_again(file_id=odd.public_id, acting_user=UserFactory(), now=now)
    answer = biller.post(reverse("claims:answer_again", args=[odd.public_id]), follow=True)
    assert "This file has been dealt with meanwhile." in answer.content.decode()
    odd.refresh_from_db()
    assert odd.state == Transmission.State.FAILED


def test_the_trail_names_the_patients_whose_claims_stand_in_an_answer_file(
    clearinghouse: Callable[..., Connection], now: datetime, biller: Client
) -> None:
    claim = ClaimFactory()
    payload = f277ca((claim.control_number, "A2:20:PR*20260917*WQ"), reference="1")
    file, _ = journal.receive(payload, kind="277CA", now=now, name="odd.277", connection=clearinghouse())
    hand_over(file, "It is odd.", now=now)
    biller.get(reverse("claims:answer", args=[file.public_id]))
    assert AuditEvent.objects.get(subject_public_id=file.public_id).patients == [claim.patient.public_id]
