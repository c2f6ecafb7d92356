"""Find the providers that the EHR names, and add those that nobody has told us of, unconfirmed."""

from collections.abc import Iterable

from apps.connectors.ports.ehr import EhrProvider
from apps.practice.models import Provider


def place_providers(source_ids: Iterable[str], told: Iterable[EhrProvider]) -> dict[str, Provider]:
    """By the EHR's id, each to a row: known by that id, else by NPI and name, else new and unconfirmed.

    An id that even the EHR no longer explains comes in under that id, so that its visit is not lost.
    """
    described = {each.source_id: each for each in told}
    known = list(Provider.objects.all())
    by_source = {row.source_id: row for row in known if row.source_id}
    by_name = {_name(row.npi, row.last_name, row.first_name): row for row in known}
    placed: dict[str, Provider] = {}
    fresh: list[Provider] = []
    for source_id in dict.fromkeys(source_ids):
        each = described.get(source_id) or EhrProvider(source_id, "", f"Provider {source_id}", "")
        key = _name(each.npi, each.last_name, each.first_name)
        row = by_source.get(source_id) or by_name.get(key)
        if row is None:
            row = by_name[key] = _unconfirmed(each)
            fresh.append(row)
        placed[source_id] = row
    Provider.objects.bulk_create(fresh)
    return placed


def unknown_providers(source_ids: Iterable[str]) -> set[str]:
    wanted = set(source_ids)
    return wanted - set(Provider.objects.filter(source_id__in=wanted).values_list("source_id", flat=True))


def _name(npi: str, last_name: str, first_name: str) -> tuple[str, str, str]:
    return npi, last_name.casefold()[:60], first_name.casefold()[:35]


def _unconfirmed(told: EhrProvider) -> Provider:
    return Provider(
        source_id=told.source_id[:120],
        first_name=told.first_name[:35],
        last_name=told.last_name[:60],
        npi=told.npi[:10],
        taxonomy=told.taxonomy[:10],
        confirmed=False,
    )
