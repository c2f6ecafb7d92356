"""Waystar's adapter against a stand-in: SFTP on loopback and a scripted eligibility address."""

import codecs
import os
import time
from datetime import UTC, datetime, timedelta

import asyncssh
import pytest

from apps.connectors.adapters.waystar import WaystarClearinghouse
from apps.connectors.adapters.waystar.errors import FolderError, SignInError, UnknownHostKeyError
from apps.connectors.adapters.waystar.mapping import kind_of, remote_name
from apps.connectors.ports.errors import NotSetUpError, OutageError, RefusedError, SignInRefusedError, UncertainError
from apps.connectors.registry import clearinghouse as clearinghouse_of
from tests.connectors.scripted import Scripted
from tests.connectors.sftp_server import FolderServer
from tests.factories.connectors import ClearinghouseConnectionFactory
from tests.outside import Sandbox

INQUIRY = b"ISA*00*          *00*~ST*270*0001~"
ENVELOPE = "ISA*00*          *00*          *ZZ*PECANROW01     *ZZ*TIDEGATE       *260916*1700*^*00501*000000001*0*P*:~"
INQUIRY_270 = (
    "GS*HS*PECANROW01*TIDEGATE*20260916*1700*1*X*005010X279A1~ST*270*0001*005010X279A1~BHT*0022*13*1*20260916*1700~"
    "HL*1**20*1~NM1*PR*2*LONE PRAIRIE*****PI*LPHP1~HL*2*1*21*1~NM1*1P*2*PECAN ROW*****XX*1482039579~"
    "HL*3*2*22*0~NM1*IL*1*THORNBURY*ADA****MI*LP123456789~DMG*D8*19800501~DTP*291*D8*20260918~EQ*30~SE*12*0001~GE*1*1~"
)
ANSWER = b"ISA*00*          *00*~ST*271*0001~"
FOREVER = datetime(2100, 1, 1, tzinfo=UTC)
DOWNLOAD = "apps.connectors.adapters.waystar.download"


def eligibility(server: Scripted, **changes: object) -> WaystarClearinghouse:
    given = {
        "eligibility_url": f"{server.url}/gateway", "eligibility_user": "u", "eligibility_password": "p", "hosts": ["127.0.0.1"],
        "sftp_user": "", "sftp_password": "", "sftp_host_key": "",
    }  # fmt: skip
    return WaystarClearinghouse({**given, **changes})


def test_an_upload_arrives_whole_under_its_final_name(sftp: FolderServer) -> None:
    WaystarClearinghouse(sftp.settings()).upload_claims("000000042.837", b"ISA*" + b"x" * 300_000)
    assert [path.name for path in (sftp.root / "upload").iterdir()] == ["000000042.CLP"]
    assert (sftp.root / "upload" / "000000042.CLP").stat().st_size == 300_004


def test_a_server_that_asks_for_the_password_is_answered(sftp: FolderServer) -> None:
    sftp.asks, sftp.told = True, False
    WaystarClearinghouse(sftp.settings()).upload_claims("1", b"ISA*")
    assert (sftp.root / "upload" / "1.CLP").exists()


@pytest.mark.parametrize(
    ("name", "remote"), [("000000042", "000000042.CLP"), ("a.b.837", "a_b.CLP"), ("000000042.CLP", "000000042.CLP")]
)
def test_a_remote_name_has_one_dot(name: str, remote: str) -> None:
    assert remote_name(name) == remote


@pytest.mark.parametrize("moment", ["open", "write", "close"])
def test_an_upload_that_is_cut_off_is_uncertain(sftp: FolderServer, moment: str) -> None:
    sftp.cut_at = moment
    with pytest.raises(UncertainError):
        WaystarClearinghouse(sftp.settings()).upload_claims("1", b"ISA*" + b"x" * 100_000)
    assert WaystarClearinghouse(sftp.settings()).holds_upload("1") is None


def room(sftp: FolderServer) -> float:
    """Seconds that end what stands still, and nothing that only is as slow as this machine is now."""
    begun = time.monotonic()
    WaystarClearinghouse(sftp.settings()).upload_claims("0", b"ISA*")
    return max(0.5, 10 * (time.monotonic() - begun))


@pytest.mark.long
@pytest.mark.parametrize("moment", ["write", "close"])
@pytest.mark.parametrize("bound", ["sftp.SESSION_SECONDS", "upload.SEND_SECONDS"])
def test_an_upload_that_runs_out_of_time_is_uncertain(
    sftp: FolderServer, monkeypatch: pytest.MonkeyPatch, moment: str, bound: str
) -> None:
    monkeypatch.setattr(f"apps.connectors.adapters.waystar.{bound}", room(sftp))
    sftp.stall_at = moment
    with pytest.raises(UncertainError):
        WaystarClearinghouse(sftp.settings()).upload_claims("1", b"ISA*")


def test_a_session_that_breaks_after_the_file_was_closed_has_delivered_it(sftp: FolderServer) -> None:
    sftp.cut_at = "session end"
    WaystarClearinghouse(sftp.settings()).upload_claims("1", b"ISA*")
    assert (sftp.root / "upload" / "1.CLP").read_bytes() == b"ISA*"


@pytest.mark.long
@pytest.mark.parametrize("bound", ["SESSION_SECONDS", "LEAVE_SECONDS"])
def test_a_session_that_does_not_end_after_the_file_was_closed_has_delivered_it(
    sftp: FolderServer, monkeypatch: pytest.MonkeyPatch, bound: str
) -> None:
    monkeypatch.setattr(f"apps.connectors.adapters.waystar.sftp.{bound}", room(sftp))
    sftp.stall_at = "session end"
    WaystarClearinghouse(sftp.settings()).upload_claims("1", b"ISA*")
    assert (sftp.root / "upload" / "1.CLP").read_bytes() == b"ISA*"


def test_a_server_that_is_away_has_surely_received_nothing(sftp: FolderServer) -> None:
    with pytest.raises(OutageError) as caught:
        WaystarClearinghouse(sftp.settings(sftp_port=1)).upload_claims("1", b"ISA")
    assert caught.value.retryable


def test_a_wrong_password_is_never_tried_again(sftp: FolderServer) -> None:
    """Five failures would shut us out: one look is one, also where a password is taken in two ways."""
    sftp.asks = True
    with pytest.raises(SignInError) as caught:
        WaystarClearinghouse(sftp.settings(sftp_password="wrong")).upload_claims("1", b"ISA")
    assert (caught.value.retryable, sftp.passwords) == (False, 1)


def test_another_host_key_is_refused_before_the_password_is_sent(sftp: FolderServer) -> None:
    other = asyncssh.generate_private_key("ssh-ed25519").export_public_key().decode()
    with pytest.raises(UnknownHostKeyError):
        WaystarClearinghouse(sftp.settings(sftp_host_key=other)).upload_claims("1", b"ISA")


def test_without_a_pinned_key_nothing_is_connected(sftp: FolderServer) -> None:
    with pytest.raises(RefusedError, match="host key"):
        WaystarClearinghouse(sftp.settings(sftp_host_key="")).upload_claims("1", b"ISA")


@pytest.mark.parametrize("name", WaystarClearinghouse.required_settings)
def test_a_required_setting_that_is_lacking_is_named_before_anything_is_connected(
    sftp: FolderServer, name: str
) -> None:
    given = {key: value for key, value in sftp.settings().items() if key != name}
    connection = ClearinghouseConnectionFactory.build(settings=given)
    with pytest.raises(RefusedError, match=f"lacks its setting '{name}'"):
        clearinghouse_of(connection)
    assert sftp.sessions == 0


@pytest.mark.parametrize("name", ["eligibility_user", "eligibility_password"])
def test_without_its_log_in_claims_leave_and_eligibility_is_not_asked(
    sftp: FolderServer, server: Scripted, name: str
) -> None:
    ours = WaystarClearinghouse(sftp.settings(**{name: "", "eligibility_url": server.url, "hosts": ["127.0.0.1"]}))
    ours.upload_claims("1", b"ISA")
    assert (sftp.root / "upload" / "1.CLP").exists()
    with pytest.raises(NotSetUpError, match="write eligibility_user and eligibility_password in Settings, Connections"):
        ours.check_eligibility(INQUIRY)
    assert server.requests == []


def test_a_missing_folder_is_a_refusal(sftp: FolderServer) -> None:
    with pytest.raises(FolderError):
        WaystarClearinghouse(sftp.settings(upload_folder="elsewhere")).upload_claims("1", b"ISA")


def test_a_host_that_is_not_allowed_is_not_connected(sftp: FolderServer) -> None:
    with pytest.raises(RefusedError, match="not among the hosts"):
        WaystarClearinghouse(sftp.settings(hosts=["sshftp.waystar.com"])).upload_claims("1", b"ISA")


def test_new_files_are_read_and_known_ones_are_not(sftp: FolderServer) -> None:
    download = sftp.root / "download"
    for name in ("old.835", "C1.20260917.000000001.CLP.277.txt", "b.999", "c.835", ".hidden"):
        (download / name).write_bytes(name.encode())
    (download / "folder").mkdir()
    files = list(WaystarClearinghouse(sftp.settings()).new_files({("old.835", 7): FOREVER}))
    assert [(file.name, file.kind, file.payload) for file in files] == [
        ("C1.20260917.000000001.CLP.277.txt", "277CA", b"C1.20260917.000000001.CLP.277.txt"),
        ("b.999", "999", b"b.999"),
        ("c.835", "835", b"c.835"),
    ]
    assert len(list(download.iterdir())) == 6


def wait_there(sftp: FolderServer, **files: bytes) -> None:
    for name, payload in files.items():
        (sftp.root / "download" / f"{name}.835").write_bytes(payload)


def test_a_known_name_with_another_size_is_a_new_file(sftp: FolderServer) -> None:
    wait_there(sftp, a=b"12345")
    assert [file.payload for file in WaystarClearinghouse(sftp.settings()).new_files({("a.835", 3): FOREVER})] == [
        b"12345"
    ]


@pytest.mark.parametrize(
    ("changed", "comes"), [(timedelta(minutes=1), True), (timedelta(minutes=-4), True), (timedelta(minutes=-6), False)]
)
def test_a_known_name_and_size_that_was_changed_since_is_a_new_file(
    sftp: FolderServer, changed: timedelta, comes: bool
) -> None:
    wait_there(sftp, a=b"12345")
    came = datetime(2026, 9, 17, 8, 0, tzinfo=UTC)
    os.utime(sftp.root / "download" / "a.835", ((came + changed).timestamp(),) * 2)
    assert bool(list(WaystarClearinghouse(sftp.settings()).new_files({("a.835", 5): came}))) is comes


def test_a_file_that_is_too_large_is_named_and_does_not_hold_up_the_others(
    sftp: FolderServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(f"{DOWNLOAD}.LARGEST_FILE", 3)
    wait_there(sftp, a=b"12345", b=b"12")
    large, other = WaystarClearinghouse(sftp.settings()).new_files({})
    assert (large.name, large.payload) == ("a.835", b"")
    assert "a.835 is larger than" in large.problem
    assert (other.name, other.payload, other.problem) == ("b.835", b"12", "")


def test_a_file_that_may_not_be_read_is_named_and_does_not_hold_up_the_others(sftp: FolderServer) -> None:
    wait_there(sftp, a=b"1", b=b"2")
    sftp.refused = frozenset({"a.835"})
    files = list(WaystarClearinghouse(sftp.settings()).new_files({}))
    assert [(file.payload, file.problem) for file in files] == [
        (b"", "The response file a.835 could not be opened."),
        (b"2", ""),
    ]


def test_a_file_that_vanishes_after_it_was_listed_is_passed_over(sftp: FolderServer) -> None:
    wait_there(sftp, a=b"1", b=b"2")
    sftp.vanishing = frozenset({"a.835"})
    assert [file.name for file in WaystarClearinghouse(sftp.settings()).new_files({})] == ["b.835"]


def test_a_backlog_is_handed_on_session_by_session(sftp: FolderServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(f"{DOWNLOAD}.ENOUGH_BYTES", 2)
    wait_there(sftp, a=b"1", b=b"2", c=b"3")
    files = WaystarClearinghouse(sftp.settings()).new_files({})
    assert (next(files).name, next(files).name, sftp.sessions) == ("a.835", "b.835", 1)
    assert ([file.name for file in files], sftp.sessions) == (["c.835"], 2)


def test_what_was_read_before_the_line_broke_is_kept_and_one_bad_file_holds_up_no_other(sftp: FolderServer) -> None:
    wait_there(sftp, a=b"1", b=b"2", c=b"3")
    sftp.breaking = frozenset({"b.835"})
    files = WaystarClearinghouse(sftp.settings()).new_files({})
    assert [next(files).name, next(files).name] == ["a.835", "c.835"]
    with pytest.raises(OutageError):
        next(files)


def test_a_line_that_breaks_twice_ends_the_look(sftp: FolderServer) -> None:
    wait_there(sftp, a=b"1", b=b"2", c=b"3")
    sftp.breaking = frozenset({"a.835", "b.835"})
    with pytest.raises(OutageError):
        list(WaystarClearinghouse(sftp.settings()).new_files({}))
    assert sftp.sessions == 2


@pytest.mark.parametrize(("name", "kind"), [("x.TA1", "TA1"), ("x.271", "271"), ("report.txt", "")])
def test_the_kind_is_guessed_from_the_name(name: str, kind: str) -> None:
    assert kind_of(name) == kind


@pytest.mark.parametrize("before", [b"\r\n", codecs.BOM_UTF8])
def test_an_eligibility_answer_is_x12(before: bytes, server: Scripted) -> None:
    server.answer(200, before + ANSWER)
    assert eligibility(server, customer_id="77").check_eligibility(INQUIRY).endswith(ANSWER)
    method, _, body = server.requests[0]
    assert method == "POST"
    assert body.startswith(b"UserID=u&Password=p&DataFormat=X12&ResponseType=271&Data=ISA")
    assert body.endswith(b"CustID=77")


@pytest.mark.parametrize(
    ("status", "body", "problem"),
    [
        (200, b"<html>Invalid UserID or Password</html>", SignInRefusedError),
        (200, b"<html>The service is busy.</html>", OutageError),
        (503, b"", OutageError),
        (500, b"", OutageError),
        (429, b"", OutageError),
        (403, b"", SignInRefusedError),
        (400, b"", RefusedError),
        (0, b"", OutageError),
    ],
)
def test_an_error_page_with_status_200_is_an_error(
    server: Scripted, status: int, body: bytes, problem: type[Exception]
) -> None:
    server.answer(status, body)
    with pytest.raises(problem) as caught:
        eligibility(server).check_eligibility(INQUIRY)
    assert type(caught.value) is problem


def test_no_redirect_is_followed(server: Scripted) -> None:
    server.answer(302, b"", location="http://169.254.169.254/latest")
    with pytest.raises(RefusedError, match="302"):
        eligibility(server).check_eligibility(INQUIRY)
    assert len(server.requests) == 1


@pytest.mark.long
def test_the_sandbox_collects_our_upload_and_answers_in_its_folder(sandbox: Sandbox) -> None:
    clearinghouse = WaystarClearinghouse(sandbox.connection("clearinghouse"))
    before = {(file.name, len(file.payload)): FOREVER for file in clearinghouse.new_files({})}
    clearinghouse.upload_claims("000000001.CLP", f"{ENVELOPE}IEA*0*000000009~".encode())
    assert sandbox.control("tally")["counts"]["uploads"] == 1
    sandbox.control("hurry", {})
    sandbox.control("advance", {"to": "2026-09-16T17:31:00-05:00"})
    assert [file.kind for file in clearinghouse.new_files(before)] == ["TA1"]


@pytest.mark.long
def test_the_sandboxs_eligibility_desk_answers_our_form(sandbox: Sandbox) -> None:
    inquiry = f"{ENVELOPE}{INQUIRY_270}IEA*1*000000001~".encode()
    answer = WaystarClearinghouse(sandbox.connection("clearinghouse")).check_eligibility(inquiry)
    assert answer.startswith(b"ISA")
    assert b"ST*271*" in answer
    with pytest.raises(RefusedError):
        WaystarClearinghouse(sandbox.connection("clearinghouse", eligibility_password="x")).check_eligibility(inquiry)
