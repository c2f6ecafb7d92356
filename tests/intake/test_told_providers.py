"""Whom a charge file means: an NPI as spreadsheets write it, and a provider whose id was once cut."""

from dataclasses import replace
from datetime import date, datetime

import pytest

from apps.intake import rules
from apps.intake.models import ColumnMapping, Encounter, Patient
from apps.practice.models import Provider
from tests.factories.intake import EncounterFactory
from tests.factories.practice import PayerFactory, ProviderFactory
from tests.intake import told
from tests.intake.test_import_charge_file import GOOD, HEADER, bring, file, mapping  # noqa: F401  the fixture

pytestmark = pytest.mark.django_db
DOCTOR = "Marisol Quintero,1234567893"
LONG = "Maria Montgomery-Fitzgerald-Castellanos"
WHOLE = "1234567893 Montgomery-Fitzgerald-Castellanos Maria"


@pytest.mark.parametrize("npi", ["1234567893.0", "1234567893.00", "123 456 7893"])
def test_an_npi_is_read_as_a_spreadsheet_writes_it(
    npi: str,
    mapping: ColumnMapping,  # noqa: F811
    now: datetime,
) -> None:
    assert bring(mapping, file(GOOD.replace(DOCTOR, f"Marisol Quintero,{npi}")), now).problems == ()
    assert Provider.objects.get().npi == "1234567893"


def test_whoever_came_by_such_an_npi_before_is_found_by_it(mapping: ColumnMapping, now: datetime) -> None:  # noqa: F811
    stored = ProviderFactory(npi="1234567893", last_name="Renamed", source_id="1234567893.0 Quintero Marisol")
    assert bring(mapping, file(GOOD.replace(DOCTOR, f"{DOCTOR}.0")), now).problems == ()
    assert Encounter.objects.get().provider == stored


def test_a_zip_and_a_procedure_lose_the_decimals_of_a_spreadsheet(mapping: ColumnMapping, now: datetime) -> None:  # noqa: F811
    row = GOOD.replace(",78704,", ",78704.0,").replace(",99213,", ",99213.0,")
    assert bring(mapping, file(row), now).problems == ()
    encounter = Encounter.objects.get()
    assert (encounter.patient.postcode, encounter.charges.get().procedure) == ("78704", "99213")


@pytest.mark.parametrize("insured", ["Self", "Child"])
def test_a_payers_id_and_a_place_lose_them_too(insured: str, mapping: ColumnMapping, now: datetime) -> None:  # noqa: F811
    payer = PayerFactory(name="Second Prairie", claims_id="60054")
    mapping.columns = {**mapping.columns, "payer_id": "Payer ID", "place_of_service": "POS"}
    mapping.save()
    row = GOOD.replace("Self", insured) + ",60054.0,2.0"
    assert bring(mapping, file(row, header=f"{HEADER},Payer ID,POS"), now).problems == ()
    encounter = Encounter.objects.get()
    assert encounter.coverage is not None
    assert (encounter.coverage.payer, encounter.place_of_service) == (payer, "02")


def test_a_payer_that_came_with_decimals_before_is_the_same(mapping: ColumnMapping, now: datetime) -> None:  # noqa: F811
    payer = PayerFactory(name="Second Prairie", claims_id="60054.0", confirmed=False)
    mapping.columns = {**mapping.columns, "payer_id": "Payer ID"}
    mapping.save()
    assert bring(mapping, file(f"{GOOD},60054.0", header=f"{HEADER},Payer ID"), now).problems == ()
    encounter = Encounter.objects.get()
    assert encounter.coverage is not None
    assert encounter.coverage.payer == payer


def cut_and_renamed(**fields: str) -> Provider:
    return ProviderFactory(**{"npi": "1234567893", "last_name": "Renamed", "source_id": WHOLE[:40], **fields})


def test_a_provider_whose_id_was_cut_is_meant_by_the_whole_one(mapping: ColumnMapping, now: datetime) -> None:  # noqa: F811
    stored = cut_and_renamed()
    assert bring(mapping, file(GOOD.replace("Marisol Quintero", LONG)), now).new == 1
    assert Encounter.objects.get().provider == stored
    assert Provider.objects.get().source_id == WHOLE


@pytest.mark.parametrize("doubt", ["two are told", "two are stored"])
def test_a_cut_id_that_may_mean_two_is_nobodys(doubt: str, mapping: ColumnMapping, now: datetime) -> None:  # noqa: F811
    stored = cut_and_renamed()
    rows = [GOOD.replace("Marisol Quintero", LONG)]
    if doubt == "two are told":
        rows.append(rows[0].replace("V1,1", "V2,1").replace("Maria ", "Marianne "))
    else:
        cut_and_renamed(last_name="Other", source_id=f"{WHOLE}nne")
    assert bring(mapping, file(*rows), now).new == len(rows)
    stored.refresh_from_db()
    assert stored.source_id == WHOLE[:40]
    assert not Encounter.objects.filter(provider=stored).exists()


def test_an_entered_visit_of_a_provider_whose_id_was_cut_is_the_one_told(
    mapping: ColumnMapping,  # noqa: F811
    now: datetime,
) -> None:
    row = GOOD.replace("Marisol Quintero", LONG)
    bring(mapping, file(row.replace("V1,", "V0,").replace("09/14/2026", "09/10/2026")), now)
    first, stored = Encounter.objects.get(), Provider.objects.get()
    Provider.objects.update(last_name="Renamed", source_id=WHOLE[:40])
    entered = EncounterFactory(
        source=first.source,
        source_id="hand:1",
        patient=Patient.objects.get(),
        provider=stored,
        service_date=date(2026, 9, 14),
        arrived_by=Encounter.Path.HAND,
    )
    brought = bring(mapping, file(row), now)
    assert (brought.new, brought.received.known) == (0, 1)
    entered.refresh_from_db()
    assert entered.source_id == "V1"
    assert Provider.objects.get().source_id == WHOLE


@pytest.mark.parametrize("one", [WHOLE, WHOLE[:40]])
def test_a_visit_told_with_another_provider_whose_id_begins_alike_is_told_differently(one: str) -> None:
    last = rules.fingerprint(told.visit(provider_source_id=one), before=f"{'0' * rules.HALF}plan")
    assert rules.fingerprint(told.visit(provider_source_id=f"{WHOLE}nne"), before=last) != last


@pytest.mark.parametrize(
    ("provider", "stored"),
    [("D1", "9b814f48bce4decaadf8d1fb7c003c01"), (WHOLE, "eb545170590a99f9490dea5a14f15b9a")],
)
def test_a_visit_that_came_when_ids_were_cut_is_told_as_before(provider: str, stored: str) -> None:
    before = f"{stored}{'0' * rules.HALF}"
    again = told.visit(provider_source_id=provider)
    assert rules.fingerprint(again, before=before) == before
    assert rules.fingerprint(replace(again, diagnoses=("E785",)), before=before) != before


def test_another_provider_whose_name_begins_alike_replaces_the_first(
    mapping: ColumnMapping,  # noqa: F811
    now: datetime,
) -> None:
    row = GOOD.replace("Marisol Quintero", LONG)
    bring(mapping, file(row), now)
    received = bring(mapping, file(row.replace("Maria ", "Marianne ")), now).received
    assert (received.new, received.changed) == (0, 1)
    assert Encounter.objects.get().provider.first_name == "Marianne"
    assert bring(mapping, file(row.replace("Maria ", "Marianne ")), now).received.changed == 0


def test_an_id_that_is_as_long_as_a_cut_one_and_whole_stays_its_own(
    mapping: ColumnMapping,  # noqa: F811
    now: datetime,
) -> None:
    name = "Montgomery-Fitzgerald-Ca"
    short, longer = (GOOD.replace("Marisol Quintero", f"{first} {name}") for first in ("Mari", "Maria"))
    bring(mapping, file(short), now)
    assert len(Provider.objects.get().source_id) == rules.CUT
    bring(mapping, file(longer.replace("V1,", "V2,")), now)
    assert set(Provider.objects.values_list("first_name", flat=True)) == {"Mari", "Maria"}
