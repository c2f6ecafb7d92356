"""The whole sandbox as a process of its own, met over its sockets only."""

import asyncio
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import asyncssh
import httpx
import pytest

from tests.sandbox.outgoing import interchange
from tests.sandbox.town import Town

ROOT = Path(__file__).parents[2]
KNOBS = json.dumps({"visits_per_day": 12, "announce_checkouts": False, "announce_bookings": "none", "days_to_pay": 1})


class Running:
    def __init__(self, ports: dict[str, Any]) -> None:
        self.url: str = ports["http_url"]
        self.sftp_port: int = ports["sftp_port"]
        self.facts = self.get("/control/practice")
        self.door = self.facts["connections"]["clearinghouse"]

    def get(self, path: str) -> dict[str, Any]:
        found: dict[str, Any] = httpx.get(self.url + path, trust_env=False).json()
        return found

    def post(self, path: str, **body: Any) -> dict[str, Any]:
        found: dict[str, Any] = httpx.post(self.url + path, json=body, timeout=60, trust_env=False).json()
        return found

    def open(self, **changes: Any) -> Any:
        options = {
            "port": self.sftp_port, "username": self.door["sftp_user"], "password": self.door["sftp_password"],
            "client_keys": None, "agent_path": None, "config": None,
            "known_hosts": ([asyncssh.import_public_key(self.door["sftp_host_key"])], [], []), **changes,
        }  # fmt: skip
        return asyncssh.connect("127.0.0.1", **options)

    def send(self, name: str, text: str, **changes: Any) -> list[str]:
        """Returns what stands in upload/ once the file is closed."""

        async def put() -> list[str]:
            async with self.open(**changes) as connection, connection.start_sftp_client() as sftp:
                async with sftp.open(f"upload/{name}", "wb") as file:
                    await file.write(text.encode())
                return [str(each) for each in await sftp.listdir("upload") if not str(each).startswith(".")]

        return asyncio.run(put())

    def download(self) -> dict[str, bytes]:
        async def get() -> dict[str, bytes]:
            async with self.open() as connection, connection.start_sftp_client() as sftp:
                names = [str(each) for each in await sftp.listdir("download") if not str(each).startswith(".")]
                return {name: await _read(sftp, f"download/{name}") for name in sorted(names)}

        return asyncio.run(get())


async def _read(sftp: asyncssh.SFTPClient, path: str) -> bytes:
    async with sftp.open(path, "rb") as file:
        found: bytes = await file.read()
        return found


@contextmanager
def sandbox(folder: Path, *more: str) -> Iterator[Running]:
    command = [sys.executable, "-m", "apps.sandbox", "--state-dir", str(folder), "--app-url", "http://127.0.0.1:9"]
    command += ["--virtual-now", "2026-10-05T18:00", "--knobs", KNOBS, *more]
    process = subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE, env={**os.environ, "PYTHONWARNINGS": "error"})
    try:
        yield Running(_ports(folder, process))
    finally:
        process.send_signal(signal.SIGTERM)
        _, log = process.communicate(timeout=20)
    assert process.returncode == 0, log.decode()
    assert b"Traceback" not in log, log.decode()
    assert not (folder / "ports.json").exists()


def _ports(folder: Path, process: "subprocess.Popen[bytes]") -> dict[str, Any]:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline and process.poll() is None:
        if (folder / "ports.json").exists():
            found: dict[str, Any] = json.loads((folder / "ports.json").read_text())
            return found
        time.sleep(0.05)
    raise AssertionError(f"The sandbox did not start: {process.communicate()[1].decode()}")


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


def test_an_upload_vanishes_at_once_and_its_answers_come_into_download(running: Running, book: Town) -> None:
    assert running.send("FIRST.CLP", interchange(book.visits()[:3], 1)) == []
    running.post("/control/advance", to="2026-10-09T18:00")
    kinds = [name.split(".")[-2] for name in running.download()]
    assert {"999", "277", "835"} <= set(kinds)


def test_a_wrong_password_stays_outside(running: Running) -> None:
    with pytest.raises(asyncssh.PermissionDenied):
        running.send("X.CLP", "", password="guess")


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


def test_a_connection_that_breaks_after_the_file_is_closed_has_delivered_it(running: Running, book: Town) -> None:
    before = running.get("/control/tally")["claims"]["received"]
    running.post("/control/knobs", cut_uploads=1.0)
    with pytest.raises((asyncssh.Error, OSError)):
        running.send("CUT.CLP", interchange(book.visits()[4:5], 99))
    running.post("/control/knobs", cut_uploads=0.0)
    assert running.get("/control/tally")["claims"]["received"] == before + 1


def test_a_taken_port_is_told_in_one_sentence(running: Running, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "apps.sandbox", "--state-dir", str(tmp_path / "s")]
    port = running.url.rpartition(":")[2]
    ended = subprocess.run([*command, "--http-port", port], cwd=ROOT, capture_output=True, timeout=30, check=False)
    assert ended.returncode == 1
    assert ended.stderr.decode().startswith("The sandbox cannot start: ")
