"""Find the payers that coverages name. One that nobody has told us of is added unconfirmed, with work for the administrator.

A visit whose payer is unknown must not look like self-pay: its patient would be billed for what a plan owes.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import datetime

from apps.connectors.ports.ehr import EhrCoverage
from apps.core.advisory_locks import lock_until_commit
from apps.core.readable_names import readable_name
from apps.practice.models import Payer
from apps.practice.selectors.payer_channels import claims_ids
from apps.worklist.models import WorkItem
from apps.worklist.queue import open_item

NAME_LENGTH = 60


class PayerBook:
    """The practice's payers by their ids for claims, and by name for sources that give no id.

    An EHR may hold the id that the clearinghouse uses; a payer's usual ID goes before another's at a clearinghouse.
    """

    def __init__(self, payers: Collection[Payer]) -> None:
        self._by_id: dict[str, Payer] = {}
        self._by_name: dict[str, Payer] = {}
        for payer in payers:
            self.add(payer)
        self._elsewhere: defaultdict[str, list[Payer]] = defaultdict(list)
        ids = claims_ids(payers)
        for payer in payers:
            for each in ids[payer.pk]:
                self._elsewhere[each].append(payer)

    def add(self, payer: Payer) -> None:
        if payer.claims_id:
            self._by_id.setdefault(payer.claims_id, payer)
        self._by_name[payer.name.casefold()] = payer

    def find(self, cover: EhrCoverage) -> Payer | None:
        if cover.payer_id:
            return (
                self._by_id.get(cover.payer_id)
                or self._only_one_at_a_clearinghouse(cover.payer_id)
                or self._by_id.get(f"{cover.payer_id}.0")  # brought by a spreadsheet when its decimals were still kept
            )
        return self._by_name.get(cover.payer_name.casefold()[:NAME_LENGTH])

    def _only_one_at_a_clearinghouse(self, identifier: str) -> Payer | None:
        """Two clearinghouses may give one id to two payers; then nobody knows which is meant."""
        found = self._elsewhere.get(identifier, [])
        return found[0] if len(found) == 1 else None

    def free_name(self, cover: EhrCoverage) -> str:
        name = readable_name(cover.payer_name) or f"Payer {cover.payer_id}"
        return (
            f"{name[:38]} ({cover.payer_id})"[:NAME_LENGTH] if name.casefold() in self._by_name else name[:NAME_LENGTH]
        )


def place_payers(named: Iterable[tuple[EhrCoverage, str]], *, now: datetime) -> tuple[PayerBook, tuple[str, ...]]:
    """`named`: each coverage with its patient's public id. Returns the book and the names of the payers that were added. Inside a
    transaction only.
    """
    told = list(named)
    book = PayerBook(list(Payer.objects.all()))
    if any(book.find(cover) is None for cover, _ in told):
        lock_until_commit("unknown payers")  # another source may tell of the same one now: who comes second finds it
        book = PayerBook(list(Payer.objects.all()))
    added: list[str] = []
    for cover, patient in told:
        if book.find(cover) is None:
            payer = Payer.objects.create(name=book.free_name(cover), claims_id=cover.payer_id[:20], confirmed=False)
            book.add(payer)
            added.append(payer.name)
            open_item(
                kind="confirm_payer",
                title=f"Confirm the payer {payer.name}: a visit names it and the payer list does not"[:200],
                owner_role=WorkItem.OwnerRole.ADMINISTRATOR,
                url_name="workspace:patient",
                subject_public_id=patient,
                now=now,
            )
    return book, tuple(added)
