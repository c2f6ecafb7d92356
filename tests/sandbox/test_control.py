import csv
import io
from collections import Counter
from collections.abc import Callable
from datetime import datetime
from decimal import Decimal

import pytest

from apps.sandbox.control.charges import COLUMNS
from apps.sandbox.control.tally import tally
from apps.sandbox.patients.behaviour import WALK_ENDED
from apps.sandbox.payers import members, policy
from apps.sandbox.world.practice import PRICES, ZONE
from apps.sandbox.world.state import Session
from tests.sandbox.town import Town

Open = Callable[..., Town]


def test_the_clock_moves_by_order_and_tells_what_happened(town: Town) -> None:
    town.send(town.visits())
    reply = town.call("POST", "/control/advance", json={"to": "2026-10-05T19:00:00"})
    assert reply.json() == {
        "now": "2026-10-06T00:00:00+00:00",
        "happened": {"acknowledgement": 1, "clearinghouse report": 1},
    }


def test_the_clock_does_not_run_backwards(town: Town) -> None:
    reply = town.call("POST", "/control/advance", json={"to": "2026-10-01T00:00:00"})
    assert (reply.status_code, reply.json()) == (400, {"error": "The clock does not run backwards."})


def test_another_machine_and_another_sites_page_are_refused(town: Town) -> None:
    assert town.call("GET", "/control/practice", caller="10.1.2.3").status_code == 403
    assert town.call("GET", "/control/practice", headers={"host": "evil.example"}).status_code == 403
    assert town.call("POST", "/control/hurry", headers={"origin": "https://evil.example"}).status_code == 403


def test_the_practice_tells_all_that_a_biller_would_type_in(town: Town) -> None:
    facts = town.call("GET", "/control/practice").json()
    assert facts["practice"]["name"] == "Pecan Row Family Medicine"
    assert len(facts["providers"]) == 4
    assert len(facts["payers"]) == 8
    assert facts["payers"][0]["allowed"]["99213"] == "91.76"
    assert facts["fee_schedule"] == {code: str(price) for code, price in PRICES.items()}
    assert [each["charges_by"] for each in facts["locations"]] == ["ehr", "ehr", "csv"]
    assert {each["payer_id"]: each["correction_route"] for each in facts["payers"]}["FSPB5"] == "new_claim"
    assert {tuple(each["hosts"]) for each in facts["connections"].values()} == {("127.0.0.1",)}
    assert facts["satellite_export"]["payers"]["Caprock Health"] == "CPRK3"
    clearinghouse = facts["connections"]["clearinghouse"]
    assert clearinghouse["sftp_host_key"].startswith("ssh-ed25519 ")
    assert clearinghouse["sftp_fingerprint"].startswith("SHA256:")


def test_a_visit_that_broke_off_is_told_and_a_bill_already_paid_is_none(town: Town) -> None:
    counts = town.world.counts
    counts[f"{WALK_ENDED}422 after pay"], counts[f"{WALK_ENDED}ReadTimeout"] = 2, 1
    counts[f"{WALK_ENDED}200 after verify"], counts[f"{WALK_ENDED}410 after the link"] = 3, 4
    assert tally(town.world)["walks_failed"] == {"422 after pay": 2, "ReadTimeout": 1}


def test_the_tally_counts_what_the_world_saw(open_town: Open) -> None:
    town = open_town(days_to_pay=1, denials={"16": 1.0})
    claims = town.visits()
    town.send(claims)
    town.advance(days=5)
    tally = town.call("GET", "/control/tally").json()
    assert tally["claims"]["received"] == len(claims)
    assert tally["claims"]["by_status"] == {"denied": len(claims)}
    assert tally["denials"] == {"16": len(claims)}
    assert (tally["claims"]["duplicates"], tally["errors"]) == (0, 0)


def test_knobs_turn_at_run_time_but_not_the_past(town: Town) -> None:
    assert town.call("POST", "/control/knobs", json={"lose_835": 0.5}).json()["lose_835"] == 0.5
    refused = town.call("POST", "/control/knobs", json={"visits_per_day": 3})
    assert (refused.status_code, town.world.knobs.visits_per_day) == (400, 12)


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("lose", {"kind": "835", "count": -3}),
        ("lose", {"kind": "835", "count": [1]}),
        ("lose", {"kind": ["835"]}),
        ("knobs", "lose_835"),
    ],
)
def test_what_makes_no_sense_is_refused_and_turns_nothing(town: Town, path: str, body: object) -> None:
    assert town.call("POST", f"/control/{path}", json=body).status_code == 400
    assert town.call("GET", "/control/health").json()["losing"] == {}


def test_what_payers_owe_can_be_had_at_once(town: Town) -> None:
    claim = town.visit(payer="LPHP1")
    town.send([claim])
    for _ in range(3):
        town.call("POST", "/control/hurry")
        town.advance(minutes=1)
    town.call("POST", "/control/hurry")
    town.advance(minutes=1)
    assert len(town.files("835")) == 1


def test_the_satellite_offices_day_is_a_csv_that_appears_as_its_visits_end(open_town: Open) -> None:
    town = open_town(now=datetime(2026, 10, 5, 18, tzinfo=ZONE))
    reply = town.call("GET", "/control/satellite-charges?date=2026-10-05")
    rows = list(csv.DictReader(io.StringIO(reply.text)))
    assert tuple(rows[0]) == COLUMNS
    assert {row["Service date"] for row in rows} == {"10/05/2026"}
    assert {row["Location"] for row in rows} == {"Pecan Row Lakeway"}
    assert all(Decimal(row["Charge"]) == PRICES[row["Procedure"]] for row in rows)
    assert max(Counter((row["Visit ID"], row["Line"]) for row in rows).values()) == 1
    assert town.call("GET", "/control/satellite-charges?date=2026-10-06").text.count("\n") == 1


def test_the_bank_shows_what_payers_sent_and_what_the_practice_paid(open_town: Open) -> None:
    town = open_town(days_to_pay=1)
    town.send(town.visits())
    town.advance(days=5)
    told = town.call("GET", "/control/deposits").json()["deposits"]
    assert told
    for each in told:
        reply = town.call("GET", f"/control/bank-statement?date={each['day']}")
        rows = [
            row for row in csv.DictReader(io.StringIO(reply.text)) if f"TRN*1*{each['trace']}*" in row["Description"]
        ]
        assert [Decimal(row["Amount"]) for row in rows] == [Decimal(str(each["amount"]))]
    first = town.call("GET", "/control/bank-statement?date=2026-10-01").text
    assert "PECAN ROW PROPERTIES RENT,-4200.00" in first
    assert town.call("GET", "/control/bank-statement?date=2026-10-04").text.count("\n") == 1


def test_the_bank_shows_cards_as_one_payout_on_the_next_business_day(town: Town) -> None:
    friday = int(datetime(2026, 10, 2, 12, tzinfo=ZONE).timestamp())
    for number, status in enumerate(("paid", "paid", "unpaid")):
        town.world.state.sessions[f"cs_{number}"] = Session(
            f"cs_{number}", "pi", 2500, "usd", "", "", "", {}, friday, friday, payment_status=status
        )
    payout = town.call("GET", "/control/bank-statement?date=2026-10-05").text
    assert "10/05/2026,STRIPE TRANSFER,50.00,ST-261005" in payout
    assert "STRIPE" not in town.call("GET", "/control/bank-statement?date=2026-10-04").text


def test_claims_can_be_looked_up_by_number(town: Town) -> None:
    claim = town.visit()
    town.send([claim])
    found = town.call("GET", f"/control/claims?control={claim.control}").json()["claims"]
    assert [each["control"] for each in found] == [claim.control]


def test_a_patients_truth_is_told(town: Town) -> None:
    patient = town.world.people.all()[0]
    told = town.call("GET", f"/control/patients/{patient.id}").json()
    assert told["phone"] == patient.phone
    assert town.call("GET", "/control/patients/5").status_code == 400


@pytest.mark.parametrize("code", ["50", "97", "4", "197"])
def test_somebody_chooses_how_a_claim_is_denied(town: Town, code: str) -> None:
    sent = town.visit(payer="LPHP1")
    town.send([sent])
    town.advance(minutes=1)
    assert town.call("POST", "/control/decide", json={"control": sent.control, "code": code}).status_code == 200
    (claim,) = (each for each in town.world.state.claims.values() if each.control == sent.control)
    member = members.find(town.world, claim.payer_id, claim.subscriber[2])
    assert member is not None
    assert policy.decide(town.world, member, claim).denials[-1] == code
    town.call("POST", "/control/decide", json={"control": sent.control, "code": ""})
    assert policy.decide(town.world, member, claim).denials == []


def test_only_what_a_payer_has_still_to_decide_is_denied_by_order(town: Town) -> None:
    unknown = town.call("POST", "/control/decide", json={"control": "T0", "code": "50"})
    assert (unknown.status_code, unknown.json()["error"]) == (
        400,
        "No payer has a claim T0 that it has still to decide.",
    )
    strange = town.call("POST", "/control/decide", json={"control": "T0", "code": "999"})
    assert "A payer denies by 50, 97" in strange.json()["error"]
