"""The pure rules of the claim page: excerpts, what comes next, the ledger as people read it."""

from datetime import date
from decimal import Decimal

import pytest

from apps.claims.states import ClaimStatus
from apps.workspace.rules.excerpt import excerpt
from apps.workspace.rules.ledger_rows import Posting, ledger_rows, source_words
from apps.workspace.rules.next_step import ahead, end_of, next_step
from apps.x12.explain import ExplainedSegment


def segments(*lines: str) -> list[ExplainedSegment]:
    parts = [line.split("*") for line in lines]
    return [
        ExplainedSegment(number, part[0], part[0].lower(), tuple(part[1:]), line)
        for number, (part, line) in enumerate(zip(parts, lines, strict=True), start=1)
    ]


REMITTANCE = segments(
    "ISA*00", "GS*HP", "ST*835*0001", "BPR*I*100", "LX*1",
    "CLP*T0000001*1*148*92", "SVC*HC:99213*148*92", "CAS*CO*45*56",
    "CLP*T0000002*1*95*60", "SVC*HC:99212*95*60", "SE*9*0001", "GE*1*1", "IEA*1*1",
)  # fmt: skip
CLAIMS = segments(
    "ST*837*0001", "HL*1**20*1", "NM1*85*2*PRACTICE", "HL*2*1*22*0", "NM1*IL*1*HATHAWAY", "CLM*T0000001*148", "SV1*HC:99213*148",
    "HL*3*1*22*0", "NM1*IL*1*PETRIE", "CLM*T0000002*95", "SV1*HC:99212*95", "SE*11*0001",
)  # fmt: skip
ANSWERS = segments(
    "ST*277*0001", "HL*1**20*1", "HL*2*1*21*1", "HL*3*2*19*1", "HL*4*3*PT", "NM1*QC*1*HATHAWAY", "TRN*2*T0000001", "STC*A2:20*20260916",
    "HL*5*3*PT", "NM1*QC*1*PETRIE", "TRN*2*T0000002", "STC*A7:562*20260916", "SE*12*0001",
)  # fmt: skip


def texts(kind: str, file: list[ExplainedSegment], meant: int | None = None) -> list[str]:
    return [text for _, text, _ in excerpt(file, kind=kind, control_number="T0000001", meant=meant)]


def test_a_remittance_shows_this_claim_and_no_other() -> None:
    assert texts("835", REMITTANCE) == ["CLP*T0000001*1*148*92", "SVC*HC:99213*148*92", "CAS*CO*45*56"]


def test_a_claim_file_shows_the_subscriber_of_this_claim_and_no_other() -> None:
    assert texts("837P", CLAIMS) == ["HL*2*1*22*0", "NM1*IL*1*HATHAWAY", "CLM*T0000001*148", "SV1*HC:99213*148"]


def test_an_acknowledgment_shows_the_patient_of_this_claim_and_no_other() -> None:
    assert texts("277CA", ANSWERS) == ["HL*4*3*PT", "NM1*QC*1*HATHAWAY", "TRN*2*T0000001", "STC*A2:20*20260916"]


def test_an_acknowledgment_of_the_file_is_shown_whole() -> None:
    assert texts("999", segments("ST*999*0001", "AK1*HC*1", "SE*3*0001")) == ["ST*999*0001", "AK1*HC*1", "SE*3*0001"]


def test_a_file_of_another_kind_shows_nothing() -> None:
    assert texts("webhook.ehr", REMITTANCE) == []


def test_the_segment_that_is_meant_is_marked() -> None:
    found = excerpt(REMITTANCE, kind="835", control_number="T0000001", meant=8)
    assert [(name, meant) for name, _, meant in found] == [
        ("CLP, clp", False),
        ("SVC, svc", False),
        ("CAS, cas", True),
    ]


@pytest.mark.parametrize("status", ClaimStatus)
def test_every_state_has_a_next_step_or_an_end(status: ClaimStatus) -> None:
    assert bool(next_step(status)) != bool(end_of(status))
    assert bool(ahead(status)) == bool(next_step(status))
    assert bool(next_step(status, billed_on=True, decided=True)) == bool(next_step(status))


def test_what_lies_ahead_of_a_sent_claim_starts_with_the_payer() -> None:
    assert ahead(ClaimStatus.SUBMITTED) == ["Taken in by the payer", "Payer answers", "Patient pays", "Closed"]


def posting(kind: str, **amounts: str) -> Posting:
    return Posting(1, date(2026, 9, 16), kind, "", "", {name: Decimal(amount) for name, amount in amounts.items()})


@pytest.mark.parametrize(
    ("kind", "segment", "words"),
    [
        ("ehr", None, "EHR"),
        ("csv", None, "Charge file"),
        ("835", 37, "835, segment 37"),
        ("835", None, "835"),
        ("", 4, ""),
    ],
)
def test_a_movement_says_in_words_where_it_came_from(kind: str, segment: int | None, words: str) -> None:
    assert source_words(kind, segment) == words


def test_the_ledger_of_a_paid_claim_reads_from_charge_to_nothing_owed() -> None:
    rows = ledger_rows(
        [
            posting("charge", insurance_receivable="148.00", revenue="-148.00"),
            posting(
                "remittance",
                contractual="56.00",
                insurance_receivable="-148.00",
                patient_receivable="20.00",
                payer_clearing="72.00",
            ),
            posting("patient_payment", deposits="20.00", patient_receivable="-20.00"),
        ]
    )
    assert [(row.words, str(row.payer), str(row.patient), str(row.balance)) for row in rows] == [
        ("Charges", "148.00", "0.00", "148.00"),
        ("Contract write-off", "-56.00", "0.00", "92.00"),
        ("Payment of the payer", "-72.00", "0.00", "20.00"),
        ("Share of the patient", "-20.00", "20.00", "20.00"),
        ("Payment of the patient", "0.00", "-20.00", "0.00"),
    ]


def test_a_reversal_says_so() -> None:
    rows = ledger_rows([posting("reversal", insurance_receivable="72.00", payer_clearing="-72.00")])
    assert [(row.words, str(row.payer)) for row in rows] == [("Payment of the payer, reversed", "72.00")]


def test_a_share_taken_back_goes_back_to_the_payer() -> None:
    rows = ledger_rows([posting("reversal", insurance_receivable="20.00", patient_receivable="-20.00")])
    assert [(row.words, str(row.payer), str(row.patient)) for row in rows] == [("Back to the payer", "20.00", "-20.00")]
