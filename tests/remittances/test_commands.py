import json
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import IntegrityError
from pytest_django import DjangoCaptureOnCommitCallbacks

from apps.connectors.models import Transmission
from apps.ledger.models import Entry
from apps.remittances.models import RemittanceException, RemittanceFile, RemittancePayment, RemittedClaim
from apps.remittances.services import post_claims, store_file
from tests.factories.remittances import NOW, clp, payment, remittance_bytes, submitted_claim

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("statistics_forgotten")]


def run(*arguments: object) -> tuple[str, str, int]:
    out, err = StringIO(), StringIO()
    try:
        call_command(*(str(argument) for argument in arguments), stdout=out, stderr=err)
    except SystemExit as leaving:
        return out.getvalue(), err.getvalue(), int(str(leaving.code))
    return out.getvalue(), err.getvalue(), 0


@pytest.fixture
def file(tmp_path: Path) -> Path:
    claim = submitted_claim("100.00")
    path = tmp_path / "one.835"
    path.write_bytes(remittance_bytes(payment(clp(claim), payer=claim.payer, trace="EFT9")))
    return path


def test_a_file_is_posted_and_reported_by_payment(file: Path) -> None:
    out, _, status = run("import_remittance", file)
    assert status == 0
    lines = out.splitlines()
    assert lines[0] == "one.835: posted"
    assert lines[1].endswith("trace EFT9, 100.00, 2026-09-29: 1 posted")
    assert lines[-1] == "1 files: 1 posted, 0 known, 0 refused, 0 not read. Claims: 1 posted. 0 exceptions."


def test_the_same_file_again_posts_nothing(file: Path) -> None:
    run("import_remittance", file)
    before = Entry.objects.count()
    out, _, status = run("import_remittance", file)
    assert (status, Entry.objects.count()) == (0, before)
    assert "known. It had been taken in before; nothing was posted." in out


def test_a_refused_file_and_a_missing_one_fail_the_command(file: Path, tmp_path: Path) -> None:
    old = tmp_path / "old.835"
    old.write_bytes(file.read_bytes().replace(b"005010X221A1", b"004010X091A1"))
    out, _, status = run("import_remittance", file, old, tmp_path / "none.835")
    assert status == 1
    assert out.splitlines()[-1].startswith("3 files: 1 posted, 0 known, 1 refused, 1 not read.")


def test_a_refused_file_is_refused_however_often_it_comes(file: Path) -> None:
    file.write_bytes(file.read_bytes().replace(b"005010X221A1", b"004010X091A1"))
    first, _, status = run("import_remittance", file)
    assert status == 1
    assert first.startswith("one.835: refused. ")
    again = file.rename(file.with_name("again.835"))
    for path in (again, again):
        out, _, status = run("import_remittance", path)
        assert (status, out) == (1, first.replace("one.835", "again.835"))
    assert RemittanceException.objects.count() == 1


def test_a_file_that_fails_is_reported_and_the_next_is_posted_and_followed(
    file: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    nudges: list[tuple[str, str]],
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    claim = submitted_claim("20.00")
    broken = tmp_path / "broken.835"
    broken.write_bytes(remittance_bytes(payment(clp(claim), payer=claim.payer, trace="EFT8")))
    write = post_claims.write_claims

    def dies(paid: RemittancePayment, *args: object, **kwargs: object) -> object:
        if paid.trace_number == "EFT8":
            raise IntegrityError("Adelaide Fernsby")
        return write(paid, *args, **kwargs)  # type: ignore[arg-type]

    monkeypatch.setattr(post_claims, "write_claims", dies)
    with django_capture_on_commit_callbacks(execute=True):
        out, _, status = run("import_remittance", broken, file)
    lines = out.splitlines()
    assert status == 1
    assert lines[0] == "broken.835: failed. It was not posted to its end; it is stored, and is tried again by itself."
    assert lines[1] == "one.835: posted"
    assert lines[-1] == "2 files: 1 posted, 0 known, 0 refused, 0 not read, 1 failed. Claims: 1 posted. 0 exceptions."
    assert ("follow_postings", "") in nudges


def test_a_file_that_another_worker_is_posting_fails_the_command(file: Path) -> None:
    store_file(name=file.name, payload=file.read_bytes(), now=NOW)
    # The other worker has finished the file's row and not yet its transmission's.
    RemittanceFile.objects.create(transmission=Transmission.objects.get(), received_at=NOW, state="posted")
    out, _, status = run("import_remittance", file)
    assert status == 1
    assert out.splitlines()[0] == "one.835: waiting. Another worker is posting it."
    assert out.splitlines()[-1].startswith("1 files: 0 posted, 0 known, 0 refused, 0 not read, 1 waiting.")


def test_the_report_as_json_leaves_the_verdict_to_stderr(file: Path) -> None:
    out, err, status = run("import_remittance", file, "--json")
    assert status == 0
    assert json.loads(out)[0]["payments"][0]["outcomes"] == {"posted": 1}
    assert err.startswith("1 files: 1 posted")


@pytest.mark.long
def test_sound_books_pass_the_check(file: Path) -> None:
    run("import_remittance", file)
    out, _, status = run("check_ledger")
    assert (status, out) == (0, "Sound: 3 entries balance, 1 payments are accounted for.\n")


@pytest.mark.long
def test_a_payment_whose_money_is_lost_fails_the_check(file: Path) -> None:
    run("import_remittance", file)
    RemittedClaim.objects.update(entry=None)
    out, _, status = run("check_ledger")
    assert status == 1
    assert "deposited 100.00, posted 0, parked 0, waiting 0." in out
    assert "no row names it" in out
    assert out.splitlines()[-1].startswith("NOT SOUND: 4 faults")
