import json
import runpy
import sys
from pathlib import Path

import pytest

from apps.x12 import explain, write_277ca, write_835, write_837p, write_ta1
from apps.x12.__main__ import main
from apps.x12.guides.ta1 import InterchangeAcknowledgment
from apps.x12.lines import _plain
from tests.x12.examples import DAY, batch, envelope, remittance
from tests.x12.test_acknowledgments import acknowledgment


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


def test_reading_a_clean_file_exits_with_0(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "payment.835"
    file.write_bytes(write_835([remittance()], envelope()))
    assert main(["read", str(file)]) == 0
    assert capsys.readouterr().out == (
        f"835 005010X221A1 0001: Remittance, 19 segments\n{file}: 1 transactions, 0 errors\n"
    )


def test_reading_a_file_with_errors_exits_with_1_and_names_them(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "payment.835"
    file.write_bytes(write_835([remittance()], envelope()).replace(b"*EFT1000*", b"**").replace(b"IEA*1", b"IEA*2"))
    assert main(["read", str(file)]) == 1
    assert capsys.readouterr().out.splitlines() == [
        "835 005010X221A1 0001: unreadable, 19 segments",
        "  interchange 000000041, group 41, transaction 0001, segment 5 TRN02 (005010X221A1): TRN02 is missing.",
        "  interchange 000000041, segment 23 IEA01: IEA01 is not the count of groups in the interchange.",
        f"{file}: 1 transactions, 2 errors",
    ]


def test_json_lines_carry_each_claim_with_its_control_number(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    files = {
        "claims.837": write_837p(batch(), envelope()),
        "payment.835": write_835([remittance()], envelope()),
        "answer.277": write_277ca([acknowledgment()], envelope()),
        "ta1.txt": write_ta1([InterchangeAcknowledgment("1", DAY, None, "A")], envelope()),
        "bad.txt": b"hello",
        "broken.835": write_835([remittance()], envelope()).replace(b"*EFT1000*", b"**"),
    }
    for name, data in files.items():
        (tmp_path / name).write_bytes(data)
    assert main(["read", "--jsonl", *(str(tmp_path / name) for name in files)]) == 1
    rows = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    found = [(Path(row["file"]).name, row["record"], row.get("claim_control_number")) for row in rows]
    assert found == [
        ("claims.837", "transaction", None),
        ("claims.837", "claim", "TL0000001"),
        ("payment.835", "transaction", None),
        ("payment.835", "claim", "TL0000001"),
        ("answer.277", "transaction", None),
        ("answer.277", "claim", "TL0000001"),
        ("ta1.txt", "interchange_acknowledgment", None),
        ("bad.txt", "error", None),
        ("broken.835", "transaction", None),
        ("broken.835", "error", None),
    ]
    assert rows[3]["paid"] == "80.5"
    assert rows[1]["lines"][0]["service_date"] == "2025-10-29"


def test_what_has_no_json_form_is_refused() -> None:
    with pytest.raises(TypeError):
        _plain(object())


def test_explaining_prints_each_segment(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "payment.835"
    file.write_bytes(write_835([remittance()], envelope()))
    assert main(["explain", str(file)]) == 0
    assert "    13        CLP*TL0000001*1*125*80.5*20*12*ICN0001*11*1  [Claim as decided]" in (
        capsys.readouterr().out.splitlines()
    )
    file.write_bytes(b"hello")
    assert main(["explain", str(file)]) == 1


def test_a_missing_file_and_a_wrong_command_exit_with_2(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    missing = str(tmp_path / "nothing.835")
    assert main(["read", missing]) == 2
    assert capsys.readouterr().err == f"{missing}: No such file or directory\n"
    with pytest.raises(SystemExit) as caught:
        main(["write"])
    assert caught.value.code == 2


def test_the_module_runs_by_its_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "payment.835"
    file.write_bytes(write_835([remittance()], envelope()))
    monkeypatch.setattr(sys, "argv", ["x12", "read", str(file)])
    monkeypatch.delitem(sys.modules, "apps.x12.__main__")
    with pytest.raises(SystemExit) as caught:
        runpy.run_module("apps.x12", run_name="__main__")
    assert caught.value.code == 0
