from apps.claims.rules.claim_answer import Outcome, claim_answers, outcome_of
from apps.claims.rules.registry import HELD
from apps.claims.rules.x12_codes import segment_sentence, status_sentence
from apps.x12.guides.parts import Party
from apps.x12.guides.x277ca import ClaimStatus, LineStatus, ProviderStatus, ReceiverStatus, Status, StatusCode
from tests.claims.sound import SOUND


def status(category: str, code: str = "", *, action: str = "", message: str = "") -> Status:
    return Status(codes=(StatusCode(category, code),), action=action, message=message)


def test_a_lines_own_status_names_the_line() -> None:
    line = LineStatus(statuses=(status("A7", "454"),), control_number="T0000001L2", procedure="99213")
    foreign = LineStatus(statuses=(status("A7", "454"),), control_number="THEIRS", procedure="20610")
    claim = ClaimStatus(control_number="T0000001", statuses=(status("A7", "21", action="U"),), lines=(line, foreign))
    receiver = ReceiverStatus(
        receiver=Party(), batch_reference="", providers=(ProviderStatus(provider=Party(), claims=(claim,)),)
    )
    (answer,) = claim_answers(receiver, ())
    assert [(issue.line, issue.sentence) for issue in answer.issues] == [
        (None, "Something is missing or not valid (21)."),
        (2, "Line 99213: A procedure code is missing or wrong (454)."),
        (None, "Line 20610: A procedure code is missing or wrong (454)."),
    ]


def test_one_rejecting_status_rejects_whatever_else_is_said() -> None:
    assert outcome_of([status("A2"), status("A8")]) is Outcome.REJECTED


def test_a_status_that_says_nothing_is_asked_after() -> None:
    assert outcome_of([]) is Outcome.ASK
    assert outcome_of([Status(codes=())]) is Outcome.ASK


def test_a_code_that_we_do_not_know_is_shown_as_it_stands() -> None:
    assert status_sentence("999", "IL") == "They give code 999."
    assert segment_sentence("ZZ", "77") == "ZZ does not follow the guide (code 77)."


def test_an_entity_that_we_do_not_know_stays_general() -> None:
    assert status_sentence("562", "ZZ") == "The party's NPI is missing or does not match (562)."


def test_findings_from_elsewhere_are_never_found_by_a_rule() -> None:
    assert list(HELD.check(SOUND)) == []
