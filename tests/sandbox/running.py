"""A whole sandbox as a process of its own, for whoever meets it over its sockets."""

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
        _, log = process.communicate(timeout=60)
    assert process.returncode == 0, log.decode()
    assert b"Traceback" not in log, log.decode()
    assert not (folder / "ports.json").exists()


def _ports(folder: Path, process: "subprocess.Popen[bytes]") -> dict[str, Any]:
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline and process.poll() is None:
        if (folder / "ports.json").exists():
            found: dict[str, Any] = json.loads((folder / "ports.json").read_text())
            return found
        time.sleep(0.05)
    raise AssertionError(f"The sandbox did not start: {process.communicate()[1].decode()}")
