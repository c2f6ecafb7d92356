"""A 276 put to the sandbox's payers: they answer from their own books, whatever became of their 277CA."""

from apps.sandbox.world.practice import NPI
from tests.sandbox.outgoing import Sent
from tests.sandbox.town import Town


def inquiry(claims: list[tuple[Sent, str]], number: int = 1, payer_id: str = "") -> str:
    """Each claim with the trace of its question."""
    body = ["ST*276*0001*005010X212", f"BHT*0010*13*TS{number:09d}*20261007*1200"]
    level = 0
    for sent, trace in claims:
        cover = sent.patient.coverage
        assert cover is not None
        body += [
            f"HL*{level + 1}**20*1", f"NM1*PR*2*PAYER*****PI*{payer_id or cover.payer.payer_id}",
            f"HL*{level + 2}*{level + 1}*21*1", "NM1*41*2*PECAN ROW*****46*PECANROW01",
            f"HL*{level + 3}*{level + 2}*19*1", f"NM1*1P*2*PECAN ROW*****XX*{NPI}",
            f"HL*{level + 4}*{level + 3}*22*0", f"NM1*IL*1*DOE*JANE****MI*{cover.member_id}",
            f"TRN*1*{trace}", f"REF*EJ*{sent.control}",
        ]  # fmt: skip
        level += 4
    body.append(f"SE*{len(body) + 1}*0001")
    head = f"ISA*00*          *00*          *ZZ*PECANROW01     *ZZ*TIDEGATE       *261005*1200*^*00501*{9000 + number:09d}*0*P*:~"
    group = f"GS*HR*PECANROW01*TIDEGATE*20261005*1200*{number}*X*005010X212~"
    return head + group + "~".join(body) + f"~GE*1*{number}~IEA*1*{9000 + number:09d}~"


def ask(town: Town, *claims: tuple[Sent, str], number: int = 1, payer_id: str = "") -> dict[str, str]:
    """The status category and code by trace."""
    before = len(town.rows("277", "TRN"))
    town.upload(f"TS{number}.276", inquiry(list(claims), number, payer_id))
    town.advance(minutes=20)
    traces = [row[2] for row in town.rows("277", "TRN")[before:]]
    statuses = [row[1] for row in town.rows("277", "STC")[-len(traces) :]]
    return dict(zip(traces, statuses, strict=True))


def test_a_payer_knows_a_claim_from_its_arrival_to_its_payment(town: Town) -> None:
    claim, never_sent = town.visits()[:2]
    town.send([claim])
    town.advance(hours=40)
    assert ask(town, (claim, "T1"), (never_sent, "T2")) == {"T1": "P1:20", "T2": "A4:35"}
    town.advance(days=40)
    assert ask(town, (claim, "T3"), number=2) == {"T3": "F1:65"}


def test_a_payer_that_sends_no_277ca_answers_all_the_same(open_town) -> None:
    town = open_town(silent_payers=["LPHP1", "LOAK4", "FSPB5"])
    claim = town.visits()[0]
    town.send([claim])
    town.advance(hours=60)
    assert ask(town, (claim, "T1")) == {"T1": "P1:20"}


def test_what_the_clearinghouse_has_not_passed_on_no_payer_knows(town: Town) -> None:
    claim = town.visits()[0]
    town.send([claim])
    town.advance(minutes=1)
    assert ask(town, (claim, "T1")) == {"T1": "A4:35"}


def test_a_question_for_an_unknown_payer_is_answered_as_a_whole(town: Town) -> None:
    assert ask(town, (town.visits()[0], "T1"), payer_id="NOBODY") == {"TS000000001": "E0:26:PR"}
