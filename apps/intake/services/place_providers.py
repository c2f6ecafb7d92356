"""Find the providers that the EHR names, and add those that nobody has told us of, unconfirmed."""

from collections import defaultdict
from collections.abc import Iterable, Mapping

from apps.connectors.ports.ehr import EhrProvider
from apps.core.advisory_locks import lock_until_commit
from apps.intake.rules import CUT
from apps.practice.models import Provider

LONGEST = 120  # characters that are kept of a provider's id


def place_providers(source_ids: Iterable[str], told: Iterable[EhrProvider]) -> dict[str, Provider]:
    """By the EHR's id, each to a row: known as `known_providers` knows it, else new and unconfirmed.

    An id that even the EHR no longer explains comes in under that id, so that its visit is not lost. Inside a transaction only.
    """
    described = {each.source_id: each for each in told}
    wanted = list(dict.fromkeys(source_ids))
    placed = known_providers(wanted, described.values())
    if not placed.keys() >= set(wanted):
        lock_until_commit("unknown providers")  # another source may tell of the same one now: who comes second finds it
        placed = known_providers(wanted, described.values())
    fresh: dict[tuple[str, str, str], Provider] = {}
    for source_id in wanted:
        if source_id not in placed:
            each = _described(source_id, described)
            placed[source_id] = fresh.setdefault(_name(each.npi, each.last_name, each.first_name), _unconfirmed(each))
    Provider.objects.bulk_create(fresh.values())
    return placed


def known_providers(source_ids: Iterable[str], told: Iterable[EhrProvider]) -> dict[str, Provider]:
    """By the EHR's id, those that have a row: of that id, else of that NPI and name, else of that id as it was once cut.

    A cut id is made whole where it can mean but one, so that whom a person has since corrected is not added a second time.
    """
    described = {each.source_id: each for each in told}
    wanted = list(dict.fromkeys(source_ids))
    rows = list(Provider.objects.all())
    by_source = {row.source_id: row for row in rows if row.source_id}
    by_name = {_name(row.npi, row.last_name, row.first_name): row for row in rows}
    cut = _cut_ids(rows, {*described, *wanted})
    known: dict[str, Provider] = {}
    healed: list[Provider] = []
    for source_id in wanted:
        each = _described(source_id, described)
        row = by_source.get(source_id) or by_name.get(_name(each.npi, each.last_name, each.first_name))
        if row is None and (row := cut.get(source_id)):
            row.source_id = source_id
            healed.append(row)
        if row:
            known[source_id] = row
    Provider.objects.bulk_update(healed, ["source_id"])
    return known


def _cut_ids(rows: Iterable[Provider], told: Iterable[str]) -> dict[str, Provider]:
    """By the whole id as told, whose row bears it cut; none where two are told, or two rows stand, that begin alike.

    An id of that length that is the NPI and name of its row is whole.
    """
    stored, meant = defaultdict(list), defaultdict(list)
    for row in rows:
        stored[row.source_id[:CUT]].append(row)
    for source_id in told:
        meant[source_id[:CUT]].append(source_id)
    return {
        ids[0]: alike[0]
        for start, ids in meant.items()
        if len(ids) == 1 and CUT < len(ids[0]) <= LONGEST
        if len(alike := stored[start]) == 1 and alike[0].source_id == start != _charge_file_id(alike[0])
    }


def _charge_file_id(row: Provider) -> str:
    return f"{row.npi} {row.last_name} {row.first_name}"


def _described(source_id: str, described: Mapping[str, EhrProvider]) -> EhrProvider:
    return described.get(source_id) or EhrProvider(source_id, "", f"Provider {source_id}", "")


def unknown_providers(source_ids: Iterable[str]) -> set[str]:
    wanted = set(source_ids)
    return wanted - set(Provider.objects.filter(source_id__in=wanted).values_list("source_id", flat=True))


def _name(npi: str, last_name: str, first_name: str) -> tuple[str, str, str]:
    return npi, last_name.casefold()[:60], first_name.casefold()[:35]


def _unconfirmed(told: EhrProvider) -> Provider:
    return Provider(
        source_id=told.source_id[:LONGEST],
        first_name=told.first_name[:35],
        last_name=told.last_name[:60],
        npi=told.npi[:10],
        taxonomy=told.taxonomy[:10],
        confirmed=False,
    )
