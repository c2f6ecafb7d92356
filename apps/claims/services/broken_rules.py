"""A rule that is switched on and cannot be asked, since an upgrade took a field away or its row was changed by hand: it is passed over,
and an administrator is told. It never stops the scrub.
"""

from collections.abc import Collection
from datetime import datetime

from apps.claims.models import PayerRule
from apps.claims.rules.payer_rules import BrokenRule
from apps.worklist.models import WorkItem
from apps.worklist.queue import NewItem, open_items

BROKEN_KIND = "payer_rule_broken"


def tell_broken(broken: Collection[BrokenRule], *, now: datetime) -> None:
    """One open item of work for each. The caller has a transaction."""
    if not broken:
        return
    untold = PayerRule.objects.filter(number__in=[each.number for each in broken])
    untold = untold.exclude(work_item__state=WorkItem.State.OPEN).select_for_update(of=("self",), skip_locked=True)
    rows = list(untold.order_by("pk"))
    sentences = {each.number: each.sentence for each in broken}
    items = open_items([_work(row, sentences[row.number]) for row in rows], now=now)
    for row, item in zip(rows, items, strict=True):
        row.work_item = item
    PayerRule.objects.bulk_update(rows, ["work_item"])


def _work(row: PayerRule, sentence: str) -> NewItem:
    return NewItem(
        kind=BROKEN_KIND,
        title=f"Mend rule {row.code}, which is passed over: {sentence}",
        owner_role=WorkItem.OwnerRole.ADMINISTRATOR,
        url_name="claims:payer_rule",
        subject_public_id=row.public_id,
    )
