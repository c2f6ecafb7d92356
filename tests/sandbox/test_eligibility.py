from collections.abc import Callable
from datetime import date
from decimal import Decimal

import httpx
import pytest

from apps.sandbox.payers import members
from apps.sandbox.wire.identity import credentials
from apps.sandbox.world.people import Coverage, Patient
from tests.sandbox.town import Town, scan

Open = Callable[..., Town]
SERVED = date(2026, 10, 7)


def inquiry(patient: Patient, *, member_id: str = "", payer_id: str = "", last: str = "") -> str:
    cover = patient.coverage
    assert cover is not None
    child = cover.relationship != "18"
    subscriber_last = last or cover.subscriber_last
    rows = [
        "ISA*00*          *00*          *ZZ*PECANROW01     *ZZ*TIDEGATE       *261005*1200*^*00501*000000001*0*P*:",
        "GS*HS*PECANROW01*TIDEGATE*20261005*1200*1*X*005010X279A1", "ST*270*0001*005010X279A1",
        "BHT*0022*13*REF1*20261005*1200", "HL*1**20*1",
        f"NM1*PR*2*PAYER*****PI*{payer_id or cover.payer.payer_id}", "HL*2*1*21*1",
        "NM1*1P*2*PECAN ROW FAMILY MEDICINE*****XX*1482039579", f"HL*3*2*22*{int(child)}",
        f"NM1*IL*1*{subscriber_last.upper()}*{cover.subscriber_first.upper()}****MI*{member_id or cover.member_id}",
        f"DMG*D8*{cover.subscriber_birth:%Y%m%d}",
    ]  # fmt: skip
    if child:
        rows += [
            "HL*4*3*23*0",
            "TRN*1*TRACE1*9ABCDEF",
            f"NM1*03*1*{patient.last_name.upper()}*{patient.first_name.upper()}",
        ]
    else:
        rows.insert(9, "TRN*1*TRACE1*9ABCDEF")
    rows += [f"DTP*291*D8*{SERVED:%Y%m%d}", "EQ*30", "SE*12*0001", "GE*1*1", "IEA*1*000000001"]
    return "".join(f"{row}~" for row in rows)


def ask(town: Town, data: str, **changes: str) -> httpx.Response:
    ours = credentials(town.world)
    form = {
        "UserID": ours["eligibility_user"], "Password": ours["eligibility_password"], "DataFormat": "X12",
        "ResponseType": "271", "Data": data, **changes,
    }  # fmt: skip
    return town.call("POST", "/waystar/eligibility", data=form)


def answer(town: Town, data: str) -> list[list[str]]:
    return scan(ask(town, data).text).segments


def patient_with(town: Town, fits: Callable[[Coverage], bool]) -> Patient:
    return next(each for each in town.world.people.all() if each.coverage and fits(each.coverage))


def named(rows: list[list[str]], name: str) -> list[list[str]]:
    return [row for row in rows if row[0] == name]


def test_an_active_member_is_told_copay_and_what_is_left_of_the_deductible(town: Town) -> None:
    patient = patient_with(town, lambda cover: cover.payer.payer_id == "LPHP1" and cover.relationship == "18")
    assert patient.coverage is not None
    benefits = named(answer(town, inquiry(patient)), "EB")
    member = members.find(town.world, "LPHP1", patient.coverage.member_id)
    assert member is not None
    left = members.deductible_left(town.world, member, SERVED.year)
    assert benefits[0][1:4] == ["1", "", "30"]
    assert [row[7] for row in benefits if row[1] == "B"] == ["30"]
    assert [Decimal(row[7]) for row in benefits if row[1:7] == ["C", "IND", "30", "", "", "29"]] == [left]
    assert [row[8] for row in benefits if row[1] == "A"] == ["0.2"]


@pytest.mark.long
def test_what_a_claim_used_of_the_deductible_is_no_longer_left(open_town: Open) -> None:
    town = open_town(days_to_pay=1)
    claim = town.visit(payer="MQNL8", code="36415")
    before = _left(town, claim.patient)
    town.send([claim])
    town.advance(days=4)
    used = sum(town.world.state.deductible_met.values())
    assert _left(town, claim.patient) == before - used


def _left(town: Town, patient: Patient) -> Decimal:
    benefits = named(answer(town, inquiry(patient)), "EB")
    return next(Decimal(row[7]) for row in benefits if row[1] == "C" and row[6] == "29")


def test_a_child_is_answered_as_the_dependent_that_it_is(town: Town) -> None:
    rows = answer(town, inquiry(patient_with(town, lambda cover: cover.relationship == "19")))
    assert [row[3] for row in named(rows, "HL")] == ["20", "21", "22", "23"]
    assert named(rows, "EB")[0][1] == "1"
    assert named(rows, "TRN")[0][2] == "TRACE1"


def test_a_lapsed_coverage_is_inactive_with_its_end(open_town: Open) -> None:
    town = open_town(mess={"lapsed": 1.0})
    rows = answer(town, inquiry(patient_with(town, lambda cover: cover.relationship == "18")))
    assert [row[1] for row in named(rows, "EB")] == ["6"]
    assert ["DTP", "347", "D8", "20260331"] in rows


def test_another_payer_that_comes_first_is_named(open_town: Open) -> None:
    town = open_town(mess={"other_payer": 1.0})
    patient = patient_with(town, lambda cover: cover.relationship == "18")
    assert patient.coverage is not None
    assert patient.coverage.other_primary is not None
    rows = answer(town, inquiry(patient))
    assert "R" in [row[1] for row in named(rows, "EB")]
    assert [row[9] for row in named(rows, "NM1") if row[1] == "PRP"] == [patient.coverage.other_primary.payer_id]


def test_a_qualified_medicare_beneficiary_is_marked(town: Town) -> None:
    rows = answer(town, inquiry(patient_with(town, lambda cover: cover.qmb)))
    assert "QM" in [row[4] for row in named(rows, "EB") if len(row) > 4]


@pytest.mark.parametrize(
    ("changes", "reason"),
    [({"member_id": "LP000000000"}, "75"), ({"payer_id": "NOONE"}, "79"), ({"last": "Somebody"}, "73")],
)
def test_what_does_not_fit_is_refused_with_its_reason(town: Town, changes: dict[str, str], reason: str) -> None:
    patient = patient_with(town, lambda cover: cover.payer.payer_id == "LPHP1" and cover.relationship == "18")
    rows = answer(town, inquiry(patient, **changes))
    assert [row[3] for row in named(rows, "AAA")] == [reason]
    assert named(rows, "EB") == []


def test_a_payer_that_is_down_says_so(open_town: Open) -> None:
    town = open_town(eligibility_down=1.0)
    rows = answer(town, inquiry(patient_with(town, lambda cover: cover.relationship == "18")))
    assert named(rows, "AAA")[0][1:5] == ["Y", "", "42", "R"]


@pytest.mark.parametrize(
    "changes", [{"Password": "wrong"}, {"DataFormat": "SF1"}, {"Data": "hello"}, {"ResponseType": "FullJSON"}]
)
def test_an_error_is_a_page_with_status_200(town: Town, changes: dict[str, str]) -> None:
    patient = patient_with(town, lambda cover: cover.relationship == "18")
    reply = ask(town, inquiry(patient), **changes)
    assert (reply.status_code, reply.headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert not reply.text.startswith("ISA")
