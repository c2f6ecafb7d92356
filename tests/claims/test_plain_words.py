"""Every code of a 999, TA1 and 277CA ends in a sentence of ours, at each level; what stands above covers the claims not listed."""

from collections.abc import Mapping

import pytest

from apps.claims.encode.judge import lines_at
from apps.claims.rules.claim_answer import Outcome, claim_answers
from apps.claims.rules.file_answer import file_verdict, is_returned, note_sentences, returned_sentence
from apps.claims.rules.x12_codes import (
    ELEMENT_CODES,
    GROUP_CODES,
    INTERCHANGE_NOTES,
    SEGMENT_CODES,
    TRANSACTION_CODES,
)
from apps.x12 import read
from apps.x12.guides.parts import Party
from apps.x12.guides.x277ca import ClaimStatus, ProviderStatus, ReceiverStatus, Status, StatusCode
from apps.x12.guides.x999 import ElementNote, GroupAcknowledgment, SegmentNote, TransactionAcknowledgment
from tests.claims.answers import interchange

CATEGORIES = [
    ("A0", Outcome.WAITING),
    ("A1", Outcome.WAITING),
    ("A2", Outcome.ACCEPTED),
    ("A3", Outcome.REJECTED),
    ("A4", Outcome.ASK),
    ("A5", Outcome.ACCEPTED),
    ("A6", Outcome.REJECTED),
    ("A7", Outcome.REJECTED),
    ("A8", Outcome.REJECTED),
    ("R9", Outcome.ASK),
]


# ------------------------------------------------------------------ 999


@pytest.mark.parametrize("code", SEGMENT_CODES)
def test_each_ik3_names_its_segment(code: str) -> None:
    (sentence,) = note_sentences(SegmentNote("SV1", 30, code))
    assert sentence.startswith("SV1, service line: ")
    assert sentence.endswith(f"{SEGMENT_CODES[code]}.")


@pytest.mark.parametrize("code", ELEMENT_CODES)
def test_each_ik4_names_its_element(code: str) -> None:
    note = SegmentNote("N4", 30, "8", elements=(ElementNote(3, code, bad_value="78701-0000"),))
    assert list(note_sentences(note)) == [f"N403, city, state and ZIP: {ELEMENT_CODES[code]}."]


def group(status: str, ik5: str | None = None, *, ik502: tuple[str, ...] = (), ak905: tuple[str, ...] = ()):
    ours = TransactionAcknowledgment("837", "0007", ik5, error_codes=ik502) if ik5 else None
    return GroupAcknowledgment(
        functional_code="HC",
        group_number="7",
        status=status,
        transactions=(ours,) if ours else (),
        error_codes=ak905,
    )


@pytest.mark.parametrize(
    ("ak9", "ik5", "accepted", "warned"),
    [
        ("A", "A", True, False),
        ("A", None, True, False),
        ("E", "E", True, True),
        ("P", "A", True, False),
        ("P", "E", True, True),
        *(("P", each, False, False) for each in "MRWX"),
        *((each, each, False, False) for each in "MRWX"),
        *((each, None, False, False) for each in "MRWX"),
    ],
)
def test_ak9_and_ik5_decide(ak9: str, ik5: str | None, accepted: bool, warned: bool) -> None:
    verdict = file_verdict(group(ak9, ik5), "0007")
    assert verdict is not None
    assert (verdict.accepted, verdict.warned) == (accepted, warned)


def test_a_partly_accepted_group_that_does_not_name_ours_says_nothing_of_it() -> None:
    assert file_verdict(group("P"), "0007") is None


@pytest.mark.parametrize(
    ("where", "codes"), [("ik502", TRANSACTION_CODES), ("ak905", GROUP_CODES)], ids=["IK502", "AK905"]
)
def test_what_is_wrong_with_the_file_as_a_whole_is_said(where: str, codes: Mapping[str, str]) -> None:
    for code, words in {**codes, "77": "what we cannot read"}.items():
        verdict = file_verdict(group("R", "R", **{where: (code,)}), "0007")
        assert verdict is not None
        assert verdict.reasons == (f"Their check says: {words} ({code}).",)


# ------------------------------------------------------------------ TA1


@pytest.mark.parametrize("note", [*INTERCHANGE_NOTES, "099"])
def test_each_ta1_note_is_a_sentence_and_a_duplicate_proves_arrival(note: str) -> None:
    answer = next(read(interchange(f"TA1*000000007*260916*1700*R*{note}")).acknowledgments)
    assert returned_sentence(answer).startswith("The whole file was returned: ")
    assert returned_sentence(answer).endswith(".")
    assert is_returned(answer) == (note != "025")


# ------------------------------------------------------------------ 277CA


def status(category: str, code: str = "", action: str = "") -> Status:
    return Status(codes=(StatusCode(category, code),), action=action)


def receiver(*, top: Status | None = None, middle: Status | None = None, claim: Status | None = None) -> ReceiverStatus:
    """T1 is listed where it has a status; T2 never is."""
    listed = (ClaimStatus(control_number="T1", statuses=(claim,)),) if claim else ()
    provider = ProviderStatus(provider=Party(), claims=listed, statuses=(middle,) if middle else ())
    return ReceiverStatus(receiver=Party(), batch_reference="B", providers=(provider,), statuses=(top,) if top else ())


def said(answer: ReceiverStatus) -> dict[str, tuple[Outcome, str]]:
    found = claim_answers(answer, ("T1", "T2"))
    return {each.control_number: (each.outcome, " ".join(issue.sentence for issue in each.issues)) for each in found}


@pytest.mark.parametrize(("category", "outcome"), CATEGORIES)
def test_the_category_decides_where_stc03_is_silent(category: str, outcome: Outcome) -> None:
    assert said(receiver(claim=status(category, "20")))["T1"][0] is outcome


@pytest.mark.parametrize(("category", "outcome"), CATEGORIES)
def test_stc03_u_rejects_whatever_the_category(category: str, outcome: Outcome) -> None:
    assert said(receiver(claim=status(category, "20", "U")))["T1"][0] is Outcome.REJECTED


@pytest.mark.parametrize("category", [category for category, _ in CATEGORIES])
def test_without_a_code_the_category_is_told_in_words(category: str) -> None:
    words = said(receiver(claim=status(category)))["T1"][1]
    assert words.endswith("They give no reason.")
    assert (len(words) > len("They give no reason.")) == (category != "R9")


@pytest.mark.parametrize("level", ["top", "middle"])
@pytest.mark.parametrize("category", ["A3", "A6", "A7", "A8"])
def test_a_rejection_above_covers_the_claims_that_are_not_listed(level: str, category: str) -> None:
    answer = receiver(claim=status("A2", "20", "WQ"), **{level: status(category, "24", "U")})
    assert said(answer) == {
        "T1": (Outcome.ACCEPTED, "It was accepted for processing (20)."),
        "T2": (Outcome.REJECTED, "The party is not approved for electronic claims (24)."),
    }


@pytest.mark.parametrize("level", ["top", "middle"])
def test_an_acceptance_above_says_nothing_of_claims_that_are_not_listed(level: str) -> None:
    assert said(receiver(**{level: status("A1", "19", "WQ")})) == {}


# ------------------------------------------------------------------ the place


def test_a_segment_of_a_service_line_leads_to_our_line() -> None:
    isa = "ISA*00*          *00*          *ZZ*A              *ZZ*B              *260917*1405*^*00501*000000077*0*P*:"
    body = ["ST*837", "HL*1**20*1", "CLM*T1*50", "LX*1", "SV1*HC:99213*50", "REF*6R*T1L3", "LX*2", "SV1*HC:1*1", "SE*9"]
    payload = "".join(f"{each}~" for each in (isa, *body)).encode()
    assert lines_at(payload, [3, 4, 5, 6, 7, 8, 9, 0]) == {4: 3, 5: 3, 6: 3}
