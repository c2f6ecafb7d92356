"""The SFTP door. A file is collected when its handle closes, also when that happens because the line broke."""

import hmac
import logging
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import asyncssh

from apps.sandbox.clearinghouse.desk import Desk
from apps.sandbox.wire.identity import credentials
from apps.sandbox.world.world import World

logger = logging.getLogger("sandbox")
WRITING = asyncssh.FXF_WRITE | asyncssh.FXF_APPEND | asyncssh.FXF_CREAT | asyncssh.FXF_TRUNC


def host_key(folder: Path) -> asyncssh.SSHKey:
    """Made once and kept: a client that pinned it must find it again."""
    path = folder / "ssh_host_key"
    if path.exists():
        return asyncssh.read_private_key(path)
    key = asyncssh.generate_private_key("ssh-ed25519", "tidegate sandbox")
    path.touch(mode=0o600)
    path.write_bytes(key.export_private_key())
    return key


async def open_gate(world: World, desk: Desk) -> asyncssh.SSHAcceptor:
    for left in sorted(desk.mailbox.upload.iterdir()):  # from before a crash
        _collect(world, desk, left)
    return await asyncssh.listen(
        world.options.host,
        world.options.sftp_port,
        server_factory=lambda: Doorkeeper(world),
        server_host_keys=[host_key(world.options.state_dir)],
        sftp_factory=lambda channel: Folders(channel, world, desk),
        allow_scp=False,
        reuse_address=True,
    )


class Doorkeeper(asyncssh.SSHServer):
    def __init__(self, world: World) -> None:
        self.world = world

    def begin_auth(self, username: str) -> bool:  # noqa: ARG002 - asyncssh's signature
        return True

    def password_auth_supported(self) -> bool:
        return True

    def public_key_auth_supported(self) -> bool:
        return True

    def validate_password(self, username: str, password: str) -> bool:
        ours = credentials(self.world)
        known = hmac.compare_digest(username.encode(), ours["username"].encode())
        return hmac.compare_digest(password.encode(), ours["password"].encode()) and known

    def validate_public_key(self, username: str, key: asyncssh.SSHKey) -> bool:
        known = [asyncssh.import_public_key(each) for each in self.world.state.public_keys]
        return username == credentials(self.world)["username"] and key in known


class Folders(asyncssh.SFTPServer):
    """`upload/` takes new files only; `download/` gives and lets delete; nothing else may change."""

    def __init__(self, channel: asyncssh.SSHServerChannel[bytes], world: World, desk: Desk) -> None:
        super().__init__(channel, chroot=str(desk.mailbox.root).encode())
        self.world, self.desk = world, desk
        self._coming: dict[int, Path] = {}

    def open(self, path: bytes, pflags: int, attrs: asyncssh.SFTPAttrs) -> object:
        place = self._place(path)
        writes = bool(pflags & WRITING)
        if writes and place.parent != self.desk.mailbox.upload:
            raise asyncssh.SFTPPermissionDenied("Files go into upload/.")
        if not writes:
            self.world.counts["files_read"] += 1
        return self._noted(super().open(path, pflags, attrs), place, writes=writes)

    def _noted(self, file: object, place: Path, *, writes: bool) -> object:
        if writes:
            self._coming[id(file)] = place
        return file

    def close(self, file_obj: object) -> None:
        super().close(file_obj)
        place = self._coming.pop(id(file_obj), None)
        if place is None:
            return
        _collect(self.world, self.desk, place)
        if self.world.chance.happens(self.world.knobs.cut_uploads, "cut", place.name):
            self.world.counts["uploads_cut"] += 1
            self.channel.get_connection().abort()

    def format_longname(self, name: asyncssh.SFTPName) -> None:
        """Without looking up an owner for each file of a long list: nobody here has a name."""
        name.longname = name.filename

    async def scandir(self, path: bytes) -> AsyncIterator[asyncssh.SFTPName]:
        """The folder as it stands at one moment. Read piece by piece, as it is sent, a file that is cleared away meanwhile would end
        the list with an error, as if there were no such folder.
        """
        for name in [name async for name in super().scandir(path)]:
            yield name

    def remove(self, path: bytes) -> None:
        if self._place(path).parent != self.desk.mailbox.download:
            raise asyncssh.SFTPPermissionDenied("Only files of download/ may be deleted.")
        super().remove(path)

    def _place(self, path: bytes) -> Path:
        return Path(self.map_path(path).decode())

    def _forbidden(self, *_: Any, **__: Any) -> None:
        raise asyncssh.SFTPPermissionDenied("The folders are as they are.")

    mkdir = rmdir = rename = posix_rename = symlink = link = setstat = _forbidden


def _collect(world: World, desk: Desk, place: Path) -> None:
    """The file is gone from upload/ before the sender hears that its handle is closed."""
    payload = place.read_bytes()
    place.unlink()
    logger.info("Collected %s, %d bytes.", place.name, len(payload))
    world.begin(desk.collect(place.name, payload, world.now))
