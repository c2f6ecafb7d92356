"""The pages of payments below the contract and of fee schedules, and the command that loads one."""

from collections.abc import Callable
from datetime import datetime
from io import StringIO
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from apps.audit.models import AuditEvent
from apps.practice.models import FeeScheduleLine, Payer
from apps.practice.roles import Role
from apps.remittances.models import Underpayment
from apps.remittances.services import check_contracts
from tests.factories.practice import PayerFactory
from tests.remittances.contracts import SOURCE, contracted_claim, paying, post, underpaid

pytestmark = pytest.mark.django_db
LIST, SCHEDULES = "remittances:underpayments", "remittances:schedules"
IMPORT = "remittances:import_schedule"
CSV = "procedure,modifier,allowed,effective,ends\n99213,,80.00,2026-01-01,\n"


@pytest.fixture
def administrator(signed_in: Callable[[Role | None], Client]) -> Client:
    return signed_in(Role.ADMINISTRATOR)


def body(client: Client, name: str, *args: object, **query: str) -> str:
    answer = client.get(reverse(name, args=args), query)
    assert answer.status_code == 200
    return answer.content.decode()


@pytest.mark.long
def test_the_list_shows_what_is_short_and_leads_to_its_page(biller: Client, now: datetime) -> None:
    row = underpaid(now)
    page = body(biller, LIST)
    assert reverse("remittances:underpayment", args=[row.public_id]) in page
    assert row.claim.patient.full_name in page
    assert "short by $20.00" in page
    assert "No claim of this payer" in body(biller, LIST, payer=PayerFactory().public_id)
    assert row.claim.control_number in body(biller, LIST, payer=row.payer.public_id)
    assert "Nothing is disputed" in body(biller, LIST, show="disputed")
    assert "Nothing was settled yet" in body(biller, LIST, show="settled")


def test_an_empty_list_says_what_will_stand_here(biller: Client) -> None:
    assert "No payment is short" in body(biller, LIST)


@pytest.mark.long
def test_the_page_shows_the_evidence_with_its_segment(biller: Client, now: datetime) -> None:
    row = underpaid(now)
    page = body(biller, "remittances:underpayment", row.public_id)
    for words in ("99210", "$80.00", "$60.00", "$20.00", SOURCE, "Jan 1, 2020"):
        assert words in page, words
    remitted = row.claim.remitted.get()
    part = reverse("remittances:claim_part", args=[remitted.payment.file.public_id, 1, remitted.number])
    assert f'href="{part}">segment {row.lines.get().adjudication.segment} of the remittance' in page
    assert "SVC" in body(biller, "remittances:claim_part", remitted.payment.file.public_id, 1, remitted.number)


def test_who_looks_at_it_stands_in_the_trail(biller: Client, now: datetime) -> None:
    row = underpaid(now)
    body(biller, "remittances:underpayment", row.public_id)
    event = AuditEvent.objects.get(subject_kind="underpayment")
    assert (event.action, event.patients) == ("view", [row.claim.patient.public_id])


@pytest.mark.long
def test_a_biller_settles_it(biller: Client, now: datetime) -> None:
    row = underpaid(now)
    answer = biller.post(
        reverse("remittances:settle_underpayment", args=[row.public_id]),
        {"outcome": "disputed", "note": "Portal case 4711."},
        follow=True,
    )
    assert "Kept, with your note." in answer.content.decode()
    page = body(biller, "remittances:underpayment", row.public_id)
    assert "Portal case 4711." in page
    assert "Dispute sent" in page
    assert row.claim.control_number in body(biller, LIST, show="disputed")


@pytest.mark.long
def test_a_settlement_without_a_note_keeps_what_was_chosen(biller: Client, now: datetime) -> None:
    row = underpaid(now)
    address = reverse("remittances:settle_underpayment", args=[row.public_id])
    answer = biller.post(address, {"outcome": "accepted", "note": ""})
    assert answer.status_code == 422
    assert '<option value="accepted" selected>' in answer.content.decode()
    biller.post(address, {"outcome": "accepted", "note": "Agreed by phone."})
    assert biller.post(address, {"outcome": "accepted", "note": "Again."}).status_code == 422
    assert biller.post(address.replace(row.public_id, "0" * 16), {}).status_code == 404


@pytest.mark.parametrize("name", [LIST, SCHEDULES])
@pytest.mark.parametrize("role", [Role.CODER, Role.FRONT_DESK, None])
def test_only_who_sees_remittances_sees_contracts(
    signed_in: Callable[[Role | None], Client], role: Role | None, name: str
) -> None:
    assert signed_in(role).get(reverse(name)).status_code == 403


def test_a_coder_settles_nothing_and_a_biller_imports_nothing(
    signed_in: Callable[[Role | None], Client], biller: Client, now: datetime
) -> None:
    row = underpaid(now)
    address = reverse("remittances:settle_underpayment", args=[row.public_id])
    assert signed_in(Role.CODER).post(address, {"outcome": "accepted", "note": "x"}).status_code == 403
    assert biller.post(reverse(IMPORT), {}).status_code == 403
    assert "Import a fee schedule" not in body(biller, SCHEDULES)
    row.refresh_from_db()
    assert row.state == Underpayment.State.OPEN


@pytest.mark.long
@pytest.mark.parametrize("name", [LIST, SCHEDULES])
def test_the_lists_take_as_many_queries_for_three_rows_as_for_one(
    biller: Client, now: datetime, name: str, django_assert_num_queries: Callable[..., object]
) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    underpaid(now)
    body(biller, name)
    with CaptureQueriesContext(connection) as one:
        body(biller, name)
    underpaid(now)
    underpaid(now)
    with django_assert_num_queries(len(one)):  # type: ignore[attr-defined]
        body(biller, name)


def test_schedules_count_prices_and_lines_without_one(biller: Client, now: datetime) -> None:
    claim = contracted_claim("80.00", "50.00")
    FeeScheduleLine.objects.filter(procedure="99211").delete()
    post(claim, paying(claim, "80.00", "50.00"), now=now)
    check_contracts(now=now)
    page = body(biller, SCHEDULES)
    assert claim.payer.name in page
    for word, figure in (("Prices on file", "1"), ("Newest from", "Jan 1, 2020"), ("Lines without a price", "1")):
        assert f'<span class="card-word">{word}</span>{figure}</td>' in page


def upload(client: Client, payer: Payer, text: str | bytes) -> tuple[int, str]:
    payload = text if isinstance(text, bytes) else text.encode()
    data = {"payer": payer.public_id, "source": "Exhibit B", "file": SimpleUploadedFile("fees.csv", payload)}
    answer = client.post(reverse(IMPORT), data)
    return answer.status_code, answer.content.decode()


def test_a_file_shows_its_difference_before_it_comes_in(administrator: Client) -> None:
    payer = PayerFactory()
    assert "Show the difference" in body(administrator, IMPORT)
    status, page = upload(administrator, payer, CSV)
    assert status == 200
    assert "1 new price, 0 changed prices" in page
    assert not FeeScheduleLine.objects.exists()
    sure = {"payer": payer.public_id, "source": "Exhibit B", "text": CSV}
    answer = administrator.post(reverse(IMPORT), sure, follow=True)
    assert "prices added 1, changed 0." in answer.content.decode()
    assert FeeScheduleLine.objects.get().source == "Exhibit B"
    assert "The file changes nothing." in upload(administrator, payer, CSV)[1]
    changed = upload(administrator, payer, CSV.replace("80.00", "85.00"))[1]
    assert "0 new prices, 1 changed price" in changed
    assert '<td class="money">$80.00</td><td class="money">$85.00</td>' in changed


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (CSV + "99214,,x,2026-01-01,\n", "Line 3: allowed is not an amount in dollars."),
        (b"procedure\xff", "not text in UTF-8"),
        (b"x" * (2 * 1024 * 1024 + 1), "larger than 2 MB"),
    ],
)
def test_a_file_that_cannot_be_taken_is_told_why(administrator: Client, text: str | bytes, sentence: str) -> None:
    status, page = upload(administrator, PayerFactory(), text)
    assert status == 422
    assert sentence in page


def test_words_that_were_spoilt_after_the_difference_bring_nothing_in(administrator: Client) -> None:
    payer = PayerFactory()
    told = {"payer": payer.public_id, "source": "Exhibit B", "text": "nothing"}
    assert administrator.post(reverse(IMPORT), told).status_code == 422
    told["payer"] = "unknown"
    assert "Choose the file again." in administrator.post(reverse(IMPORT), told, follow=True).content.decode()
    assert not FeeScheduleLine.objects.exists()


def run(*arguments: object) -> tuple[int, list[str]]:
    out = StringIO()
    try:
        call_command("import_fees", *map(str, arguments), stdout=out)
    except SystemExit as end:
        return int(end.code or 0), out.getvalue().splitlines()
    return 0, out.getvalue().splitlines()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "fees.csv"
    path.write_text(CSV)
    return path


def test_the_command_shows_the_difference_and_takes_it_in_once(file: Path) -> None:
    payer = PayerFactory(name="Juniper Health", claims_id="JUNI1")
    assert run(file, "--payer", "JUNI1", "--dry-run") == (
        0,
        ["new 99213 from 2026-01-01: 80.00", "Dry run: nothing was changed."],
    )
    assert not FeeScheduleLine.objects.exists()
    assert run(file, "--payer", "juniper health") == (
        0,
        [
            "new 99213 from 2026-01-01: 80.00",
            "Juniper Health: 1 added, 0 changed, 0 as before, 0 not in the file.",
        ],
    )
    assert payer.fee_schedule.get().source == "fees.csv"
    assert run(file, "--payer", "JUNI1")[1] == ["Juniper Health: 0 added, 0 changed, 1 as before, 0 not in the file."]
    file.write_text(CSV.replace("80.00,2026-01-01,", "82.00,2026-01-01,2026-12-31"))
    assert run(file, "--payer", "JUNI1", "--source", "Amendment 1")[1] == [
        "changed 99213 from 2026-01-01: 80.00 -> 82.00 until 2026-12-31",
        "Juniper Health: 0 added, 1 changed, 0 as before, 0 not in the file.",
    ]


def test_the_command_names_bad_rows_and_changes_nothing(file: Path) -> None:
    PayerFactory(claims_id="JUNI1")
    file.write_text(CSV + "99214,,x,2026-01-01,\n9,,1,2026-01-01,\n")
    status, lines = run(file, "--payer", "JUNI1")
    assert status == 1
    assert lines == [
        "line 3: allowed is not an amount in dollars.",
        "line 4: The procedure is not a CPT or HCPCS code of five characters.",
        "fees.csv: 2 rows of the file cannot be taken, so nothing of it was.",
    ]
    assert not FeeScheduleLine.objects.exists()


def test_the_command_needs_a_payer_and_a_file_that_opens(file: Path) -> None:
    assert run(file, "--payer", "NONE") == (1, ["No payer is called NONE. Nothing was changed."])
    PayerFactory(claims_id="JUNI1")
    PayerFactory(claims_id="JUNI1")
    assert run(file, "--payer", "JUNI1") == (1, ["Several payers are called JUNI1. Nothing was changed."])
    payer = PayerFactory(claims_id="JUNI2")
    assert run(file.with_name("no.csv"), "--payer", payer.claims_id)[0] == 1
    file.write_bytes(b"procedure\xff")
    assert run(file, "--payer", payer.claims_id) == (1, ["fees.csv is not text in UTF-8. Nothing was changed."])


def test_a_long_difference_is_cut(file: Path) -> None:
    PayerFactory(claims_id="JUNI1")
    file.write_text(
        "procedure,allowed,effective\n" + "".join(f"{code},80,2026-01-01\n" for code in range(99200, 99230))
    )
    lines = run(file, "--payer", "JUNI1")[1]
    assert len(lines) == 22
    assert lines[-2] == "... and 10 more"
