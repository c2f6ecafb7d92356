"""`python -m apps.x12 read`: JSON on standard output, the verdict on standard error."""

import json
import os
import runpy
import subprocess
import sys
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path
from typing import Any

import pytest

from apps.x12 import write_277ca, write_835, write_837p, write_ta1
from apps.x12.__main__ import main
from apps.x12.guides.ta1 import InterchangeAcknowledgment
from apps.x12.lines import _plain
from tests.x12.examples import DAY, batch, envelope, remittance
from tests.x12.test_acknowledgments import acknowledgment

PAYMENT = write_835([remittance()], envelope())
ADJUSTED = PAYMENT.replace(b"SE*19*", b"PLB*1234567893*20251231*WO:TL9*10~SE*20*")
ROOT = Path(__file__).parents[2]


@pytest.fixture
def command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Any:
    """Reads files with these contents: exit status, JSON of each line, verdict."""

    def run(*contents: bytes, options: tuple[str, ...] = ()) -> tuple[int, list[dict[str, Any]], str]:
        files = []
        for number, data in enumerate(contents):
            files.append(tmp_path / f"{number}.x12")
            files[-1].write_bytes(data)
        status = main(["read", *options, *map(str, files)])
        out, err = capsys.readouterr()
        return status, [json.loads(line) for line in out.splitlines()], err

    return run


def test_a_file_is_one_document(command: Any, tmp_path: Path) -> None:
    status, (document,), verdict = command(ADJUSTED)
    assert (status, verdict) == (0, "files: 1, transactions: 1, errors: 0\n")
    assert list(document) == ["file", "interchanges", "errors"]
    assert (document["file"], document["errors"]) == (str(tmp_path / "0.x12"), [])
    (interchange,) = document["interchanges"]
    (group,) = interchange["groups"]
    (transaction,) = group["transactions"]
    assert (interchange["control_number"], interchange["created_on"]) == ("000000041", "2025-10-29")
    assert (group["control_number"], group["created_at"]) == ("41", "17:05:00")
    assert (transaction["kind"], transaction["version"]) == ("Remittance", "005010X221A1")
    assert (transaction["body"]["amount"], transaction["body"]["payment_date"]) == ("80.5", "2025-10-29")
    (claim,) = transaction["body"]["claims"]
    assert (claim["claim_control_number"], claim["paid"], claim["segment"]) == ("TL0000001", "80.5", 13)
    assert claim["lines"][0]["adjustments"][0]["amount"] == "24.5"
    assert transaction["body"]["provider_adjustments"][0]["amount"] == "10"


def test_each_file_is_a_document_of_its_own_line(command: Any) -> None:
    status, documents, verdict = command(write_837p(batch(), envelope()), b"hello", ADJUSTED)
    assert (status, verdict) == (1, "files: 3, transactions: 2, errors: 1\n")
    claims, noise, _ = documents
    body = claims["interchanges"][0]["groups"][0]["transactions"][0]["body"]
    assert body["claims"][0]["claim_control_number"] == "TL0000001"
    assert noise["interchanges"] == []
    assert noise["errors"][0]["message"] == "The file holds no X12 interchange."


def test_an_error_has_its_place_and_all_its_fields(command: Any) -> None:
    status, (document,), _ = command(PAYMENT.replace(b"*EFT1000*", b"**").replace(b"IEA*1", b"IEA*2"))
    trace, trailer = document["errors"]
    assert status == 1
    assert trace == {
        "place": "interchange 000000041, group 41, transaction 0001, segment 5 TRN02 (005010X221A1)",
        "kind": "missing_element",
        "message": "TRN02 is missing.",
        "segment": 5,
        "segment_id": "TRN",
        "element": 2,
        "component": None,
        "found": "",
        "expected": "a value",
        "interchange": "000000041",
        "group": "41",
        "transaction": "0001",
        "guide": "005010X221A1",
        "loop": "",
    }
    assert (trailer["kind"], trailer["found"], trailer["expected"]) == ("count_mismatch", "2", "1")
    transaction = document["interchanges"][0]["groups"][0]["transactions"][0]
    assert (transaction["kind"], transaction["body"]) == (None, None)


def test_segments_that_nobody_reads_are_shown(command: Any) -> None:
    _, (document,), _ = command(PAYMENT.replace(b"~CLP*", b"~ZZZ*1**2~CLP*").replace(b"SE*19*", b"SE*20*"))
    unread = document["interchanges"][0]["groups"][0]["transactions"][0]["unread"]
    assert unread == [{"elements": ["ZZZ", "1", "", "2"], "segment": 13}]


@pytest.mark.parametrize(
    ("data", "records"),
    [
        (write_837p(batch(), envelope()), [("claim", "TL0000001"), ("transaction", None)]),
        (ADJUSTED, [("claim", "TL0000001"), ("provider_adjustment", None), ("transaction", None)]),
        (
            PAYMENT.replace(b"CLP*TL0000001*1*125*", b"CLP*TL0000001*1*x*"),
            [("unreadable_claim", "TL0000001"), ("transaction", None), ("error", None)],
        ),
        (write_277ca([acknowledgment()], envelope()), [("claim", "TL0000001"), ("transaction", None)]),
        (
            write_ta1([InterchangeAcknowledgment("1", DAY, None, "A")], envelope()),
            [("interchange_acknowledgment", None)],
        ),
        (b"hello", [("error", None)]),
        (PAYMENT.replace(b"*EFT1000*", b"**"), [("transaction", None), ("error", None)]),
    ],
)
def test_with_jsonl_each_thing_is_a_line(command: Any, data: bytes, records: list[tuple[str, str | None]]) -> None:
    _, rows, _ = command(data, options=("--jsonl",))
    assert [(row["record"], row.get("claim_control_number")) for row in rows] == records


def test_a_line_names_the_transaction_that_it_belongs_to(command: Any) -> None:
    twice = write_835([remittance(), remittance(trace_number="EFT2")], envelope())
    _, rows, verdict = command(twice, options=("--jsonl",))
    assert verdict == "files: 1, transactions: 2, errors: 0\n"
    claims = [row for row in rows if row["record"] == "claim"]
    assert [(row["interchange"], row["group"], row["transaction"], row["guide"]) for row in claims] == [
        ("000000041", "41", "0001", "835 005010X221A1"),
        ("000000041", "41", "0002", "835 005010X221A1"),
    ]
    assert claims[0]["paid"] == "80.5"
    assert claims[0]["lines"][0]["service_date"] == "2025-10-29"


def test_a_guide_that_is_not_read_comes_segment_by_segment(command: Any) -> None:
    _, rows, _ = command(PAYMENT.replace(b"005010X221A1", b"004010X091A1"), options=("--jsonl",))
    assert [row["elements"][0] for row in rows if row["record"] == "segment"][:2] == ["ST", "BPR"]


def test_what_has_no_json_form_is_refused() -> None:
    with pytest.raises(TypeError):
        _plain(object())


def test_a_missing_file_and_a_wrong_command_exit_with_2(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    missing = str(tmp_path / "nothing.835")
    for command in ("read", "explain"):
        assert main([command, missing]) == 2
        assert capsys.readouterr() == ("", f"{missing}: No such file or directory.\n")
    with pytest.raises(SystemExit) as caught:
        main(["write"])
    assert caught.value.code == 2


@pytest.mark.parametrize("options", [(), ("--jsonl",)])
def test_a_missing_file_keeps_no_other_from_being_read(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], options: tuple[str, ...]
) -> None:
    missing, file = tmp_path / "nothing.835", tmp_path / "payment.835"
    file.write_bytes(PAYMENT)
    assert main(["read", *options, str(missing), str(file)]) == 2
    out, err = capsys.readouterr()
    assert {json.loads(line)["file"] for line in out.splitlines()} == {str(file)}
    assert err == f"{missing}: No such file or directory.\nfiles: 1, transactions: 1, errors: 0\n"


def test_a_reader_that_stops_early_sees_no_traceback(tmp_path: Path) -> None:
    file = tmp_path / "payment.835"
    file.write_bytes(PAYMENT * 2000)
    process = subprocess.Popen(
        [sys.executable, "-m", "apps.x12", "read", "--jsonl", str(file)],
        cwd=ROOT,
        env={**os.environ, "COVERAGE_PROCESS_START": ""},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert process.stdout
    assert process.stderr
    process.stdout.readline()
    process.stdout.close()
    assert process.stderr.read() == b""
    process.stderr.close()
    assert process.wait() == 1


def test_a_broken_pipe_exits_with_1(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "payment.835"
    file.write_bytes(PAYMENT)
    reader, writer = os.pipe()
    os.close(reader)
    with os.fdopen(writer, "w", buffering=1) as broken:
        monkeypatch.setattr(sys, "stdout", broken)
        assert main(["read", str(file)]) == 1


def test_the_module_runs_by_its_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "payment.835"
    file.write_bytes(PAYMENT)
    monkeypatch.setattr(sys, "argv", ["x12", "read", str(file)])
    monkeypatch.delitem(sys.modules, "apps.x12.__main__")
    with pytest.raises(SystemExit) as caught:
        runpy.run_module("apps.x12", run_name="__main__")
    assert caught.value.code == 0


def test_what_is_no_terminal_and_no_file_is_printed_to_all_the_same(tmp_path: Path) -> None:
    file = tmp_path / "payment.835"
    file.write_bytes(PAYMENT)
    with redirect_stdout(StringIO()) as printed:
        assert main(["read", str(file)]) == 0
    assert json.loads(printed.getvalue())["errors"] == []


@pytest.mark.parametrize("options", [["read"], ["read", "--jsonl"], ["explain"]])
def test_any_name_is_printed_whatever_the_terminal_speaks(tmp_path: Path, options: list[str]) -> None:
    file = tmp_path / os.fsdecode(b"M\xfcller.835")
    file.write_bytes(PAYMENT.replace(b"*Example*", "*Muñoz*".encode("latin-1")))
    process = subprocess.run(
        [sys.executable, "-m", "apps.x12", *options, os.fsencode(file)],
        cwd=ROOT,
        env={**os.environ, "PYTHONIOENCODING": "ascii", "COVERAGE_PROCESS_START": ""},
        capture_output=True,
        check=False,
    )
    assert (process.returncode, b"Traceback" in process.stderr) == (0, False)
    assert "Muñoz" in process.stdout.decode()
