"""The two folders: what was put into `upload/` goes at once, what waits in `download/` stays."""

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

from apps.sandbox.wire.identity import file_name
from apps.sandbox.world.world import World

LOSABLE = {"999": "lose_999", "277": "lose_277", "835": "lose_835"}
KEPT = timedelta(days=7)  # what was not fetched by then is only to be had by asking for it again


class Mailbox:
    def __init__(self, world: World, root: Path) -> None:
        self.world, self.root = world, root
        self.upload, self.download = root / "upload", root / "download"
        for folder in (self.upload, self.download):
            folder.mkdir(parents=True, exist_ok=True)
        self._cleared_at = datetime.min.replace(tzinfo=UTC)

    def deliver(self, when: datetime, kind: str, text: str) -> str:
        """Lay a file into `download/`, or lose it as the knobs say. Returns its name, empty when lost."""
        name = file_name(self.world, when, kind)
        if self._loses(kind, name):
            self.world.counts[f"lost_{kind}"] += 1
            return ""
        part = self.root / f"{name}.part"
        part.write_bytes(text.encode("latin-1", "replace"))
        os.utime(part, (when.timestamp(), when.timestamp()))
        part.replace(self.download / name)
        self._clear_away(when)
        self.world.counts[f"sent_{kind}"] += 1
        return name

    def _clear_away(self, now: datetime) -> None:
        """Once a day, whatever has lain here for too long."""
        if now - self._cleared_at < timedelta(days=1):
            return
        self._cleared_at = now
        for file in self.download.iterdir():
            if file.stat().st_mtime < (now - KEPT).timestamp():
                file.unlink()

    def _loses(self, kind: str, name: str) -> bool:
        losing = self.world.state.losing
        if losing[kind] > 0:
            losing[kind] -= 1
            return True
        knob = LOSABLE.get(kind)
        return knob is not None and self.world.chance.happens(getattr(self.world.knobs, knob), "lost", name)
