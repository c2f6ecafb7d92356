import sys
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from apps.audit.models import AuditEvent
from apps.connectors.models import Transmission
from apps.connectors.ports.errors import RefusedError
from apps.core.jobs import advance, start_job
from apps.core.models import JobRun
from apps.intake.models import Charge, ChargeFile, ColumnMapping, Encounter
from apps.intake.services import ImportedFile, import_charge_file, import_dropped_files
from apps.practice.models import Payer, Provider
from tests.factories.connectors import EhrConnectionFactory
from tests.factories.practice import LocationFactory, PayerFactory, UserFactory

pytestmark = pytest.mark.django_db

HEADER = "Visit,Line,Acct,Last,First,DOB,Zip,State,Payer,Member,Insured,Doctor,NPI,DOS,CPT,Mods,Units,Fee,Dx1,Dx2"
COLUMNS = {
    "visit": "Visit", "line": "Line", "patient": "Acct", "last_name": "Last", "first_name": "First", "birth_date": "DOB",
    "zip": "Zip", "state": "State", "payer": "Payer", "member_id": "Member", "relationship": "Insured",
    "provider_last_name": "Doctor", "provider_npi": "NPI", "service_date": "DOS", "procedure": "CPT", "modifiers": "Mods",
    "units": "Units", "charge": "Fee", "diagnosis_1": "Dx1", "diagnosis_2": "Dx2",
}  # fmt: skip
EITHER_FORM = "2026-09-14 or 9/14/2026 (the date format is set in Back office, Column mappings)"
GOOD = "V1,1,P1,Thornbury,Ada,05/01/1980,78704,Texas,Prairie,LP1,Self,Marisol Quintero,1234567893,09/14/2026,99213,25,1,148.00,J01.90,"
SECOND = (
    GOOD.replace("V1,1", "V1,2")
    .replace("99213,25", "69210,")
    .replace("148.00", "$88")
    .replace("J01.90,", "J01.90,H61.21")
)


@pytest.fixture
def mapping() -> ColumnMapping:
    PayerFactory(name="Lone Prairie Health Plan", claims_id="LPHP1")
    return ColumnMapping.objects.create(name="export", columns=COLUMNS, payers={"PRAIRIE": "LPHP1"})


def file(*rows: str, header: str = HEADER) -> bytes:
    return "\r\n".join([header, *rows, ""]).encode()


def bring(mapping: ColumnMapping, payload: bytes, now: datetime, name: str = "charges.csv") -> ImportedFile:
    return import_charge_file(payload=payload, name=name, mapping=mapping, now=now)


def test_the_rows_of_a_visit_become_one_visit(mapping: ColumnMapping, now: datetime) -> None:
    imported = bring(mapping, file(GOOD, SECOND), now)
    assert (imported.rows, imported.new, imported.problems) == (2, 1, ())
    encounter = Encounter.objects.get()
    assert encounter.diagnoses == ["J0190", "H6121"]
    lines = [(row.procedure, row.modifiers, row.amount, row.diagnosis_pointers) for row in encounter.charges.all()]
    assert lines == [("99213", ["25"], Decimal("148.00"), [1]), ("69210", [], Decimal("88.00"), [1, 2])]
    assert encounter.patient.state == "TX"
    assert encounter.patient.postcode == "78704"
    assert encounter.coverage is not None
    assert (encounter.coverage.payer.claims_id, encounter.coverage.subscriber_last_name) == ("LPHP1", "Thornbury")
    assert encounter.arrived_by == Encounter.Path.FILE
    assert encounter.transmission is not None
    assert encounter.transmission.state == Transmission.State.PROCESSED
    provider = Provider.objects.get()
    assert (provider.first_name, provider.last_name, provider.confirmed) == ("Marisol", "Quintero", False)


def test_the_same_file_twice_adds_nothing_and_nor_does_the_visit_in_another_file(
    mapping: ColumnMapping, now: datetime
) -> None:
    bring(mapping, file(GOOD), now)
    again = bring(mapping, file(GOOD), now, name="renamed.csv")
    assert (again.repeated, again.new) == (True, 0)
    other = bring(mapping, file(GOOD, GOOD.replace("V1,1,P1", "V2,1,P1")), now)
    assert (other.repeated, other.new, other.received.known) == (False, 1, 1)
    assert (Encounter.objects.count(), Charge.objects.count(), ChargeFile.objects.count()) == (2, 2, 2)


@pytest.mark.parametrize(
    ("wrong", "reason"),
    [
        (GOOD.replace("V1,", ","), "the visit number is missing"),
        (GOOD.replace("P1", ""), "the patient number is missing"),
        (GOOD.replace("09/14/2026", "14.09.2026"), f"the date of service is not a date of the form {EITHER_FORM}"),
        (GOOD.replace("05/01/1980", "05/41/1980"), f"the birth date is not a date of the form {EITHER_FORM}"),
        (GOOD.replace("148.00", "one"), "the charge is not an amount in dollars and cents"),
        (GOOD.replace("148.00", "-148.00"), "the charge is not an amount in dollars and cents"),
        (GOOD.replace("148.00", "148.005"), "the charge is not an amount in dollars and cents"),
        (GOOD.replace(",1,148", ",0,148"), "the units are zero"),
        (GOOD.replace(",1,148", ",x,148"), "the units are not a number"),
        (GOOD.replace("99213", ""), "the procedure code is missing"),
        (GOOD.replace("99213", "9921³"), "the procedure code has other signs than letters from A to Z and digits"),
        (GOOD.replace("09/14/2026", "12/31/9999"), "the date of service lies more than two years ahead"),
        (GOOD.replace("09/14/2026", "01/01/0001"), "the date of service lies before 1900"),
        (GOOD.replace("05/01/1980", "05/01/2062"), "the birth date lies in the future"),
        (GOOD.replace("05/01/1980", "01/01/1800"), "the birth date lies before 1900"),
        (GOOD + ",extra", "it has 21 cells where the header has 20"),
        (GOOD.replace("Ada", '"Ada"x'), "its quotes do not close, or something follows a closing quote"),
    ],
)
def test_a_bad_row_is_named_by_line_and_reason_and_the_good_ones_come_in(
    mapping: ColumnMapping, now: datetime, wrong: str, reason: str
) -> None:
    imported = bring(mapping, file(GOOD.replace("V1,1", "V0,1"), wrong), now)
    assert [(problem.line, problem.reason) for problem in imported.problems] == [(3, reason)]
    assert imported.new == 1
    assert ChargeFile.objects.get().problems == [{"line": 3, "reason": reason}]


def test_a_visit_with_a_bad_row_waits_whole_and_comes_in_once_mended(mapping: ColumnMapping, now: datetime) -> None:
    imported = bring(mapping, file(GOOD, SECOND.replace("$88", "free")), now)
    assert [(problem.line, problem.reason) for problem in imported.problems] == [
        (2, "it waits for line 3, which belongs to the same visit"),
        (3, "the charge is not an amount in dollars and cents"),
    ]
    assert imported.new == 0
    assert bring(mapping, file(GOOD, SECOND), now).new == 1
    assert Charge.objects.count() == 2


def test_a_row_of_another_patient_does_not_belong_to_the_visit(mapping: ColumnMapping, now: datetime) -> None:
    imported = bring(mapping, file(GOOD, SECOND.replace("P1", "P2"), GOOD), now)
    assert [problem.reason for problem in imported.problems] == [
        "it waits for line 3, which belongs to the same visit",
        "its patient or date differs from the visit's first row",
        "its line number appears twice in the visit",
    ]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "latin-1", "utf-16"])
def test_encodings_and_delimiters_of_exports_are_read(
    mapping: ColumnMapping, now: datetime, delimiter: str, encoding: str
) -> None:
    text = "\r\n".join([HEADER, GOOD.replace("Thornbury", "Muñoz")]).replace(",", delimiter)
    imported = bring(mapping, text.encode(encoding), now)
    assert imported.problems == ()
    assert Encounter.objects.get().patient.last_name == "Muñoz"


def test_quoted_cells_hold_delimiters_and_lines(mapping: ColumnMapping, now: datetime) -> None:
    row = GOOD.replace("Thornbury", '"Thornbury, ""Ada""\nJr"').replace("Marisol Quintero", "Quintero")
    imported = bring(mapping, file(row, GOOD.replace("V1,1", "V2,1").replace("148.00", "x")), now)
    assert [problem.line for problem in imported.problems] == [4]
    assert Encounter.objects.get().patient.last_name == 'Thornbury, "Ada"\nJr'


def test_an_unknown_payer_is_added_for_confirmation_and_no_payer_is_self_pay(
    mapping: ColumnMapping, now: datetime
) -> None:
    rows = [GOOD.replace("Prairie", "Brazos"), GOOD.replace("V1,1", "V2,1").replace("Prairie,LP1,Self", ",,")]
    imported = bring(mapping, file(*rows), now)
    assert imported.received.added_payers == ("Brazos",)
    assert Payer.objects.get(name="Brazos").confirmed is False
    assert Encounter.objects.get(source_id="V2").coverage is None


def test_the_subscriber_of_a_child_stays_empty_for_the_scrubber(mapping: ColumnMapping, now: datetime) -> None:
    bring(mapping, file(GOOD.replace("Self", "Guardian")), now)
    coverage = Encounter.objects.get().coverage
    assert coverage is not None
    assert (coverage.relationship, coverage.subscriber_last_name) == ("19", "")


@pytest.mark.long
@pytest.mark.parametrize(
    ("payload", "says"),
    [
        (b"", "empty"),
        (b"just words", "no header"),
        (b"\x00\x01,\x02", "not a text file"),
        (file(GOOD, header=HEADER.replace("CPT", "Code")), "lacks columns that the mapping names: CPT"),
        (file(GOOD, header=HEADER.replace("Dx2", "Dx1")), "same name"),
        (b'"Visit,Line', "quotes"),
        (b"x" * (20 * 1024 * 1024 + 1), "larger than 20 MB"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_whole(
    mapping: ColumnMapping, now: datetime, payload: bytes, says: str
) -> None:
    with pytest.raises(RefusedError, match=says):
        bring(mapping, payload, now)
    assert Transmission.objects.get().state == Transmission.State.FAILED


def test_too_many_rows_are_refused(mapping: ColumnMapping, now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("apps.connectors.tables.MOST_ROWS", 1)
    with pytest.raises(RefusedError, match="more than 1 rows"):
        bring(mapping, file(GOOD, SECOND), now)


def test_a_mapping_that_lacks_a_required_column_is_named(mapping: ColumnMapping, now: datetime) -> None:
    mapping.columns = {name: theirs for name, theirs in COLUMNS.items() if name != "charge"}
    with pytest.raises(RefusedError, match="lacks required columns: charge"):
        bring(mapping, file(GOOD), now)
    mapping.columns = {**COLUMNS, "nickname": "First"}
    with pytest.raises(RefusedError, match="do not exist: nickname"):
        bring(mapping, file(GOOD), now)


def test_an_import_by_a_person_is_in_the_audit_trail(mapping: ColumnMapping, now: datetime) -> None:
    user = UserFactory()
    import_charge_file(payload=file(GOOD), name="a.csv", mapping=mapping, now=now, acting_user=user)
    event = AuditEvent.objects.get()
    assert (event.action, event.actor, event.detail["visits"]) == ("import_charge_file", user, 1)


def test_what_a_fuller_export_says_comes_in_too(mapping: ColumnMapping, now: datetime) -> None:
    location = LocationFactory(name="Lakeway")
    mapping.columns = {
        **COLUMNS, "payer_id": "Pay id", "diagnosis_pointers": "Ptr", "text_consent": "Texts", "phone": "Phone",
        "language": "Lang", "location": "Site",
    }  # fmt: skip
    mapping.save()
    row = GOOD.replace("J01.90,", "J01.90,H61.21").replace("Marisol Quintero", '"Marisol Quintero, MD"')
    bring(
        mapping,
        file(
            f"{row},LPHP1,2:1,yes,(512) 555-0123,Spanish,Lakeway", header=f"{HEADER},Pay id,Ptr,Texts,Phone,Lang,Site"
        ),
        now,
    )
    encounter = Encounter.objects.get()
    assert encounter.charges.get().diagnosis_pointers == [2, 1]
    assert (encounter.patient.phone, encounter.patient.language) == ("+15125550123", "es")
    assert (encounter.provider.last_name, encounter.location) == ("Quintero", location)
    consent = encounter.patient.consents.get()
    assert (consent.channel, consent.address, consent.source) == ("sms", "+15125550123", "charge file")


def test_a_pointer_at_no_diagnosis_refuses_the_row(mapping: ColumnMapping, now: datetime) -> None:
    mapping.columns = {**COLUMNS, "diagnosis_pointers": "Ptr"}
    imported = bring(mapping, file(f"{GOOD},99", header=f"{HEADER},Ptr"), now)
    assert [problem.reason for problem in imported.problems] == ["its diagnosis pointers point at no diagnosis"]


def test_dropped_files_come_in_once_and_a_broken_one_holds_up_nobody(
    mapping: ColumnMapping, now: datetime, tmp_path: Path
) -> None:
    drop = EhrConnectionFactory(
        adapter="csv_drop", settings={"folder": str(tmp_path), "mapping": "export", "settled_seconds": 0}
    )
    (tmp_path / "a.csv").write_bytes(b"nothing to read")
    (tmp_path / "b.csv").write_bytes(file(GOOD))
    (tmp_path / "notes.pdf").write_bytes(b"%PDF")
    (tmp_path / "link.csv").symlink_to("/etc/hostname")
    done = import_dropped_files(now=now)
    assert (done.files, done.new) == (2, 1)
    drop.refresh_from_db()
    assert drop.last_failure.startswith("a.csv: ")
    (tmp_path / "a.csv").unlink()
    assert import_dropped_files(now=now).files == 0


def test_a_connection_whose_files_cannot_be_looked_at_holds_up_no_other(
    mapping: ColumnMapping, now: datetime, tmp_path: Path
) -> None:
    (tmp_path / "b.csv").write_bytes(file(GOOD))
    settings = {"folder": str(tmp_path), "mapping": "export", "settled_seconds": 0}
    EhrConnectionFactory(adapter="drchrono", settings={})
    EhrConnectionFactory(adapter="csv_drop", settings=settings | {"folder": str(tmp_path / "gone")})
    EhrConnectionFactory(adapter="csv_drop", settings=settings)
    done = import_dropped_files(now=now)
    assert done.new == 1
    assert str(done.failure).startswith("The connection drchrono lacks its setting")


def test_a_file_that_one_mapping_has_read_is_refused_by_every_other_whichever_way_it_came(
    mapping: ColumnMapping, now: datetime, tmp_path: Path
) -> None:
    bring(mapping, file(GOOD), now)
    ColumnMapping.objects.create(name="other", columns=COLUMNS, payers=mapping.payers)
    drop = EhrConnectionFactory(
        adapter="csv_drop", settings={"folder": str(tmp_path), "mapping": "other", "settled_seconds": 0}
    )
    (tmp_path / "renamed.csv").write_bytes(file(GOOD))
    assert import_dropped_files(now=now).new == 0
    drop.refresh_from_db()
    assert drop.last_failure.startswith("renamed.csv: This file was read by the mapping export before.")
    assert Encounter.objects.count() == 1


CIRCUMSTANCES = "Cause,Happened,Where,Auth,Ref,DocFirst,DocLast,DocNPI"
NAMES = {
    "accident_cause": "Cause", "accident_date": "Happened", "accident_state": "Where", "prior_authorization": "Auth",
    "referral_number": "Ref", "referring_first_name": "DocFirst", "referring_last_name": "DocLast", "referring_npi": "DocNPI",
}  # fmt: skip


def with_circumstances(mapping: ColumnMapping, now: datetime, *cells: str) -> ImportedFile:
    mapping.columns = {**COLUMNS, **NAMES}
    mapping.save()
    rows = [f"{row},{more}" for row, more in zip((GOOD, SECOND), cells, strict=True)]
    return bring(mapping, file(*rows, header=f"{HEADER},{CIRCUMSTANCES}"), now)


def test_what_a_file_tells_of_accident_referral_and_authorization_comes_in_from_any_row(
    mapping: ColumnMapping, now: datetime
) -> None:
    told = ('"Auto, work",09/13/2026,Texas,A1,,,,', "None,,,,R1,Ida,Grey,1234567893")
    assert with_circumstances(mapping, now, *told).problems == ()
    row = Encounter.objects.get()
    assert (row.accident_causes, row.accident_date, row.accident_state) == (["AA", "EM"], date(2026, 9, 13), "TX")
    assert (row.prior_authorization, row.referral_number) == ("A1", "R1")
    assert (row.referring_first_name, row.referring_last_name, row.referring_npi) == ("Ida", "Grey", "1234567893")
    assert row.supervising_npi == ""


@pytest.mark.parametrize(
    ("cells", "reason"),
    [
        ("fell,,,,,,,", "the accident's cause is none of auto, work and other"),
        ("auto,13.09.2026,,,,,,", f"the accident's date is not a date of the form {EITHER_FORM}"),
    ],
)
def test_an_accident_that_cannot_be_read_is_told(
    mapping: ColumnMapping, now: datetime, cells: str, reason: str
) -> None:
    imported = with_circumstances(mapping, now, cells, ",,,,,,,")
    assert imported.problems[0].reason == reason
    assert not Encounter.objects.exists()


def test_a_charge_file_counts_its_visits_a_chunk_at_a_time(
    mapping: ColumnMapping, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = [GOOD, GOOD.replace("V1,", "V2,").replace("99213", "")]
    rows += [GOOD.replace("V1,", f"V{each},").replace(",P1,", f",P{each},") for each in (3, 4)]
    run = start_job("import_charges", now=now, requested_by=None)
    seen: list[int] = []

    def advance_and_look(job_id: int, number: int) -> None:
        advance(job_id, number)
        seen.append(JobRun.objects.get(pk=job_id).done)

    receiving = sys.modules["apps.intake.services.receive_encounters"]  # hidden by its function of that name
    monkeypatch.setattr(receiving, "CHUNK", 2)
    monkeypatch.setattr(receiving, "advance", advance_and_look)
    import_charge_file(payload=file(*rows), name="charges.csv", mapping=mapping, now=now, job_id=run.pk)
    run.refresh_from_db()
    assert seen[-1] == run.done == run.total
    assert len(seen) == 2
