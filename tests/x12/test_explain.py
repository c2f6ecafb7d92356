from pathlib import Path

import pytest

from apps.x12 import explain, write_835, write_837p
from apps.x12.__main__ import main
from tests.bench.remittance_file import remittance_file
from tests.x12.examples import batch, envelope, remittance


def test_each_segment_is_named_in_its_place() -> None:
    segments = list(explain(write_837p(batch(), envelope())))
    shown = {segment.id: (segment.depth, segment.name) for segment in segments}
    assert [segment.number for segment in segments] == list(range(1, len(segments) + 1))
    assert shown["ISA"] == (0, "Interchange: sender and receiver")
    assert shown["GS"] == (1, "Group")
    assert shown["ST"] == (2, "Transaction")
    assert shown["BHT"] == (3, "Purpose, reference and time")
    assert shown["HL"] == (3, "Level: insured person")
    assert shown["CLM"] == (4, "Claim")
    assert shown["LX"] == (5, "Line number")
    assert shown["REF"] == (6, "Our line number")
    assert shown["IEA"] == (0, "End of interchange")


def test_a_segment_carries_its_elements_its_text_and_its_transaction() -> None:
    clp = next(segment for segment in explain(write_835([remittance()], envelope())) if segment.id == "CLP")
    assert clp.raw == "CLP*TL0000001*1*125*80.5*20*12*ICN0001*11*1"
    assert clp.elements[:2] == ("TL0000001", "1")
    assert clp.transaction == "0001"


def test_an_unknown_segment_is_still_shown() -> None:
    data = write_835([remittance()], envelope()).replace(b"CLP*", b"ZZZ~HL~CLP*")
    names = {segment.id: segment.name for segment in explain(data)}
    assert (names["ZZZ"], names["HL"]) == ("Segment", "Level")


def test_what_is_no_x12_has_no_segments() -> None:
    assert list(explain(b"hello")) == []


def test_explaining_prints_each_segment(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "payment.835"
    file.write_bytes(write_835([remittance()], envelope()))
    assert main(["explain", str(file)]) == 0
    assert "    13        CLP*TL0000001*1*125*80.5*20*12*ICN0001*11*1  [Claim as decided]" in (
        capsys.readouterr().out.splitlines()
    )
    file.write_bytes(b"hello")
    assert main(["explain", str(file)]) == 1


def test_explaining_from_a_segment_on_gives_the_rest_as_it_is() -> None:
    data = remittance_file(60) + remittance_file(2, seed=2).replace(b"*", b"|")
    told = [(each.number, each.id, each.name, each.raw, each.transaction) for each in explain(data)]
    assert {each[-1] for each in told} == {"", "0001"}
    for first in (*range(1, len(told) + 2, 37), 4, len(told)):
        rest = [(each.number, each.id, each.name, each.raw, each.transaction) for each in explain(data, first)]
        assert rest == told[first - 1 :]


def test_a_file_that_is_no_x12_is_told_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "hello.txt"
    file.write_bytes(b"hello")
    assert main(["explain", str(file)]) == 1
    assert capsys.readouterr() == ("", f"{file}: the file holds no X12 interchange.\n")


def test_what_would_steer_a_terminal_is_shown_by_its_number(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "payment.835"
    file.write_bytes(write_835([remittance()], envelope()).replace(b"*Example*", b"*\x1b[2JMu\xc3\xb1oz*"))
    assert main(["explain", str(file)]) == 0
    printed = capsys.readouterr().out
    assert "\x1b" not in printed
    assert r"\x1b[2JMuñoz" in printed
