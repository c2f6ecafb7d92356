"""Payloads in frames: what came in comes back, a frame at a time, or is told to be damaged."""

from datetime import UTC, datetime
from io import BytesIO

import pytest

from apps.connectors import journal, payloads
from apps.connectors.models import Transmission, TransmissionFrame
from apps.connectors.payload_field import CutOffPayloadError
from apps.connectors.payloads import opened
from tests.factories.connectors import ClearinghouseConnectionFactory, TransmissionFactory

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 9, 16, tzinfo=UTC)
LONG = b"ISA*a payload that is longer than three frames~"


@pytest.fixture(autouse=True)
def _small_frames(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(payloads, "FRAME", 12)


def received(payload: bytes = LONG, **fields: object) -> Transmission:
    stored, _ = journal.receive(payload, **{"kind": "835", "now": NOW, "name": "a", **fields})
    return Transmission.objects.get(pk=stored.pk)


def test_a_large_payload_stands_in_frames_and_comes_back_as_it_came() -> None:
    stored = received()
    assert (stored.size, stored.frames.count()) == (len(LONG), 3)
    assert list(stored.frames.order_by("number").values_list("number", flat=True)) == [1, 2, 3]
    assert stored.payload == opened(stored).read() == LONG
    assert max(len(frame.content) for frame in TransmissionFrame.objects.all()) <= 12


def test_what_is_sent_stands_in_frames_too() -> None:
    sent = journal.prepare(
        LONG,
        kind="837P",
        name="b",
        control_number="1",
        connection=ClearinghouseConnectionFactory(),
        now=NOW,
    )
    assert (sent.frames.count(), sent.payload) == (3, LONG)


def test_a_payload_of_one_frame_has_no_frames_of_its_own() -> None:
    stored = received(LONG[:12])
    assert (stored.frames.count(), stored.payload) == (0, LONG[:12])


def test_reading_takes_a_query_a_frame(django_assert_num_queries: object) -> None:
    stored = Transmission.objects.defer("payload").get(pk=received().pk)
    with django_assert_num_queries(4):  # type: ignore[operator]
        assert opened(stored).read() == LONG


def test_a_row_that_is_saved_again_keeps_its_payload() -> None:
    stored = received()
    assert stored.payload == LONG
    stored.name = "c"
    stored.save()
    again = Transmission.objects.get(pk=stored.pk)
    assert (again.name, again.payload, again.frames.count()) == ("c", LONG, 3)


def test_a_token_from_before_the_frames_holds_a_whole_payload_of_any_size() -> None:
    stored = Transmission.objects.get(pk=TransmissionFactory(payload=LONG).pk)
    assert stored.frames.count() == 0
    assert stored.payload == opened(stored).read() == LONG
    stored.save()
    assert Transmission.objects.get(pk=stored.pk).payload == LONG


def test_a_payload_that_is_cut_off_is_never_taken_for_whole() -> None:
    stored = received()
    stored.frames.get(number=3).delete()
    with pytest.raises(CutOffPayloadError):
        opened(stored).read()
    with pytest.raises(CutOffPayloadError):
        _ = stored.payload


def test_frames_that_changed_places_are_not_what_came_in() -> None:
    stored = received()
    first, second = stored.frames.order_by("number")[:2]
    first.content, second.content = second.content, first.content
    first.save()
    second.save()
    with pytest.raises(CutOffPayloadError):
        opened(stored).read()


def test_the_same_bytes_are_known_under_any_name_where_bytes_count() -> None:
    first = received(connection=ClearinghouseConnectionFactory())
    file = BytesIO(LONG)
    assert journal.receive(file, kind="835", now=NOW, name="z", by_bytes=True) == (first, False)
    assert Transmission.objects.count() == 1
    _, is_new = journal.receive(LONG, kind="999", now=NOW, name="z", by_bytes=True)
    assert is_new
