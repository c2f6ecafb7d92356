"""Payers from a file, in the browser and on the command line."""

from collections.abc import Callable
from io import StringIO
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.core.management.base import CommandError
from django.test import Client
from django.urls import reverse

from apps.practice.models import Payer, PayerDeadline
from apps.practice.roles import Role
from apps.practice.rules.payer_file import COLUMNS
from tests.claims.pages import page
from tests.factories.practice import PayerFactory

pytestmark = pytest.mark.django_db
SignIn = Callable[[Role | None], Client]
FILE = "name,claims_id,phone\nBluebonnet,BBMU2,+18005550142\nLone Prairie,LPHP1,+18005550100\n"


@pytest.fixture
def administrator(signed_in: SignIn) -> Client:
    return signed_in(Role.ADMINISTRATOR)


def sent(client: Client, content: bytes) -> tuple[int, str]:
    answer = client.post(reverse("settings:import_payers"), {"file": SimpleUploadedFile("payers.csv", content)})
    text = answer.content.decode()
    assert "UNDEFINED_VARIABLE" not in text
    return answer.status_code, text


def test_the_template_is_the_header(administrator: Client) -> None:
    answer = administrator.get(reverse("settings:payer_template"))
    assert answer.content.decode().strip() == ",".join(COLUMNS)
    assert "payers.csv" in answer.headers["Content-Disposition"]


def test_a_file_is_shown_first_and_taken_after_a_second_click(administrator: Client) -> None:
    page(administrator, "settings:import_payers")
    PayerFactory(name="Lone Prairie", claims_id="LPHP1", phone="+18005550199")
    status, text = sent(administrator, FILE.encode())
    assert status == 200
    assert "1 new payer, 1 changed payer" in text
    assert '<td class="soft">+18005550199</td><td>+18005550100</td>' in text
    assert Payer.objects.count() == 1
    answer = administrator.post(reverse("settings:import_payers"), {"text": FILE}, follow=True)
    assert "Payers added 1, changed 1." in answer.content.decode()
    assert Payer.objects.count() == 2
    assert "The file changes nothing." in sent(administrator, FILE.encode())[1]


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"name,claims_id\nBluebonnet,B\n", "Line 2: claims_id: &quot;B&quot; is not an ID of 2 to 20 letters"),
        (b"payer\nBluebonnet\n", "Line 1: The column name is missing."),
        (b"\xff\xfe\x00", "The file is not text in UTF-8."),
        (b"name\n" + b"x" * (2 * 1024 * 1024), "The file is larger than 2 MB."),
    ],
)
def test_a_file_that_cannot_be_taken_says_why(administrator: Client, content: bytes, sentence: str) -> None:
    status, text = sent(administrator, content)
    assert status == 422
    assert sentence in text


def test_a_file_that_was_spoiled_since_it_was_shown_is_refused(administrator: Client) -> None:
    bad = administrator.post(reverse("settings:import_payers"), {"text": "name\n"})
    assert bad.status_code == 422
    assert "The file has no rows." in bad.content.decode()
    assert administrator.post(reverse("settings:import_payers"), {"text": ""}).status_code == 302


def run(file: Path, *options: str) -> list[str]:
    out = StringIO()
    call_command("import_payers", str(file), *options, stdout=out)
    return out.getvalue().splitlines()


def test_the_command_takes_a_file_once(tmp_path: Path) -> None:
    file = tmp_path / "payers.csv"
    file.write_text(FILE)
    assert run(file, "--dry-run")[-1] == "Dry run: nothing was changed."
    assert not Payer.objects.exists()
    told = run(file)
    assert told[0] == "Bluebonnet, Payer ID for claims: nothing -> BBMU2"
    assert told[-1] == "Payers: 2 added, 0 changed, 0 as before."
    assert run(file) == ["Payers: 0 added, 0 changed, 2 as before."]


def test_the_command_stands_by_the_file_for_a_deadline(tmp_path: Path) -> None:
    file = tmp_path / "payers.csv"
    header = "name,claims_id,filing_days,deadlines_source,deadlines_verified\n"
    file.write_text(f"{header}Bluebonnet,BBMU2,95,Manual,2026-01-05\n")
    run(file)
    assert PayerDeadline.objects.get().verified_by == "payers.csv"


def test_the_command_says_which_lines_are_wrong_and_fails(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "payers.csv"
    file.write_text("name,claims_id\nBluebonnet,B\nLone Prairie,LPHP1\n")
    with pytest.raises(SystemExit, match="1"):
        call_command("import_payers", str(file))
    assert capsys.readouterr().out.splitlines() == [
        'line 2: claims_id: "B" is not an ID of 2 to 20 letters and digits.',
        "payers.csv: A row of the file cannot be taken, so nothing of it was.",
    ]
    assert not Payer.objects.exists()


def test_the_command_says_when_it_cannot_read(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="cannot be read"):
        run(tmp_path / "none.csv")
    (tmp_path / "bad.csv").write_bytes(b"\xff\xfe")
    with pytest.raises(CommandError, match="not text in UTF-8"):
        run(tmp_path / "bad.csv")
