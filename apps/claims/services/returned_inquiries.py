"""An inquiry (276) refused for its envelope: no claim of it is to blame, so one person mends the cause, and all is asked again whole."""

from datetime import datetime

from apps.claims.models import StatusInquiry
from apps.claims.selectors.batches import RETURNED_KIND
from apps.claims.selectors.inquiries import returned_work
from apps.claims.services.take_status import CLEARINGHOUSE, save_told, unanswered_of
from apps.connectors.models import Transmission
from apps.core.advisory_locks import lock_until_commit
from apps.core.clock import practice_date
from apps.core.sentences import inside
from apps.worklist.models import WorkItem
from apps.worklist.queue import open_item


def take_returned_inquiry(file: Transmission, says: str, segment: int, answer: Transmission, *, now: datetime) -> None:
    """The interchange or its group came back: nobody was asked. While the one task is open nothing is asked (see ask_status); then
    the claims are asked about again together, for no smaller file would fare better.
    """
    rows = unanswered_of(file)
    words = f"The inquiry came back with its whole file; it is asked again when the cause is mended. {says}"
    for row in rows:
        row.outcome, row.sentence, row.segment = StatusInquiry.Outcome.RETURNED, words[:300], segment
    save_told(rows, answer, now, speaker=CLEARINGHOUSE)
    if not rows:
        return
    lock_until_commit(RETURNED_KIND)  # two files may come back at one moment; they look and open one after the other
    if not returned_work().exists():
        open_item(
            kind=RETURNED_KIND,
            title=f"No payer can be asked about claims (276): {inside(says)}".rstrip("."),
            owner_role=WorkItem.OwnerRole.BILLER,
            url_name="claims:answer",
            subject_public_id=answer.public_id,
            now=now,
            due_on=practice_date(now),  # no payer is asked about any claim until it is done
        )
