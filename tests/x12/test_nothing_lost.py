"""What a sender says is never dropped in silence. A segment that stands twice, and one with an element in it that our own writer never
fills: the text is found again in the records, in what is kept beside them, or an error names its place.
"""

from collections.abc import Iterator
from dataclasses import fields, is_dataclass, replace
from datetime import date
from decimal import Decimal

import pytest

from apps.x12 import Delimiters, Document, ErrorKind, Transaction, read, write_837p
from apps.x12.guides.x835 import InpatientAdjudication, OutpatientAdjudication, Remittance
from apps.x12.guides.x835 import texts as texts_835
from apps.x12.guides.x837p import ClaimBatch
from tests.x12.examples import envelope
from tests.x12.test_mutations import ENVELOPE, EXAMPLES

MARK = "ZQXNINE"
# Elements that say yes or no, or whose only allowed value says nothing more.
SAYS_NOTHING = {
    ("CLM", 6): "signature on file: Y or not",
    ("AAA", 1): "the reason in AAA03 counts",
    ("TRN", 1): "1 or 2 by the transaction's direction",
    ("PWK", 5): "AC before the number",
    ("NM1", 2): "a person or not",
}


def texts(record: object) -> Iterator[str]:
    if isinstance(record, str):
        yield record
    elif isinstance(record, tuple):
        for each in record:
            yield from texts(each)
    elif is_dataclass(record):
        for column in fields(record):
            yield from texts(getattr(record, column.name))


def with_a_second(segments: list[str], at: int, element: int) -> bytes:
    """The segment again behind itself, marked in one element; the trailer counts it."""
    twin = segments[at].split("*")
    twin[element] = MARK
    longer = [*segments[: at + 1], "*".join(twin), *segments[at + 1 :]]
    st = max(number for number in range(at) if longer[number].startswith("ST*"))
    se = next(number for number in range(at, len(longer)) if longer[number].startswith("SE*"))
    longer[se] = f"SE*{se - st + 1}*{longer[se].rpartition('*')[2]}"
    return "".join(f"{segment}~" for segment in longer).encode()


def places(segments: list[str]) -> Iterator[tuple[int, int]]:
    for at, segment in enumerate(segments):
        name, *elements = segment.split("*")
        if name in ENVELOPE:
            continue
        for element, said in enumerate(elements, start=1):
            if said and (name, element) not in SAYS_NOTHING:
                yield at, element


@pytest.mark.parametrize("name", [name for name in EXAMPLES if not name.endswith(".ta1")])
def test_what_stands_twice_is_kept_or_named(name: str) -> None:
    segments = EXAMPLES[name].rstrip("~").split("~")
    lost = []
    for at, element in places(segments):
        document = read(with_a_second(segments, at, element))
        if not document.errors and not any(MARK in text for text in texts(document)):
            lost.append((segments[at], element))
    assert lost == []


# How many elements X12 005010 gives a segment, and how many components some of them. A foreign sender may fill any of them.
_LENGTHS = """
    AAA 4, AK1 3, AK2 3, AK9 9, AMT 3, BHT 6, BPR 21, CAS 19, CLM 20, CLP 14, CN1 6, CRC 7, CTP 11, CTX 6, CUR 21, DMG 11, DTM 6,
    DTP 3, EB 14, EQ 5, FRM 5, HI 12, HSD 8, IK3 4, IK4 4, IK5 6, III 9, INS 17, K3 3, LE 1, LIN 31, LQ 2, LS 2, LX 1, MIA 24,
    MOA 9, MPI 7, MSG 3, N1 6, N3 2, N4 7, NM1 12, NTE 2, OI 6, PAT 9, PER 9, PLB 14, PRV 6, PS1 3, PWK 9, QTY 4, REF 4, SBR 9,
    STC 12, SV1 21, SVC 7, SVD 6, TRN 4, TS3 24
"""
_PARTS = """
    CLM05 3, CLM11 5, CTX01 2, EB13 8, EQ02 8, HI01 9, HI02 9, IK401 3, STC01 4, STC10 4, SV101 8, SV107 4, SVC01 8, SVC06 8, SVD03 8,
    PLB03 2, REF04 6, CTP05 15, QTY03 15
"""
LENGTHS = {name: int(most) for name, most in (entry.split() for entry in _LENGTHS.split(","))}
COMPOSITES = {(name[:-2], int(name[-2:])): int(most) for name, most in (entry.split() for entry in _PARTS.split(","))}
# What stands in every segment of its kind, or is said again by the order of the segments.
SAYS_NOTHING_MORE = {("CLM", 5, 2): "B: a place of service"}


def filled(segments: list[str], at: int, element: int, component: int) -> bytes:
    """The segment with the mark in one place, what stands before it in the segment kept."""
    elements = segments[at].split("*")
    elements += [""] * (element + 1 - len(elements))
    parts = elements[element].split(":")
    parts += [""] * (component - len(parts))
    parts[component - 1] = MARK
    elements[element] = ":".join(parts)
    return "".join(f"{segment}~" for segment in [*segments[:at], "*".join(elements), *segments[at + 1 :]]).encode()


def empty_places(segments: list[str]) -> Iterator[tuple[int, int, int]]:
    """Of each kind of segment that an example has (an NM1 or REF of each role), where it says nothing."""
    seen: set[tuple[str, ...]] = set()
    for at, segment in enumerate(segments):
        name, *elements = segment.split("*")
        kind = (name, *elements[:1]) if name in ("NM1", "REF", "DTP", "HL") else (name,)
        if name in ENVELOPE or name == "HL" or kind in seen:
            continue
        seen.add(kind)
        elements += [""] * (LENGTHS[name] - len(elements))
        for element, said in enumerate(elements, start=1):
            parts = said.split(":")
            parts += [""] * (COMPOSITES.get((name, element), 1) - len(parts))
            for component, part in enumerate(parts, start=1):
                if not part and (name, element, component) not in SAYS_NOTHING_MORE:
                    yield at, element, component


def with_foreign_segments(name: str) -> list[str]:
    """The example, of a remittance with segments that our own examples lack."""
    segments = EXAMPLES[name].rstrip("~").split("~")
    if name.endswith(".835"):
        for before, more in (("CLP*", ["TS3*P*11"]), ("SVC*", ["MIA*5", "PER*CX**TE*5550100", "QTY*CA*1"])):
            at = next(number for number, segment in enumerate(segments) if segment.startswith(before))
            segments[at:at] = more
        st, se = (next(at for at, it in enumerate(segments) if it.startswith(name)) for name in ("ST*", "SE*"))
        segments[se] = f"SE*{se - st + 1}*0001"
    assert read("".join(f"{segment}~" for segment in segments).encode()).errors == ()
    return segments


@pytest.mark.parametrize("name", [name for name in EXAMPLES if not name.endswith(".ta1")])
def test_what_our_writer_never_says_is_kept_or_named(name: str) -> None:
    segments = with_foreign_segments(name)
    lost = []
    for at, element, component in empty_places(segments):
        document = read(filled(segments, at, element, component))
        if not document.errors and not any(MARK in text for text in texts(document)):
            lost.append((segments[at], element, component))
    assert lost == []


def changed(name: str, before: str, after: str) -> tuple[Document, Transaction]:
    """The reading of an example with a change; its trailer counts what was there before."""
    assert before in EXAMPLES[name]
    document = read(EXAMPLES[name].replace(before, after, 1).encode())
    (transaction,) = document.transactions
    errors = tuple(error for error in document.errors if error.kind is not ErrorKind.COUNT_MISMATCH)
    return replace(document, errors=errors), transaction


def test_a_number_of_another_payers_is_not_the_lines_own() -> None:
    said = "~REF*G1*OTHAUTH**2U:OTH1~REF*9F*OTHREF**2U:OTH1~REF*G1*OWN"
    document, transaction = changed("claims.837", "~REF*6R*L10001", f"~REF*6R*L10001{said}")
    assert isinstance(transaction.body, ClaimBatch)
    line = transaction.body.claims[0].lines[0]
    assert (document.errors, line.prior_authorization) == ((), "OWN")
    assert [(it.qualifier, it.value, it.further) for it in line.references] == [
        ("G1", "OTHAUTH", ("2U", "OTH1")),
        ("9F", "OTHREF", ("2U", "OTH1")),
    ]
    again = write_837p(transaction.body, envelope(delimiters=Delimiters(component=">")))
    assert b"~REF*G1*OTHAUTH**2U>OTH1~" in again
    assert [each.body for each in read(again).transactions] == [transaction.body]


@pytest.mark.parametrize("foreign", ["BF:4019", "", "ABF", "ABF:"])
def test_no_diagnosis_moves_up_into_anothers_place(foreign: str) -> None:
    document, transaction = changed("claims.837", "~HI*ABK:E119", f"~HI*ABK:E119*{foreign}*ABF:I10")
    assert isinstance(transaction.body, ClaimBatch)
    assert transaction.body.claims[0].diagnoses == ("E119",)
    assert [(error.kind, error.segment_id, error.element) for error in document.errors] == [
        (ErrorKind.NOT_A_CODE if foreign else ErrorKind.MISSING_ELEMENT, "HI", 2)
    ]
    assert [raw.id for raw in transaction.unread] == ["HI"]


@pytest.mark.parametrize(
    ("before", "after", "first"),
    [
        ("~DTM*472*20251029", "~DTM*472*20251029~DTM*472*20251030", date(2025, 10, 29)),
        ("~DTM*472*20251029", "~DTM*150*20251029~DTM*472*20251030", date(2025, 10, 29)),
    ],
)
def test_a_second_date_of_service_does_not_replace_the_first(before: str, after: str, first: date) -> None:
    document, transaction = changed("payment.835", before, after)
    assert isinstance(transaction.body, Remittance)
    assert transaction.body.claims[0].lines[0].service_date == first
    assert [error.segment_id for error in document.errors] == ["DTM"]
    assert transaction.unread[0].elements == ("DTM", "472", "20251030")


def test_the_same_date_again_says_nothing_more() -> None:
    same = "~DTM*150*20251029~DTM*472*20251029~DTM*151*20251030~DTM*151*20251030"
    document, transaction = changed("payment.835", "~DTM*472*20251029", same)
    assert (document.errors, transaction.unread) == ((), ())


@pytest.mark.parametrize(("segment", "column"), [("MOA", "outpatient"), ("MIA", "inpatient")])
def test_a_second_decision_does_not_replace_the_first(segment: str, column: str) -> None:
    said = f"~{segment}*1~{segment}*2~{segment}*1~SVC*"
    document, transaction = changed("payment.835", "~SVC*", said)
    assert isinstance(transaction.body, Remittance)
    decision = getattr(transaction.body.claims[0], column)
    assert decision in (OutpatientAdjudication(Decimal(1)), InpatientAdjudication(Decimal(1)))
    assert [raw.elements for raw in transaction.unread] == [(segment, "2")]
    assert [error.segment_id for error in document.errors] == [segment]


@pytest.mark.parametrize("flag", ["", "X", "c", "DEBIT"])
def test_a_payments_sign_is_never_guessed(flag: str) -> None:
    heading = EXAMPLES["payment.835"].partition("~BPR*")[2].partition("~")[0]
    handling, amount, _, *more = heading.split("*")
    document, transaction = changed("payment.835", heading, "*".join([handling, amount, flag, *more]))
    assert transaction.body is None
    assert [(error.segment_id, error.element) for error in document.errors] == [("BPR", 3)]
    document, transaction = changed("payment.835", heading, "*".join([handling, "0", flag, *more]))
    assert isinstance(transaction.body, Remittance)
    assert [(error.segment_id, error.element) for error in document.errors] == [("BPR", 3)]


def test_another_number_than_an_npi_is_none() -> None:
    document, transaction = changed("claims.837", "*XX*", "*24*")
    assert isinstance(transaction.body, ClaimBatch)
    assert transaction.body.claims[0].billing_provider.npi == ""
    assert (document.errors, [raw.id for raw in transaction.unread]) == ((), ["NM1"])


def test_what_says_more_is_kept_once_and_in_the_files_order() -> None:
    more = "~PER*CX**ED*A*TE*B*EX*C*D~AMT*AU*1*D~AMT*AU*1*D~AMT*I*5~SVC*"
    document, transaction = changed("payment.835", "~SVC*", more)
    assert document.errors == ()
    assert [raw.id for raw in transaction.unread] == ["PER", "AMT", "AMT"]
    assert [raw.segment for raw in transaction.unread] == sorted(raw.segment for raw in transaction.unread)


@pytest.mark.parametrize("name", ["CAS", "SVC", "AMT", "DTM", "REF", "NM1"])
def test_a_name_that_only_begins_alike_is_another_segments(name: str) -> None:
    """DTMX says nothing of a date, however long it is. Of an amount that is lost with it the claim cannot be trusted."""
    segments = EXAMPLES["payment.835"].split("~")
    at = max(at for at, text in enumerate(segments) if text.startswith(f"{name}*"))
    elements = segments[at].partition("*")[2]
    segments[at] = f"{name}X*{elements}{'*MORE' * 30}"
    document = read("~".join(segments).encode())
    (transaction,) = document.transactions
    assert [raw.elements[0] for raw in transaction.unread].count(f"{name}X") == 1
    (error,) = (each for each in document.errors if each.kind is ErrorKind.UNEXPECTED_SEGMENT)
    assert error.found.startswith(f"{name}X*")
    assert isinstance(transaction.body, Remittance)
    assert len(transaction.body.unreadable) == (name in {"CAS", "SVC", "AMT"})


def test_the_texts_that_say_more_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(texts_835, "MOST_TEXTS", 3)
    more = "".join(f"~AMT*AU*{number}*D" for number in (1, 2, 3, 4, 5, 1))
    document, transaction = changed("payment.835", "~SVC*", f"{more}~SVC*")
    assert document.errors == ()
    assert {raw.elements[2] for raw in transaction.unread} == {"4", "5", "1"}


def test_a_short_name_says_no_more_than_is_held() -> None:
    document, transaction = changed("payment.835", "~SVC*", "~NM1*82*1*Medic*Dana~NM1*TT*2*Next Plan~SVC*")
    assert isinstance(transaction.body, Remittance)
    assert (document.errors, transaction.unread) == ((), ())
