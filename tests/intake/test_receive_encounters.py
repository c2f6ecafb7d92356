from datetime import date, datetime
from decimal import Decimal

import pytest
from django.db import DataError, OperationalError, connection
from django.test.utils import CaptureQueriesContext

from apps.connectors.ports.ehr import EhrPatient, EhrProvider, EhrVisitFacts
from apps.core.jobs import start_job
from apps.intake.models import Charge, Consent, Coverage, Encounter, Patient, VisitConflict
from apps.intake.services import ReceivedEncounters, receive_encounters
from apps.practice.models import Payer, Provider
from apps.worklist.models import WorkItem
from tests.factories.connectors import TransmissionFactory
from tests.factories.intake import ConsentFactory
from tests.factories.practice import LocationFactory, PayerChannelFactory, PayerFactory, ProviderFactory
from tests.intake import told

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def directory() -> None:
    PayerFactory(name="Lone Prairie", claims_id="LPHP1")
    PayerFactory(name="Caprock", claims_id="CPRK3")
    ProviderFactory(source_id="D1")
    LocationFactory(source_id="L1")


def receive(
    now: datetime, *visits: object, patients: tuple[EhrPatient, ...] = (), **options: object
) -> ReceivedEncounters:
    people = patients or (told.patient(coverages=(told.cover(),)),)
    given = {"source": "drchrono", "arrived_by": Encounter.Path.POLL, "now": now}
    return receive_encounters(encounters=visits or (told.visit(),), patients=people, **{**given, **options})


def test_a_visit_comes_in_with_its_patient_coverage_and_charges(now: datetime) -> None:
    lines = (told.charge(1), told.charge(2, procedure="69210", modifiers=("25",), amount=Decimal("88.00")))
    received = receive(now, told.visit(charges=lines))
    encounter = Encounter.objects.get(public_id=received.encounters[0])
    assert (received.new, received.known, received.refused) == (1, 0, ())
    assert encounter.patient.full_name == "Ada Thornbury"
    assert encounter.coverage is not None
    assert encounter.coverage.payer.claims_id == "LPHP1"
    assert encounter.provider.source_id == "D1"
    assert encounter.location is not None
    rows = [(row.number, row.procedure, row.modifiers, row.amount) for row in encounter.charges.all()]
    assert rows == [(1, "99213", [], Decimal("148.00")), (2, "69210", ["25"], Decimal("88.00"))]


def test_the_same_visit_again_adds_nothing(now: datetime) -> None:
    receive(now)
    received = receive(now, arrived_by=Encounter.Path.EVENT)
    assert (received.new, received.known, received.changed) == (0, 1, 0)
    assert (Encounter.objects.count(), Charge.objects.count(), Patient.objects.count()) == (1, 1, 1)
    assert Coverage.objects.count() == 1


def test_a_line_that_is_added_before_billing_comes_in(now: datetime) -> None:
    receive(now)
    received = receive(now, told.visit(charges=(told.charge(1), told.charge(2))))
    assert received.changed == 1
    assert Charge.objects.count() == 2
    assert not WorkItem.objects.exists()


def test_charges_that_change_after_billing_change_nothing_and_go_to_a_biller_once(now: datetime) -> None:
    receive(now)
    Encounter.objects.update(billed_at=now)
    changed = told.visit(charges=(told.charge(1, amount=Decimal("212.00")),))
    assert receive(now, changed).changed == 1
    assert receive(now, changed).changed == 0
    assert Charge.objects.get().amount == Decimal("148.00")
    item = WorkItem.objects.get()
    assert (item.kind, item.owner_role) == ("charges_changed", "biller")
    conflict = VisitConflict.objects.get()
    assert (conflict.work_item, conflict.lines[0]["amount"]) == (item, "212.00")


@pytest.mark.parametrize(
    "change",
    [
        {"charges": (told.charge(1, ndc="00002143380", ndc_units=Decimal("2.5"), ndc_unit_measure="ML"),)},
        {"abn_signed_on": date(2026, 9, 15)},
        {"facts": EhrVisitFacts(accident_causes=("AA",), accident_date=date(2026, 9, 14))},
        {"facts": EhrVisitFacts(prior_authorization="A77")},
        {"facts": EhrVisitFacts(referral_number="R1")},
        {"facts": EhrVisitFacts(supervising_last_name="Calloway")},
    ],
)
def test_whatever_a_fingerprint_covers_goes_to_a_biller_after_billing(now: datetime, change: dict[str, object]) -> None:
    receive(now)
    Encounter.objects.update(billed_at=now)
    assert receive(now, told.visit(**change)).changed == 1
    assert VisitConflict.objects.get().state == "open"
    assert receive(now).changed == 1
    assert VisitConflict.objects.get().state == "agreed"


@pytest.mark.parametrize(("name", "other"), [("ndc_units", Decimal(3)), ("ndc_unit_measure", "UN"), ("ndc", "1")])
def test_another_drug_or_quantity_after_billing_goes_to_a_biller(now: datetime, name: str, other: object) -> None:
    drug = {"ndc": "00002143380", "ndc_units": Decimal("2.5"), "ndc_unit_measure": "ML"}
    receive(now, told.visit(charges=(told.charge(1, **drug),)))
    Encounter.objects.update(billed_at=now)
    assert receive(now, told.visit(charges=(told.charge(1, **drug | {name: other}),))).changed == 1
    assert VisitConflict.objects.get().lines[0][name] == str(other)


def test_a_notice_that_the_ehr_tells_no_longer_stays_on_file_and_asks_nobody(now: datetime) -> None:
    receive(now, told.visit(abn_signed_on=date(2026, 9, 15)))
    Encounter.objects.update(billed_at=now)
    receive(now)
    assert Encounter.objects.get().abn_signed_on == date(2026, 9, 15)
    assert not VisitConflict.objects.exists()


INSURED = told.patient(coverages=(told.cover(),))


def test_a_plan_that_is_told_before_billing_comes_in(now: datetime) -> None:
    receive(now, patients=(told.patient(),))
    assert receive(now, patients=(INSURED,)).changed == 1
    encounter = Encounter.objects.get()
    assert encounter.coverage is not None
    assert encounter.coverage.payer.claims_id == "LPHP1"
    assert (Charge.objects.count(), WorkItem.objects.count()) == (1, 0)


def test_a_plan_that_is_told_after_billing_goes_to_a_biller_once_and_is_on_file(now: datetime) -> None:
    receive(now, patients=(told.patient(),))
    Encounter.objects.update(billed_at=now)
    assert receive(now, patients=(INSURED,)).changed == 1
    assert receive(now, patients=(INSURED,)).changed == 0
    encounter = Encounter.objects.get()
    assert encounter.coverage is None
    conflict = VisitConflict.objects.get(encounter=encounter)
    assert conflict.work_item == WorkItem.objects.get(kind="charges_changed")
    assert Coverage.objects.get().patient == encounter.patient


def test_a_visits_own_plan_that_changes_before_billing_is_taken(now: datetime) -> None:
    receive(now, told.visit(coverages=(told.cover(),)))
    receive(now, told.visit(coverages=(told.cover("CPRK3", member_id="CK1"),)))
    encounter = Encounter.objects.get()
    assert encounter.coverage is not None
    assert (encounter.coverage.payer.claims_id, encounter.coverage.member_id) == ("CPRK3", "CK1")


def test_a_provider_that_changes_before_billing_is_taken(now: datetime) -> None:
    ProviderFactory(source_id="D2")
    receive(now)
    assert receive(now, told.visit(provider_source_id="D2")).changed == 1
    assert Encounter.objects.get().provider.source_id == "D2"


def test_a_changed_visit_whose_patient_is_not_told_keeps_its_plan(now: datetime) -> None:
    receive(now)
    stranger = told.patient("P9")
    assert receive(now, told.visit(diagnoses=("E785",)), patients=(stranger,)).changed == 1
    encounter = Encounter.objects.get()
    assert (encounter.diagnoses, encounter.coverage) == (["E785"], Coverage.objects.get())


def test_a_visit_without_coverage_is_self_pay(now: datetime) -> None:
    receive(now, patients=(told.patient(),))
    assert Encounter.objects.get().coverage is None


def test_an_unknown_payer_comes_in_unconfirmed_with_work_for_the_administrator(now: datetime) -> None:
    person = told.patient(coverages=(told.cover("NEW9", payer_name="Brazos Valley"),))
    received = receive(now, patients=(person,))
    payer = Payer.objects.get(claims_id="NEW9")
    assert (payer.name, payer.confirmed) == ("Brazos Valley", False)
    assert received.added_payers == ("Brazos Valley",)
    assert WorkItem.objects.get().owner_role == "administrator"
    encounter = Encounter.objects.get()
    assert encounter.coverage is not None
    assert encounter.coverage.payer == payer


def test_a_payer_that_the_ehr_names_in_capitals_gets_a_readable_name_and_is_found_again(now: datetime) -> None:
    receive(now, patients=(told.patient(coverages=(told.cover("", payer_name="BCBS OF BRAZOS"),)),))
    assert Payer.objects.get(confirmed=False).name == "BCBS of Brazos"
    again = receive(now, patients=(told.patient(coverages=(told.cover("", payer_name="BCBS OF BRAZOS"),)),))
    assert again.added_payers == ()


def test_an_unknown_payer_under_a_known_name_does_not_pass_for_the_known_one(now: datetime) -> None:
    receive(now, patients=(told.patient(coverages=(told.cover("NEW9", payer_name="Lone Prairie"),)),))
    assert Payer.objects.get(claims_id="NEW9").name == "Lone Prairie (NEW9)"


def test_an_unknown_provider_comes_in_unconfirmed(now: datetime) -> None:
    stranger = EhrProvider("D9", "Colette", "Branwen", "1234567893")
    receive(now, told.visit(provider_source_id="D9"), providers=(stranger,))
    row = Provider.objects.get(source_id="D9")
    assert (row.last_name, row.npi, row.confirmed) == ("Branwen", "1234567893", False)


def test_a_provider_that_the_ehr_no_longer_explains_loses_no_visit(now: datetime) -> None:
    receive(now, told.visit(provider_source_id="D8"))
    assert Encounter.objects.get().provider.last_name == "Provider D8"


def test_a_changed_coverage_is_ended_and_followed(now: datetime) -> None:
    receive(now)
    receive(now, told.visit("V2"), patients=(told.patient(coverages=(told.cover("CPRK3", member_id="CK1"),)),))
    old, new = Coverage.objects.order_by("pk")
    assert (old.payer.claims_id, old.ends_on) == ("LPHP1", date(2026, 9, 15))
    assert (new.payer.claims_id, new.ends_on) == ("CPRK3", None)
    assert Encounter.objects.get(source_id="V1").coverage == old
    assert Encounter.objects.get(source_id="V2").coverage == new


def test_another_subscriber_name_is_another_coverage_but_a_missing_one_is_filled_in(now: datetime) -> None:
    receive(now, patients=(told.patient(coverages=(told.cover(subscriber_first_name=""),)),))
    receive(now, told.visit("V2"))
    assert [row.subscriber_first_name for row in Coverage.objects.all()] == ["Ada"]
    receive(now, told.visit("V3"), patients=(told.patient(coverages=(told.cover(subscriber_first_name="Bea"),)),))
    rows = Coverage.objects.order_by("pk")
    assert [(row.subscriber_first_name, row.ends_on) for row in rows] == [("Ada", date(2026, 9, 15)), ("Bea", None)]


def test_a_coverage_that_is_told_no_longer_has_ended(now: datetime) -> None:
    receive(now)
    receive(now, told.visit("V2"), patients=(told.patient(),))
    assert Coverage.objects.get().ends_on == date(2026, 9, 15)
    assert Encounter.objects.get(source_id="V2").coverage is None


def test_a_visit_may_name_its_own_payer_and_ends_nothing(now: datetime) -> None:
    first = told.visit("V1", coverages=(told.cover(),))
    second = told.visit("V2", coverages=(told.cover("CPRK3", member_id="CK1"),))
    receive(now, first, second, told.visit("V3", coverages=()), patients=(told.patient(),))
    payers = [row.coverage and row.coverage.payer.claims_id for row in Encounter.objects.order_by("source_id")]
    assert payers == ["LPHP1", "CPRK3", None]
    assert not Coverage.objects.exclude(ends_on=None).exists()


def test_the_secondary_coverage_comes_in_beside_the_first(now: datetime) -> None:
    person = told.patient(coverages=(told.cover("CPRK3", rank=2, member_id="CK1"), told.cover()))
    receive(now, patients=(person,))
    assert [row.rank for row in Coverage.objects.order_by("rank")] == [1, 2]
    encounter = Encounter.objects.get()
    assert encounter.coverage is not None
    assert encounter.coverage.rank == 1


def test_what_the_ehr_leaves_blank_erases_nothing(now: datetime) -> None:
    receive(now, patients=(told.patient(phone="+15125550123", city="Austin"),))
    receive(now, told.visit("V2"), patients=(told.patient(phone="", city="Lakeway"),))
    row = Patient.objects.get()
    assert (row.phone, row.city) == ("+15125550123", "Lakeway")


def test_consent_comes_in_once_and_a_later_no_ends_it(now: datetime) -> None:
    receive(now, patients=(told.patient(consents=(told.consent(),)),))
    receive(now, told.visit("V2"), patients=(told.patient(consents=(told.consent(),)),))
    assert Consent.objects.get().revoked_at is None
    receive(now, told.visit("V3"), patients=(told.patient(consents=(told.consent(given=False),)),))
    assert Consent.objects.get().revoked_at == now


def test_a_stop_outlasts_the_older_yes_of_the_ehr(now: datetime) -> None:
    receive(now, patients=(told.patient(),))
    row = Patient.objects.get()
    ConsentFactory(patient=row, address="+15125550123", given_on=date(2026, 1, 5), revoked_at=now)
    receive(now, told.visit("V2"), patients=(told.patient(consents=(told.consent(given_on=date(2026, 2, 1)),)),))
    assert not Consent.objects.filter(revoked_at=None).exists()
    receive(now, told.visit("V4"), patients=(told.patient(consents=(told.consent(given_on=None),)),))
    assert not Consent.objects.filter(revoked_at=None).exists()
    receive(now, told.visit("V3"), patients=(told.patient(consents=(told.consent(given_on=date(2026, 9, 20)),)),))
    assert Consent.objects.filter(revoked_at=None).count() == 1


def test_a_visit_that_no_row_can_hold_is_refused_by_name_and_the_others_come_in(now: datetime) -> None:
    bad = told.visit("V2", charges=(told.charge(amount=Decimal("-1.00")),))
    stranger = told.visit("V3", patient_source_id="P9")
    received = receive(now, told.visit(), bad, stranger)
    assert received.new == 1
    assert [(refusal.source_id, refusal.reason) for refusal in received.refused] == [
        ("V2", "a charge line's amount is negative or impossibly high"),
        ("V3", "the EHR does not tell its patient, or tells a record that cannot be read: look at the patient there"),
    ]


def test_a_visit_names_the_transmission_that_brought_it(now: datetime) -> None:
    page = TransmissionFactory(kind="ehr")
    receive(now, told.visit(received_as=page.public_id))
    assert Encounter.objects.get().transmission == page


@pytest.mark.long
def test_many_visits_cost_as_many_queries_as_few(now: datetime) -> None:
    def lot(first: int, size: int) -> int:
        numbers = range(first, first + size)
        visits = [told.visit(f"V{n}", patient_source_id=f"P{n}") for n in numbers]
        people = tuple(
            told.patient(f"P{n}", coverages=(told.cover(member_id=f"LP{n}"),), consents=(told.consent(),))
            for n in numbers
        )
        with CaptureQueriesContext(
            connection,
        ) as queries:
            receive(now, *visits, patients=people)
        return len(queries)

    assert lot(1, 3) == lot(100, 200)


def test_what_a_visit_tells_of_an_accident_comes_in_and_is_replaced_while_it_waits(now: datetime) -> None:
    facts = EhrVisitFacts(accident_causes=("AA",), accident_date=date(2026, 9, 14), referring_npi="1")
    receive(now, told.visit(facts=facts))
    row = Encounter.objects.get()
    assert (row.accident_causes, row.accident_date, row.referring_npi) == (["AA"], date(2026, 9, 14), "1")
    assert receive(now, told.visit(facts=facts)).changed == 0
    assert receive(now, told.visit(facts=EhrVisitFacts(referral_number="R1"))).changed == 1
    row.refresh_from_db()
    assert (row.accident_causes, row.accident_date, row.referral_number) == ([], None, "R1")


def test_a_payer_is_known_by_the_id_that_a_clearinghouse_has_for_it_and_not_where_two_have_it(now: datetime) -> None:
    lone, caprock = Payer.objects.order_by("pk")
    PayerChannelFactory(payer=lone, identifier="WS100")
    for payer in (lone, caprock):
        PayerChannelFactory(payer=payer, clearinghouse="other", identifier="WS200")
    PayerChannelFactory(payer=caprock, clearinghouse="third", identifier="LPHP1")
    for number, told_id in enumerate(("WS100", "LPHP1", "WS200"), start=1):
        receive(
            now,
            told.visit(f"V{number}", patient_source_id=f"P{number}"),
            patients=(told.patient(f"P{number}", coverages=(told.cover(told_id),)),),
        )
    payers = list(Encounter.objects.order_by("pk").values_list("coverage__payer__name", "coverage__payer__confirmed"))
    assert payers[:2] == [("Lone Prairie", True)] * 2
    assert payers[2] == ("Lone Prairie (WS200)", False)


NUL = "J01\x000"  # no column of text can hold it


@pytest.mark.long
def test_a_visit_over_which_the_taking_in_falls_is_refused_and_the_others_come_in(
    now: datetime, caplog: pytest.LogCaptureFixture
) -> None:
    visits = [told.visit(f"V{number}", diagnoses=(NUL,) if number == 5 else ("J0190",)) for number in range(8)]
    received = receive(now, *visits)
    assert (received.new, Encounter.objects.count(), Charge.objects.count()) == (7, 7, 7)
    (refused,) = received.refused
    assert (refused.source_id, refused.reason) == (
        "V5",
        "taking it in fails with DataError: look for unusual signs in the visit, or report it to the makers",
    )
    assert "J01" not in caplog.text
    again = receive(now, *visits)
    assert (again.new, again.known, len(again.refused)) == (0, 7, 1)


def test_a_patient_over_whom_the_taking_in_falls_keeps_nobody_elses_visit_back(now: datetime) -> None:
    people = (told.patient(coverages=(told.cover(),)), told.patient("P2", first_name="Bea\x00"))
    received = receive(now, told.visit("V1"), told.visit("V2", patient_source_id="P2"), patients=people)
    assert received.new == 1
    assert [each.source_id for each in received.refused] == ["V2"]


def test_a_job_counts_the_visits_that_fell_too(now: datetime) -> None:
    run = start_job("import_charges", now=now, requested_by=None)
    visits = [told.visit(f"V{number}", diagnoses=(NUL,) if number == 1 else ("J0190",)) for number in range(3)]
    receive(now, *visits, job_id=run.pk)
    run.refresh_from_db()
    assert run.done == 3


@pytest.mark.long
def test_what_falls_over_every_visit_is_no_visits_fault(now: datetime) -> None:
    visits = [told.visit(f"V{number}", diagnoses=(NUL,)) for number in range(11)]
    with pytest.raises(DataError, match="NUL"):
        receive(now, *visits)


def test_a_database_that_is_gone_is_no_visits_fault(now: datetime) -> None:
    def gone(execute: object, sql: str, *rest: object) -> object:
        if "intake_encounter" in sql:
            raise OperationalError("gone")
        return execute(sql, *rest)  # type: ignore[operator]

    with pytest.raises(OperationalError), connection.execute_wrapper(gone):
        receive(now)
    assert not Encounter.objects.exists()
