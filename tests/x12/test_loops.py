"""An error names the guide and the loop in which it was found."""

from collections.abc import Iterator, Sequence

import pytest

from apps.x12 import ReadError, read, tokens, write_270, write_271, write_277ca, write_835, write_837p, write_999
from apps.x12.loops import FARTHEST, loop_of
from tests.x12.examples import batch, envelope, rejected_group, remittance, remitted_claim, rich_claim
from tests.x12.test_acknowledgments import REJECTED, acknowledgment
from tests.x12.test_eligibility import answer, inquiry, request, response

CLAIMS = write_837p(batch(rich_claim()), envelope())
PAYMENT = write_835([remittance(remitted_claim(), remitted_claim(control_number="TL0000003"))], envelope())


def backwards(text: str) -> Iterator[Sequence[str]]:
    return iter([segment.split("*") for segment in text.split("~")][::-1])


def errors(data: bytes, before: bytes, after: bytes) -> list[ReadError]:
    assert before in data
    return list(read(data.replace(before, after)).errors)


def test_an_error_reads_with_its_whole_place() -> None:
    error = errors(PAYMENT, b"CLP*TL0000001*1*125*", b"CLP*TL0000001*1*many*")[0]
    assert str(error) == (
        "interchange 000000041, group 41, transaction 0001, segment 13 CLP03 (005010X221A1, loop 2100): "
        "CLP03 is not a dollar amount."
    )
    assert (error.found, error.expected) == ("many", "a dollar amount")
    assert (error.guide, error.loop) == ("005010X221A1", "2100")


@pytest.mark.parametrize(
    ("data", "before", "after", "loop"),
    [
        (PAYMENT, b"BPR*I*161*", b"BPR*I*x*", ""),
        (PAYMENT, b"N1*PE*", b"N1*XX*", "1000B"),
        (PAYMENT, b"~CLP*TL0000001*", b"~ZZZ*1~CLP*TL0000001*", "2000"),
        (PAYMENT, b"CAS*CO*45*24.5", b"CAS*CO*45*x", "2110"),
        (PAYMENT, b"SE*", b"SE*9", ""),
        (CLAIMS, b"~BHT*0019*00*B0000000041*20251029*", b"~BHT*0019*00*B0000000041*20251329*", ""),
        (CLAIMS, b"NM1*85*", b"NM1*XX*", "2010AA"),
        (CLAIMS, b"~CLM*TL0000002*310.5*", b"~CLM*TL0000002*x*", "2300"),
        (CLAIMS, b"~SV1*HC:99213:25*125*", b"~SV1*HC:99213:25*x*", "2400"),
        (CLAIMS, b"~CTP****0.5*", b"~CTP****x*", "2410"),
        (write_999([rejected_group()], envelope()), b"IK3*NM1*21*", b"IK3*NM1*x*", "2100"),
        (write_999([rejected_group()], envelope()), b"AK9*R*1*", b"AK9*R*x*", ""),
        (write_277ca([acknowledgment(REJECTED)], envelope()), b"~HL*4*3*PT", b"~HL*4*3*ZZ", ""),
        (write_270(request(inquiry()), envelope()), b"*291*D8*20251029", b"*291*D8*x", "2100C"),
    ],
)
def test_an_error_names_its_loop(data: bytes, before: bytes, after: bytes, loop: str) -> None:
    found = errors(data, before, after)
    assert [error.loop for error in found][:1] == [loop], found


def test_a_loop_is_known_across_pieces_of_the_file(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tokens, "PIECE", 110)
    assert errors(PAYMENT, b"CAS*CO*45*24.5", b"CAS*CO*45*x")[0].loop == "2110"


@pytest.mark.parametrize(
    ("guide", "text", "loop"),
    [
        (("837", "005010X222A1"), "ST~HL*1**20*1~PRV*BI", "2000A"),
        (("837", "005010X222A1"), "HL*2*1*22*0~SBR*P~NM1*IL~N3*X", "2010BA"),
        (("837", "005010X222A1"), "CLM*1~NM1*82~NM1*77~N3*X", "2310C"),
        (("837", "005010X222A1"), "CLM*1~NM1*82~SBR*S~NM1*PR~REF*F8", "2330B"),
        (("837", "005010X222A1"), "CLM*1~SBR*S~NM1*PR~SBR*T~OI", "2320"),
        (("837", "005010X222A1"), "LX*1~SV1~LIN~CTP~NM1*82~SVD~CAS", "2430"),
        (("835", "005010X221A1"), "CLP*1~NM1*QC~SVC*1~CAS*CO~PLB*1", ""),
        (("999", "005010X231A1"), "AK2*837~IK3*NM1~IK4*1~IK5*R", "2000"),
        (("277", "005010X214"), "HL*1**20~NM1*AY~TRN*1~DTP*050", "2200A"),
        (("277", "005010X214"), "HL*4*3*PT~NM1*QC~TRN*2~STC*A1~SVC*HC~STC*A1", "2220D"),
        (("277", "005010X212"), "HL*4*3*22~NM1*IL~TRN*2~SVC*HC", "2220D"),
        (("276", "005010X212"), "HL*5*4*23~NM1*QC~TRN*1~SVC*HC", "2210E"),
        (("270", "005010X279A1"), "HL*3*2*22~NM1*IL~EQ*30~III*ZZ", "2110C"),
        (("271", "005010X279A1"), "HL*3*2*22~NM1*IL~EB*1~LS*2120~NM1*P3~N3*X", "2120C"),
        (("271", "005010X279A1"), "HL*3*2*22~NM1*IL~EB*1~III*ZZ~LS*2120~NM1*P3~LE*2120~EB*C", "2110C"),
        (("271", "005010X279A1"), "HL*3*2*22~NM1*IL~EB*1~LS*2120~NM1*P3~LE*2120", "2110C"),
        (("835", "004010X091A1"), "CLP*1", ""),
        (("835", "005010X221A1"), "CAS*CO", ""),
        (("835", "005010X221A1"), "CLP*1" + "~CAS*CO" * FARTHEST, ""),
        (("837", "005010X222A1"), "HL", ""),
    ],
)
def test_the_nearest_opening_segment_decides(guide: tuple[str, str], text: str, loop: str) -> None:
    assert loop_of(*guide, backwards(text)) == loop


def test_what_is_missing_is_named_by_the_loop_that_it_should_open() -> None:
    assert loop_of("837", "005010X222A1", backwards("HL*1**20*1"), "NM1*85") == "2010AA"
    assert loop_of("837", "005010X222A1", backwards("LX*1"), "SV1") == "2400"


def test_outside_of_a_transaction_there_is_no_guide() -> None:
    (error,) = errors(PAYMENT, b"IEA*1*", b"IEA*2*")
    assert (error.guide, error.loop) == ("", "")
    assert error.place == "interchange 000000041, segment 31 IEA01"


def test_a_guide_that_is_not_read_is_named_without_a_loop() -> None:
    (error,) = errors(CLAIMS, b"005010X222A1", b"004010X098A1")
    assert error.place.endswith("segment 3 ST (004010X098A1)")


def test_no_example_of_an_answer_has_an_error_without_its_guide() -> None:
    data = write_271(response(answer()), envelope())
    assert {error.guide for error in errors(data, b"BHT*", b"BHX*")} == {"005010X279A1"}
