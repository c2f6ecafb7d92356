"""Senders killed against a real SFTP server; for the short test and for `make faults`."""

from datetime import datetime

from apps.practice.roles import Role
from tests.connectors.sftp_server import folder_server
from tests.factories.connectors import ClearinghouseConnectionFactory
from tests.factories.practice import PracticeFactory
from tests.faults.killable import warm
from tests.faults.sends import Found, Senders
from tests.signing_in import browser_of


def kill_senders(kills: int, *, seed: int, now: datetime) -> Found:
    """So many at each moment. Call it in a test that commits (`transaction=True`)."""
    with folder_server() as server, warm("tests.faults.sender") as process:
        server.collects = True
        PracticeFactory()
        ClearinghouseConnectionFactory(settings=server.settings())
        senders = Senders(process, server, browser_of(Role.BILLER), now, seed=seed)
        return senders.kill(kills)
