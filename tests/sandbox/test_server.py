"""The whole sandbox as a process of its own, met over its sockets only."""

import asyncio
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import asyncssh
import pytest

from tests.sandbox.outgoing import interchange
from tests.sandbox.running import ROOT, Running, sandbox
from tests.sandbox.town import Town


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with sandbox(tmp_path_factory.mktemp("sandbox") / "state") as found:
        yield found


@pytest.fixture
def book(tmp_path: Path) -> Iterator[Town]:
    """The same seed's world, to write claims from."""
    town = Town(tmp_path / "book")
    yield town
    town.close()


@pytest.mark.long
def test_an_upload_vanishes_at_once_and_its_answers_come_into_download(running: Running, book: Town) -> None:
    assert running.send("FIRST.CLP", interchange(book.visits()[:3], 1)) == []
    running.post("/control/advance", to="2026-10-09T18:00")
    kinds = [name.split(".")[-2] for name in running.download()]
    assert {"999", "277", "835"} <= set(kinds)


def test_a_wrong_password_stays_outside(running: Running) -> None:
    with pytest.raises(asyncssh.PermissionDenied):
        running.send("X.CLP", "", password="guess")


@pytest.mark.long
def test_a_key_that_was_added_opens_the_door(running: Running) -> None:
    key = asyncssh.generate_private_key("ssh-ed25519")
    with pytest.raises(asyncssh.PermissionDenied):
        running.send("key.txt", "x", password=None, client_keys=[key])
    running.post("/control/keys", public_key=key.export_public_key().decode())
    assert running.send("key.txt", "x", password=None, client_keys=[key]) == []


def test_the_folders_stay_as_they_are(running: Running) -> None:
    async def try_all() -> list[str]:
        refused = []
        async with running.open() as connection, connection.start_sftp_client() as sftp:
            tries = {
                "mkdir": sftp.mkdir("other"), "symlink": sftp.symlink("/etc", "download/etc"),
                "write": sftp.open("download/mine.txt", "wb"), "escape": sftp.open("../ssh_host_key", "rb"),
            }  # fmt: skip
            for name, attempt in tries.items():
                try:
                    await attempt
                except asyncssh.SFTPError:
                    refused.append(name)
        return refused

    assert asyncio.run(try_all()) == ["mkdir", "symlink", "write", "escape"]


@pytest.mark.long
def test_a_list_of_the_folder_comes_to_its_end_though_files_go_while_it_is_sent(tmp_path: Path) -> None:
    files = [tmp_path / "state" / "sftp-7" / "download" / f"{number}.835.txt" for number in range(300)]

    async def listed(running: Running) -> list[str]:
        found = []
        async with running.open() as connection, connection.start_sftp_client() as sftp:
            async for entry in sftp.scandir("download"):
                found.append(str(entry.filename))
                if len(found) == 1:
                    for file in files:
                        file.unlink()
        return [name for name in found if not name.startswith(".")]

    with sandbox(tmp_path / "state") as running:
        for file in files:
            file.touch()
        assert sorted(asyncio.run(listed(running))) == sorted(file.name for file in files)


@pytest.mark.long
def test_a_restart_goes_on_where_the_world_stood_behind_the_same_host_key(tmp_path: Path, book: Town) -> None:
    folder = tmp_path / "state"
    with sandbox(folder) as first:
        first.send("FIRST.CLP", interchange(book.visits()[:3], 1))
        first.post("/control/advance", to="2026-10-05T19:00")
        key = first.door["sftp_host_key"]
    with sandbox(folder) as second:
        assert second.get("/control/health")["now"] == "2026-10-06T00:00:00+00:00"
        assert second.door["sftp_host_key"] == key
        second.post("/control/advance", to="2026-10-09T18:00")
        assert [name for name in second.download() if ".835." in name]


@pytest.mark.long
def test_a_connection_that_breaks_after_the_file_is_closed_has_delivered_it(running: Running, book: Town) -> None:
    before = running.get("/control/tally")["claims"]["received"]
    running.post("/control/knobs", cut_uploads=1.0)
    with pytest.raises((asyncssh.Error, OSError)):
        running.send("CUT.CLP", interchange(book.visits()[4:5], 99))
    running.post("/control/knobs", cut_uploads=0.0)
    assert running.get("/control/tally")["claims"]["received"] == before + 1


@pytest.mark.long
def test_a_taken_port_is_told_in_one_sentence(running: Running, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "apps.sandbox", "--state-dir", str(tmp_path / "s")]
    port = running.url.rpartition(":")[2]
    ended = subprocess.run([*command, "--http-port", port], cwd=ROOT, capture_output=True, timeout=120, check=False)
    assert ended.returncode == 1
    assert ended.stderr.decode().startswith("The sandbox cannot start: ")
