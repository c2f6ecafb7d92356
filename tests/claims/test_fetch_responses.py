import os
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from apps.claims.rules.file_kind import file_kind
from apps.claims.services import FetchResult, fetch_responses
from apps.connectors.models import Connection, Transmission
from apps.connectors.ports.errors import OutageError
from tests.claims.answers import f277ca, group, interchange
from tests.factories.claims import BatchFactory

REMITTANCE = interchange(*group("HP", "005010X221A1", "ST*835*0001", "BPR*I*0*C*NON", "SE*3*0001"))


@pytest.mark.parametrize(
    ("payload", "kind"),
    [
        (f277ca(), "277CA"),
        (f277ca(element="|", end="\r\n"), "277CA"),
        (REMITTANCE, "835"),
        (interchange("TA1*000000012*260916*1700*A*000"), "TA1"),
        (interchange(*group("HN", "005010X212", "ST*277*0001*005010X212", "SE*2*0001")), "277"),
        (interchange(*group("HN", "005010X214", "ST*277*0001", "SE*2*0001")), "277CA"),
        (b"\xef\xbb\xbf" + REMITTANCE, "835"),
        (b"\xef\xbb\xbf" + f277ca(), "277CA"),
        (REMITTANCE.decode().encode("utf-16"), "835"),
        (interchange("TA1*000000012*260916*1700*A*000") + REMITTANCE, "835"),
        (b"<html>Please sign in</html>", "unreadable"),
        (b"ISA*00*", "unreadable"),
        (b"", "unreadable"),
    ],
)
def test_a_files_content_says_what_it_is(payload: bytes, kind: str) -> None:
    assert file_kind(payload) == kind


@pytest.mark.django_db
def test_new_files_are_stored_as_they_are_and_once(
    clearinghouse: Callable[..., Connection], tmp_path: Path, now: datetime
) -> None:
    connection = clearinghouse()
    (tmp_path / "download").mkdir()
    (tmp_path / "download" / "one.999").write_bytes(REMITTANCE)
    assert fetch_responses(connection=connection, now=now) == FetchResult(1, acknowledgements=False, remittances=True)
    assert fetch_responses(connection=connection, now=now) == FetchResult(0, acknowledgements=False, remittances=False)
    stored = Transmission.objects.get()
    assert (stored.kind, stored.name, bytes(stored.payload)) == ("835", "one.999", REMITTANCE)
    assert (stored.state, stored.at) == (Transmission.State.STORED, now)


@pytest.mark.django_db
def test_a_name_that_is_used_again_brings_the_new_file_too(
    clearinghouse: Callable[..., Connection], tmp_path: Path, now: datetime
) -> None:
    connection = clearinghouse()
    (tmp_path / "download").mkdir()
    (tmp_path / "download" / "one.999").write_bytes(REMITTANCE)
    fetch_responses(connection=connection, now=now)
    (tmp_path / "download" / "one.999").write_bytes(f277ca())
    assert fetch_responses(connection=connection, now=now) == FetchResult(1, acknowledgements=True, remittances=False)
    assert sorted(Transmission.objects.values_list("kind", flat=True)) == ["277CA", "835"]


@pytest.mark.django_db
def test_a_name_that_is_used_again_for_a_file_of_the_same_length_brings_the_new_file_once(
    clearinghouse: Callable[..., Connection], tmp_path: Path, now: datetime
) -> None:
    connection = clearinghouse()
    (tmp_path / "download").mkdir()
    path = tmp_path / "download" / "one.999"
    for hours in range(3):
        looked = now + timedelta(hours=2 * hours)
        path.write_bytes(REMITTANCE.replace(b"BPR*I*0*", f"BPR*I*{hours}*".encode()))
        os.utime(path, ((looked - timedelta(hours=1)).timestamp(),) * 2)
        assert fetch_responses(connection=connection, now=looked).files == 1
        assert fetch_responses(connection=connection, now=looked).files == 0
    assert Transmission.objects.count() == 3


@pytest.mark.django_db
def test_each_file_is_stored_before_the_next_is_brought_and_a_failure_is_remembered(
    clearinghouse: Callable[..., Connection], tmp_path: Path, now: datetime
) -> None:
    connection = clearinghouse(breaks_at="two.999")
    (tmp_path / "download").mkdir()
    for name in ("one.999", "two.999"):
        (tmp_path / "download" / name).write_bytes(REMITTANCE)
    with pytest.raises(OutageError):
        fetch_responses(connection=connection, now=now)
    assert Transmission.objects.get().name == "one.999"
    connection.refresh_from_db()
    assert connection.last_failure == "The line broke."


@pytest.mark.django_db
def test_a_file_that_was_left_behind_is_shown_on_the_connection(
    clearinghouse: Callable[..., Connection], tmp_path: Path, now: datetime
) -> None:
    connection = clearinghouse(leaves="one.999")
    (tmp_path / "download").mkdir()
    for name in ("one.999", "two.999"):
        (tmp_path / "download" / name).write_bytes(REMITTANCE)
    assert fetch_responses(connection=connection, now=now).files == 1
    assert Transmission.objects.get().name == "two.999"
    connection.refresh_from_db()
    assert (connection.last_answer_at, connection.last_failure) == (now, "one.999 is too large.")


def test_a_999_is_known_by_its_content(db: None) -> None:
    from tests.claims.answers import f999

    assert file_kind(f999(BatchFactory(), "A")) == "999"
