"""The exceptions list on a phone: one left edge, nothing over anything else."""

from datetime import datetime

import pytest

from apps.practice.roles import Role
from tests.browser.conftest import Opener
from tests.claims.test_exception_page import held
from tests.factories.practice import PracticeFactory

pytestmark = pytest.mark.django_db(transaction=True)
LEFT = "cells => cells.map(cell => Math.round(cell.getBoundingClientRect().left))"
OVERLAPS = """rows => rows.some(row => {
  const [button, amount] = [row.querySelector("button"), row.querySelector(".c2")].map(part => part?.getBoundingClientRect());
  return button && button.right > amount.left && button.bottom > amount.top;
})"""


def test_rows_with_and_without_a_fix_share_one_left_edge(open_page: Opener, now: datetime) -> None:
    PracticeFactory()
    held(now, encounter__coverage__member_id="")
    held(now, encounter__coverage__member_id="lp-000 000.001", encounter__coverage__payer__member_id_pattern=r"LP\d{9}")
    page = open_page(Role.BILLER, "/claims/exceptions/", width="phone")
    edges = page.locator("tr[data-row] td:has(.who), h1").evaluate_all(LEFT)
    assert (len(edges), len(set(edges))) == (3, 1)
    assert page.locator("input[name=finding][type=checkbox]").count() == 1
    assert page.locator("tr[data-row]").evaluate_all(OVERLAPS) is False
