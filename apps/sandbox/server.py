"""One process: HTTP by uvicorn, SFTP by asyncssh, and the clock. Ready when `ports.json` is there."""

import asyncio
import contextlib
import json
import logging
import os
import signal
import socket
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import uvicorn

from apps.sandbox.clearinghouse import sftp
from apps.sandbox.rooms import Rooms, furnish
from apps.sandbox.world.world import Options, World

logger = logging.getLogger("sandbox")
TICK = 1.0  # seconds of the wall clock


class _Server(uvicorn.Server):
    """uvicorn without its own signal handling: the world is saved first."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


async def serve(options: Options) -> None:
    """Runs until SIGTERM or SIGINT, then saves the world. Raises OSError when a port is taken."""
    options.state_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    world = World(options)
    rooms = furnish(world)
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    listener = _bind(options)
    world.http_url = f"http://{options.host}:{listener.getsockname()[1]}"
    gate = await sftp.open_gate(world, rooms.desk)
    world.sftp_port = gate.get_port()
    web = _Server(uvicorn.Config(rooms.app, log_config=None, access_log=False, lifespan="off"))
    serving = asyncio.create_task(web.serve(sockets=[listener]))
    ticking = asyncio.create_task(_tick(world))
    # Bound is not yet listening: whoever reads ports.json may connect at once.
    while not web.started and not serving.done():  # noqa: ASYNC110  uvicorn offers a flag, no event
        await asyncio.sleep(0.01)
    _announce(options.state_dir, world)
    try:
        await stop.wait()
    finally:
        ticking.cancel()
        web.should_exit = True
        gate.close()
        await asyncio.gather(serving, ticking, return_exceptions=True)
        await _leave(world, rooms)


async def _leave(world: World, rooms: Rooms) -> None:
    await world.settle()
    world.save()
    await rooms.close()
    (world.options.state_dir / "ports.json").unlink(missing_ok=True)
    logger.info("The world is saved at %s.", world.state.now.isoformat())


def _bind(options: Options) -> socket.socket:
    # asyncio sends at once only where the protocol is named; without it an answer's second packet waits 40 ms for the first one's receipt.
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind((options.host, options.http_port))
    return listener


async def _tick(world: World) -> None:
    """Real time only: whatever the wall clock has reached happens. A virtual clock moves by the control API."""
    while not world.virtual:
        try:
            await world.advance(datetime.now(UTC))
        except OSError:
            logger.exception("The world could not be saved.")
        await asyncio.sleep(TICK)


def _announce(folder: Path, world: World) -> None:
    ports = {
        "pid": os.getpid(),
        "http_port": int(world.http_url.rpartition(":")[2]),
        "sftp_port": world.sftp_port,
        "http_url": world.http_url,
        "control_url": f"{world.http_url}/control",
        "virtual": world.virtual,
        "seed": world.options.seed,
    }
    part = folder / "ports.json.part"
    part.write_text(json.dumps(ports, indent=1))
    part.chmod(0o600)
    part.replace(folder / "ports.json")
    logger.info("The outside world is at %s, SFTP port %d.", world.http_url, world.sftp_port)
