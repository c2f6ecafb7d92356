"""Diagnoses against the release of their day, sex and age: the rules by table, and how they get their facts."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from apps.claims.models import Claim
from apps.claims.rules.diagnosis_codes import dotted
from apps.claims.rules.diagnosis_view import DiagnosesView, DiagnosisView
from apps.claims.rules.findings import Found
from apps.claims.rules.registry import scrub
from apps.claims.rules.snapshot import ClaimView
from apps.claims.rules.surroundings import Surroundings
from apps.claims.selectors.diagnoses import diagnoses_on
from apps.claims.selectors.snapshots import snapshots
from tests.claims.sound import SOUND, line, with_lines
from tests.factories.claims import ClaimFactory
from tests.factories.diagnoses import DiagnosisCodeFactory, DiagnosisExclusionFactory, DiagnosisReleaseFactory

DAY = SOUND.service_date
SINUSITIS, COUGH = SOUND.diagnoses
PLAIN = DiagnosisView()


def found(claim: ClaimView, table: DiagnosesView | None) -> list[Found]:
    return scrub(replace(claim, around=Surroundings(diagnoses=table)))


def table(*excluded: tuple[str, str], **codes: DiagnosisView) -> DiagnosesView:
    return DiagnosesView(True, {SINUSITIS: PLAIN, COUGH: PLAIN, **codes}, excluded)


RELEASE = [
    (table(), "", ""),
    (None, "", ""),
    (DiagnosesView(known=False), "DX-RELEASE", "No ICD-10-CM release is loaded for September 16, 2026"),
    (DiagnosesView(True, {SINUSITIS: PLAIN}), "DX-UNKNOWN", "R05.9 is not an ICD-10-CM code on September 16, 2026"),
    (table(R059=DiagnosisView(False, finer=4)), "DX-BILLABLE", "R05.9 is a heading and cannot be billed. 4 more specific"),
    (table(J0190=DiagnosisView(manifestation=True)), "DX-MANIFESTATION", "J01.90 stands first and is a manifestation"),
    (table(R059=DiagnosisView(manifestation=True)), "", ""),
    (table((COUGH, SINUSITIS)), "DX-EXCLUDES1", "R05.9 and J01.90 exclude each other (Excludes1 under R05.9)"),
]  # fmt: skip


@pytest.mark.parametrize(("known", "rule", "words"), RELEASE)
def test_what_the_release_of_the_day_says(known: DiagnosesView | None, rule: str, words: str) -> None:
    said = found(SOUND, known)
    assert [each.rule.code for each in said] == ([rule] if rule else [])
    assert all(words in each.issue.sentence and each.issue.fix is None for each in said)


@pytest.mark.parametrize("fields", [{"frequency": "8", "payer_claim_number": "P1"}, {"payer_rank": 2}])
def test_what_another_payer_judged_or_is_taken_back_is_not_judged_again(fields: dict[str, Any]) -> None:
    for known, _, _ in RELEASE:
        assert not [each for each in found(replace(SOUND, **fields), known) if each.rule.code.startswith("DX-")]


def test_a_code_that_is_none_by_its_shape_is_told_once() -> None:
    said = found(replace(SOUND, diagnoses=(SINUSITIS, "XX")), table())
    assert [each.rule.code for each in said] == ["DX-SHAPE"]


def test_a_release_that_is_not_loaded_warns_once_a_claim_whatever_its_codes() -> None:
    said = found(replace(SOUND, diagnoses=(SINUSITIS, COUGH, "I10")), DiagnosesView(known=False))
    assert [(each.rule.code, each.blocks) for each in said] == [("DX-RELEASE", False)]


@pytest.mark.parametrize(("code", "read"), [("I10", "I10"), ("J0190", "J01.90"), ("S72001A", "S72.001A")])
def test_a_code_is_named_as_people_read_it(code: str, read: str) -> None:
    assert dotted(code) == read


@pytest.mark.parametrize(
    ("sex", "code", "warns"),
    [
        ("M", "O800", True), ("F", "O800", False), ("M", "O9A21", True), ("M", "Z3400", True), ("M", "Z3A20", True),
        ("M", "N72", True), ("M", "N841", True), ("M", "C539", True), ("M", "D259", True), ("M", "Z01419", True),
        ("F", "C61", True), ("M", "C61", False), ("F", "N401", True), ("F", "N529", True), ("F", "Z125", True),
        ("M", "B3731", True), ("F", "B3731", False), ("F", "B3742", True), ("M", "E282", True), ("F", "E291", True),
        ("F", "R868", True), ("M", "R868", False), ("M", "Z370", True), ("M", "Q513", True), ("F", "Q539", True),
        ("F", "Q564", False), ("M", "Q564", False), ("M", "C50911", True), ("F", "C50921", True), ("F", "C50911", False),
        ("M", "D390", True), ("F", "D4000", True), ("F", "A5902", True), ("M", "N3592", True), ("F", "N35919", True),
        ("F", "N393", False), ("M", "Z90710", True), ("F", "Z9852", True), ("M", "Z8041", False), ("M", "Z1332", False),
        ("F", "D074", True), ("F", "Q980", True), ("M", "S314", True), ("M", "Z302", False),
        ("F", "N390", False), ("M", "N390", False), ("M", "C509", False), ("M", "Z3009", False), ("U", "C61", False),
        ("M", "D0739", True), ("F", "D075", True), ("M", "D079", False),
    ],
)  # fmt: skip
def test_a_diagnosis_of_the_other_sex_warns(sex: str, code: str, warns: bool) -> None:
    claim = replace(SOUND, patient=replace(SOUND.patient, sex=sex), diagnoses=(code,))
    assert [each.rule.code for each in scrub(claim)] == ["DX-SEX"] * warns


def test_kx_says_that_the_other_sexs_code_is_meant() -> None:
    man = replace(SOUND.patient, sex="M")
    assert scrub(with_lines(line(modifiers=("KX",)), patient=man, diagnoses=("C539",))) == []


YEAR = timedelta(days=366)


@pytest.mark.parametrize(
    ("old", "code", "told"),
    [
        (timedelta(days=40), "P599", ""),
        (2 * YEAR, "P599", "2 years old"),
        (timedelta(days=0), "Z3800", ""),
        (2 * YEAR, "Z3800", "2 years old"),
        (timedelta(days=7), "Z00110", ""),
        (timedelta(days=8), "Z00110", "8 days old"),
        (timedelta(days=8), "Z00111", ""),
        (timedelta(days=7), "Z00111", "7 days old"),
        (timedelta(days=29), "Z00111", "29 days old"),
        (timedelta(days=60), "Z00129", ""),
        (20 * YEAR, "Z00129", "20 years old"),
        (20 * YEAR, "Z0000", ""),
        (10 * YEAR, "Z0000", "10 years old"),
        (8 * YEAR, "O800", "8 years old"),
        (30 * YEAR, "O800", ""),
        (70 * YEAR, "Z3400", "70 years old"),
        (19 * YEAR, "Z6825", "19 years old"),
        (21 * YEAR, "Z6825", ""),
        (21 * YEAR, "Z6852", "21 years old"),
        (10 * YEAR, "Z6852", ""),
    ],
)
def test_a_diagnosis_of_another_age_warns(old: timedelta, code: str, told: str) -> None:
    patient = replace(SOUND.patient, birth_date=DAY - old)
    said = [
        each for each in scrub(replace(SOUND, patient=patient, diagnoses=(code,))) if each.rule.code != "WF-NEWBORN"
    ]
    assert [each.rule.code for each in said] == (["DX-AGE"] if told else [])
    assert all(told in each.issue.sentence for each in said)


def test_without_a_birth_date_no_age_is_judged() -> None:
    nobody = replace(SOUND, patient=replace(SOUND.patient, birth_date=None), diagnoses=("P599",))
    assert [each.rule.code for each in scrub(nobody)] == ["WF-BIRTH-DATE"]


def looked_up(claim: Claim) -> DiagnosesView | None:
    return snapshots([claim.pk], today=DAY, for_rules=True)[claim.pk].around.diagnoses


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("day", "known"), [(date(2026, 3, 31), False), (date(2026, 4, 1), True), (date(2026, 9, 30), True), (date(2026, 10, 1), False)]
)  # fmt: skip
def test_a_release_counts_on_the_days_for_which_it_was_published(day: date, known: bool) -> None:
    DiagnosisCodeFactory(finer=3, manifestation=True)
    view = looked_up(ClaimFactory(service_date=day))
    assert view == (
        DiagnosesView(True, {"J0190": DiagnosisView(True, True, 3)}) if known else DiagnosesView(known=False)
    )


@pytest.mark.django_db
def test_an_april_release_takes_the_place_of_octobers() -> None:
    october = DiagnosisReleaseFactory(starts_on=date(2025, 10, 1))
    DiagnosisCodeFactory(release=october, billable=False)
    DiagnosisCodeFactory()
    march, may = ClaimFactory(service_date=date(2026, 3, 1)), ClaimFactory(service_date=date(2026, 5, 1))
    views = snapshots([march.pk, may.pk], today=DAY, for_rules=True)
    told = [view.around.diagnoses.codes["J0190"].billable for view in views.values() if view.around.diagnoses]
    assert told == [False, True]


@pytest.mark.django_db
def test_an_excludes1_note_keeps_what_stands_below_both_of_its_ends_apart() -> None:
    DiagnosisExclusionFactory(code="J01", first="J30", last="J32")
    DiagnosisExclusionFactory(code="J320", first="J0190", last="J0190")
    DiagnosisExclusionFactory(code="J01", first="J329", last="J329", release__starts_on=date(2025, 10, 1))
    codes = ["J0190", "J320", "J329", "J331", "J0190", "J01"]
    view = looked_up(ClaimFactory(diagnoses=codes))
    assert view is not None
    assert view.excluded == (("J0190", "J320"), ("J0190", "J329"), ("J01", "J320"), ("J01", "J329"))
    assert view.codes == {}


@pytest.mark.django_db
def test_a_claim_without_diagnoses_asks_nothing() -> None:
    DiagnosisReleaseFactory()
    assert looked_up(ClaimFactory(diagnoses=[])) == DiagnosesView(known=True)


@pytest.mark.django_db
def test_before_the_first_release_is_taken_in_nothing_is_compared() -> None:
    assert looked_up(ClaimFactory()) is None


@pytest.mark.django_db
@pytest.mark.parametrize("size", [1, 5])
def test_a_release_costs_the_same_queries_for_any_number(size: int, django_assert_num_queries: Any) -> None:
    DiagnosisExclusionFactory()
    claims = [ClaimFactory(diagnoses=["J0190", "J329"]) for _ in range(size)]
    with django_assert_num_queries(3):
        assert [view.excluded for view in diagnoses_on(claims).values()] == [(("J0190", "J329"),)] * size
