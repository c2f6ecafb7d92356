"""A pytest plugin, loaded with `-p tests.order`: in what order tests run, and what one worker takes at once."""

import pytest
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling

BROWSER = "tests/browser/"


def _turn(item: pytest.Item) -> int:
    """Browsers last: Playwright keeps a loop running in a worker's thread, so nothing of another kind may follow. Of them the whole
    loop first: it is the longest, and must not begin when every other worker is about to end.
    """
    if not item.nodeid.startswith(BROWSER):
        return 0
    return 1 if "whole_loop" in item.nodeid else 2


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=_turn)


class FilesAndBrowserTests(LoadScopeScheduling):
    """A worker takes a file, whose fixtures are shared; of browser tests, which are long and share little, one."""

    def _split_scope(self, nodeid: str) -> str:
        return nodeid if nodeid.startswith(BROWSER) else nodeid.partition("::")[0]


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> LoadScopeScheduling:
    return FilesAndBrowserTests(config, log)
