"""`python -m apps.sandbox`: start the outside world."""

import argparse
import asyncio
import json
import logging
import sys
from datetime import datetime
from pathlib import Path

from apps.sandbox.server import serve
from apps.sandbox.world.practice import ZONE
from apps.sandbox.world.world import Options


def moment(text: str) -> datetime:
    """A time without an offset is the practice's."""
    found = datetime.fromisoformat(text)
    return found if found.tzinfo else found.replace(tzinfo=ZONE)


def options(arguments: list[str]) -> Options:
    parser = argparse.ArgumentParser(prog="python -m apps.sandbox", description=__doc__)
    parser.add_argument(
        "--state-dir", type=Path, required=True, help="where the world, its host key and ports.json are"
    )
    parser.add_argument("--app-url", default="http://127.0.0.1:8000", help="where webhooks go")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--http-port", type=int, default=0)
    parser.add_argument("--sftp-port", type=int, default=0)
    parser.add_argument("--virtual-now", type=moment, help="begin here and move by POST /control/advance only")
    parser.add_argument("--knobs", type=json.loads, default={}, help="JSON object, see world/knobs.py")
    parser.add_argument("--demo-speed", type=float, default=1.0, help="1440: what takes a payer a day takes a minute")
    found = parser.parse_args(arguments)
    if found.demo_speed < 1:
        parser.error("--demo-speed is 1 or more.")
    return Options(
        state_dir=found.state_dir.resolve(),
        app_url=found.app_url,
        seed=found.seed,
        host=found.host,
        http_port=found.http_port,
        sftp_port=found.sftp_port,
        virtual_now=found.virtual_now,
        knobs=found.knobs,
        demo_speed=found.demo_speed,
    )


def main() -> int:
    logging.basicConfig(stream=sys.stderr, level=logging.INFO, format="%(asctime)s sandbox %(levelname)s %(message)s")
    for noisy in ("asyncssh", "httpx", "uvicorn"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
    try:
        asyncio.run(serve(options(sys.argv[1:])))
    except (OSError, ValueError) as problem:
        print(f"The sandbox cannot start: {problem}", file=sys.stderr)  # noqa: T201 - for the person at the terminal
        return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
