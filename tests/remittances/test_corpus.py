"""Remittances that this project did not make: all are taken in, and the books stay sound."""

import os
from pathlib import Path

import pytest

from apps.remittances.models import RemittanceException, RemittanceFile, RemittancePayment, RemittedClaim
from apps.remittances.selectors.soundness import payment_faults
from tests.remittances.test_commands import run

CORPUS = os.environ.get("X12_CORPUS", "")

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(not CORPUS, reason="X12_CORPUS names no folder (see docs/remittances.md)"),
]


def test_every_file_is_taken_in_and_what_is_no_claim_of_ours_waits_in_clearing() -> None:
    files = sorted((Path(CORPUS) / "835").iterdir())
    run("import_remittance", *files)
    old = [path for path in files if b"004010X091" in path.read_bytes()]
    assert RemittanceFile.objects.filter(state="refused").count() == len(old)
    assert RemittanceFile.objects.count() == len(files)
    for refused in RemittanceFile.objects.filter(state="refused"):
        assert "835 004010X091A1" in refused.problem
        assert refused.exceptions.count() == 1
    # Five of them use one trace number and amount for payments with other claims.
    sure = RemittedClaim.objects.filter(payment__continues=None)
    assert set(sure.values_list("outcome", flat=True)) == {"unmatched", "unbalanced"}
    held = RemittedClaim.objects.exclude(payment__continues=None)
    assert set(held.values_list("outcome", flat=True)) == {"refused"}
    assert not RemittancePayment.objects.exclude(duplicate_of=None).exclude(deposit_entry=None).exists()
    assert payment_faults() == []
    assert run("check_ledger")[2] == 0


def test_every_file_again_posts_nothing() -> None:
    files = sorted((Path(CORPUS) / "835").iterdir())
    run("import_remittance", *files)
    before = RemittanceException.objects.count()
    out, _, _ = run("import_remittance", *files)
    assert RemittanceException.objects.count() == before
    assert f"{len(files)} known" in out.splitlines()[-1]
