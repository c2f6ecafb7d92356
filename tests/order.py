"""A pytest plugin, loaded with `-p tests.order`: in what order tests run, and what one worker takes at once."""

import sys
from importlib import import_module
from pathlib import Path

import pytest
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling

BROWSER = "tests/browser/"
JOURNEYS = "tests/faults/journeys/"
WITHOUT_DATABASE = "tests/x12/"


def _turn(item: pytest.Item) -> int:
    """First the journeys, which take minutes, and what needs no database, which is still being made (see tests.services). Browsers
    last: Playwright keeps a loop running in a worker's thread, so nothing of another kind may follow. Of them the whole loop first:
    it is the longest, and must not begin when every other worker is about to end.
    """
    if item.nodeid.startswith((JOURNEYS, WITHOUT_DATABASE)):
        return 0
    if not item.nodeid.startswith(BROWSER):
        return 1
    return 2 if "whole_loop" in item.nodeid else 3


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=_turn)


def pytest_collection(session: pytest.Session) -> None:
    """In a fresh checkout every file is yet to be compiled. Each worker begins at another one and finds the rest compiled by its
    fellows; side by side they would all compile everything.
    """
    if worker := getattr(session.config, "workerinput", None):
        files = sorted(Path(session.config.rootpath, "tests").rglob("test_*.py"))
        begin = len(files) * int(worker["workerid"].removeprefix("gw")) // worker["workercount"]
        for file in files[begin:] + files[:begin]:
            _import(".".join(file.relative_to(session.config.rootpath).with_suffix("").parts))


def _import(module: str) -> None:
    try:
        import_module(module)
    except (Exception, pytest.skip.Exception):  # noqa: BLE001  whatever is wrong with a file, its collection tells
        sys.modules.pop(module, None)


class FilesAndBrowserTests(LoadScopeScheduling):
    """A worker takes a file, whose fixtures are shared; of browser tests, which are long and share little, one; and all journeys,
    which are compared with one of them.
    """

    def _split_scope(self, nodeid: str) -> str:
        if nodeid.startswith(JOURNEYS):
            return JOURNEYS
        return nodeid if nodeid.startswith(BROWSER) else nodeid.partition("::")[0]


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> LoadScopeScheduling:
    return FilesAndBrowserTests(config, log)
