"""Where an embedded service keeps its files and its socket, and as which system user it runs."""

import fcntl
import hashlib
import os
import pwd
import shutil
import stat
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

SYSTEM_USER = "throughline"
# Where useradd is; a root by `su` without a dash has an ordinary person's PATH.
SYSTEM_PROGRAMS = "/usr/sbin:/sbin"
NEEDED_BYTES = 500 * 1024 * 1024
# sockaddr_un holds 108 bytes with its closing zero; the longest socket name of ours takes 16 of them.
LONGEST_SOCKET_FOLDER = 90


class EmbeddedServiceError(Exception):
    """Carries one sentence for the person at the terminal: what is wrong and the remedy."""


def private_directory(path: Path) -> Path:
    """Make `path` for its owner alone. Parents that are made on the way can be passed through but not listed."""
    if not path.parent.exists():
        path.parent.mkdir(mode=0o711, parents=True, exist_ok=True)
    path.mkdir(mode=0o700, exist_ok=True)
    return path


def refuse_full_disk(directory: Path) -> None:
    free = shutil.disk_usage(directory).free
    if free < NEEDED_BYTES:
        raise EmbeddedServiceError(
            f"Only {free // 1024**2} MB are free for {directory}: free at least {NEEDED_BYTES // 1024**2} MB, "
            "or name a folder on another disk: THROUGHLINE_VAR=/that/folder make run."
        )


def socket_folder(service_directory: Path, *, lent_to: pwd.struct_passwd | None = None) -> Path:
    """The service's own directory, or a short private one where that path is too long for a Unix socket. `lent_to`: the system user as
    which the service runs, whose the short one is once it has started.
    """
    if len(os.fsencode(service_directory)) <= LONGEST_SOCKET_FOLDER:
        return service_directory
    name = hashlib.sha256(os.fsencode(service_directory)).hexdigest()[:12]
    folder = private_directory(Path(tempfile.gettempdir()) / f"throughline-{os.getuid()}-{name}")
    owners = {os.getuid(), lent_to.pw_uid if lent_to else os.getuid()}
    if folder.is_symlink() or folder.stat().st_uid not in owners:
        raise EmbeddedServiceError(
            f"{folder} belongs to somebody else: remove it, or set TMPDIR to a folder of your own."
        )
    return folder


@contextmanager
def exclusively(lock: Path) -> Iterator[None]:
    """Hold `lock` against every other process; the system lets go of it should this one die."""
    with lock.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def unprivileged_user() -> pwd.struct_passwd | None:
    """PostgreSQL refuses to run as root, so root lends it a system user; anyone else runs it as themselves."""
    if os.geteuid() != 0:
        return None
    try:
        return pwd.getpwnam(SYSTEM_USER)
    except KeyError:
        _add_system_user()
        return pwd.getpwnam(SYSTEM_USER)


def _add_system_user() -> None:
    useradd = shutil.which("useradd") or shutil.which("useradd", path=SYSTEM_PROGRAMS) or "useradd"
    command = [useradd, "--system", "--user-group", "--no-create-home", "--home-dir", "/nonexistent"]
    try:
        subprocess.run([*command, "--shell", "/usr/sbin/nologin", SYSTEM_USER], check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError) as failure:
        raise EmbeddedServiceError(
            f"PostgreSQL must not run as root and the system user {SYSTEM_USER} could not be added: "
            "run this as an ordinary user, or set DATABASE_URL to a PostgreSQL of yours."
        ) from failure


def let_pass(path: Path, *, ours: Path) -> None:
    """Let other users walk through the folders above `path`: pass through, not list. Nothing that already allows it is touched, and what
    is opened outside of `ours` is told.
    """
    for folder in path.parents:
        mode = folder.stat().st_mode
        if mode & stat.S_IXOTH:
            continue
        folder.chmod(stat.S_IMODE(mode) | stat.S_IXGRP | stat.S_IXOTH)
        if not folder.is_relative_to(ours):
            sys.stderr.write(
                f"{folder} can now be passed through by other users of this machine, though not listed: PostgreSQL never runs as root "
                "and must reach its files. To keep it closed, close it again and run this as an ordinary user.\n"
            )


def let_read(tree: Path) -> None:
    """Let other users read a package that is public anyway (a strict umask may have hidden it)."""
    for path in (tree, *tree.rglob("*")):
        mode = path.lstat().st_mode
        if path.is_symlink() or mode & stat.S_IROTH:
            continue
        extra = 0o055 if stat.S_ISDIR(mode) or mode & stat.S_IXUSR else 0o044
        path.chmod(stat.S_IMODE(mode) | extra)
