"""Become a program that the system signals when its parent dies.

Run as `python -I -S leash.py PARENT_PID SIGNAL USER_ID GROUP_ID PROGRAM ARGUMENT...`.

A file of its own, and not a function run between fork and exec: that is unsafe in a parent with threads. USER_ID -1 keeps the user.
"""

import ctypes
import os
import sys

PR_SET_PDEATHSIG = 1


def main() -> None:
    parent, death_signal, user, group = (int(text) for text in sys.argv[1:5])
    if user >= 0:
        os.setgroups([])
        os.setgid(group)
        os.setuid(user)
    if death_signal and sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, death_signal)
        if os.getppid() != parent:
            sys.exit(1)
    os.execv(sys.argv[5], sys.argv[5:])  # noqa: S606  becoming the program is the point


if __name__ == "__main__":
    main()
