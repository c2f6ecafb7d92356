from collections.abc import Callable
from decimal import Decimal

from apps.sandbox.clearinghouse.judge import judge
from tests.sandbox.outgoing import interchange
from tests.sandbox.town import Town, scan

Open = Callable[..., Town]


def test_a_sound_file_is_acknowledged_by_999_then_by_the_clearinghouse_and_the_payer(town: Town) -> None:
    claims = town.visits()
    town.send(claims)
    town.advance(minutes=5)
    assert [row[1] for row in town.rows("999", "IK5")] == ["A"]
    assert town.files("277") == []
    town.advance(minutes=30)
    assert [town.statuses(each.control) for each in claims] == [["A0:16:PR"]] * len(claims)
    town.advance(hours=40)
    last = {town.statuses(each.control)[-1] for each in claims}
    assert last == {"A2:20:PR"}


def test_a_277ca_names_the_batch_by_the_bht03_that_was_sent(town: Town) -> None:
    number = town.send(town.visits())
    town.advance(minutes=30)
    assert ["TRN", "2", f"B{number:06d}"] in town.rows("277", "TRN")


def test_a_payer_that_confirms_receipt_first_accepts_a_day_later(town: Town) -> None:
    claim = town.visit(payer="LOAK4")
    town.send([claim])
    town.advance(hours=20)
    assert town.statuses(claim.control) == ["A0:16:PR", "A1:19:PR"]
    town.advance(hours=20)
    assert town.statuses(claim.control) == ["A0:16:PR", "A1:19:PR", "A2:20:PR"]


def test_a_file_that_breaks_the_guide_is_rejected_with_its_segment_and_goes_no_further(town: Town) -> None:
    text = interchange(town.visits()[:1]).replace("*Y*A*Y*Y~", "*Y*Q*Y*Y~")
    town.upload("BAD.CLP", text)
    town.advance(days=2)
    assert [row[1] for row in town.rows("999", "AK9")] == ["R"]
    assert [row[1] for row in town.rows("999", "IK3")] == ["CLM"]
    assert town.files("277") == []
    assert town.world.counts["claims_refused_by_999"] == 1


def test_the_999s_pass_pyx12(town: Town) -> None:
    town.send(town.visits())
    town.upload("BAD.CLP", interchange(town.visits()[:1], 2).replace("*Y*A*Y*Y~", "*Y*Q*Y*Y~"))
    town.advance(hours=1)
    found = [one for text in town.files("999") for group in judge(text).groups for one in group.sets]
    assert len(found) == 2
    assert all(one.accepted for one in found), found


def test_a_control_number_may_be_used_once_only(town: Town) -> None:
    claims = town.visits()
    town.send(claims[:1], number=41)
    town.send(claims[1:2], number=41)
    town.advance(hours=1)
    assert [row[4:6] for row in town.rows("TA1", "TA1")] == [["R", "025"]]
    assert len(town.world.state.claims) == 1


def test_a_stranger_is_refused_by_ta1(town: Town) -> None:
    town.upload("X.CLP", interchange(town.visits()[:1], sender="SOMEBODY"))
    town.advance(hours=1)
    assert [row[5] for row in town.rows("TA1", "TA1")] == ["006"]


def test_a_file_cut_off_in_the_middle_is_refused_by_ta1(town: Town) -> None:
    text = interchange(town.visits())
    town.upload("CUT.CLP", text[: len(text) // 2])
    town.advance(hours=1)
    assert [row[4] for row in town.rows("TA1", "TA1")] == ["R"]
    assert town.files("999") == []


def test_a_name_that_routes_nowhere_gets_a_complaint_in_words(town: Town) -> None:
    town.upload("claims.837.txt", interchange(town.visits()[:1]))
    assert town.files("ERR")[0].startswith("claims.837.txt\nThe name routes nowhere")


def test_a_claim_number_still_in_flight_is_not_taken_twice(town: Town) -> None:
    claim = town.visit()
    town.send([claim])
    town.advance(hours=1)
    town.send([claim])
    town.advance(hours=1)
    assert town.statuses(claim.control)[-1] == "A3:54"
    assert town.world.counts["duplicates_in_flight"] == 1


def test_a_payer_that_nobody_knows_is_refused_by_the_clearinghouse(town: Town) -> None:
    claim = town.visit()
    claim.payer_id = "NOONE"
    town.send([claim])
    town.advance(hours=1)
    assert town.statuses(claim.control) == ["A7:153:PR"]
    assert [row[3] for row in town.rows("277", "STC")] == ["WQ", "U"]


def test_a_replacement_without_the_payers_number_is_refused(town: Town) -> None:
    claim = town.visit()
    claim.frequency = "7"
    town.send([claim])
    town.advance(hours=1)
    assert town.statuses(claim.control) == ["A6:464"]


def test_a_total_that_is_not_the_sum_of_its_lines_is_refused(town: Town) -> None:
    claim = town.visit()
    claim.charge = Decimal("1.00")
    town.send([claim])
    town.advance(hours=1)
    assert town.statuses(claim.control) == ["A7:178"]


def test_a_member_id_that_the_payer_does_not_know_is_refused_by_the_payer(town: Town) -> None:
    claim = town.visit(payer="LPHP1")
    claim.member_id = "LP000000000"
    town.send([claim])
    town.advance(days=1)
    assert town.statuses(claim.control) == ["A0:16:PR", "A7:164:IL"]


def test_original_medicare_takes_no_replacement(town: Town) -> None:
    claim = town.visit(payer="FSPB5")
    claim.frequency, claim.original = "7", "FS123"
    town.send([claim])
    town.advance(days=1)
    assert town.statuses(claim.control)[-1] == "A7:535"


def test_a_silent_payer_answers_nothing_and_still_pays(open_town: Open) -> None:
    town = open_town(silent_payers=["LPHP1"], days_to_pay=2)
    claim = town.visit(payer="LPHP1")
    town.send([claim])
    town.advance(days=5)
    assert town.statuses(claim.control) == ["A0:16:PR"]
    assert len(town.files("835")) == 1


def test_a_lost_file_never_reaches_the_folder(town: Town) -> None:
    town.call("POST", "/control/lose", json={"kind": "999"})
    town.send(town.visits()[:1])
    town.send(town.visits()[1:2])
    town.advance(hours=1)
    assert len(town.files("999")) == 1
    assert town.world.counts["lost_999"] == 1


def test_a_dependents_claim_is_reported_under_the_patients_name(town: Town) -> None:
    claim = town.visit(child=True)
    town.send([claim])
    town.advance(minutes=30)
    names = [row[3:5] for row in town.rows("277", "NM1") if row[1] == "QC"]
    assert names == [[claim.patient.last_name.upper(), claim.patient.first_name.upper()]]


def test_each_answer_has_a_control_number_of_its_own(town: Town) -> None:
    for claim in town.visits():
        town.send([claim])
    numbers: list[str] = []
    for _ in range(3):
        town.advance(days=7)  # as long as a file lies there
        numbers += [scan(text).isa[13] for kind in ("999", "277", "835") for text in town.files(kind)]
    assert len(numbers) == len(set(numbers)) > 20


def test_a_file_that_nobody_fetches_is_cleared_away_after_a_week(town: Town) -> None:
    town.send(town.visits()[:1])
    town.advance(hours=1)
    [old] = (path.name for path in town.rooms.mailbox.download.iterdir() if "999" in path.name)
    town.advance(days=6)
    town.send(town.visits()[1:2], number=2)
    town.advance(hours=1)
    assert old in {path.name for path in town.rooms.mailbox.download.iterdir()}
    town.advance(days=2)
    town.send(town.visits()[2:3], number=3)
    town.advance(hours=1)
    assert old not in {path.name for path in town.rooms.mailbox.download.iterdir()}
