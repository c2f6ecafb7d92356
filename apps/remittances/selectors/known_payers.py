"""The payers by which a bank's text is recognized."""

from dataclasses import dataclass

from apps.practice.models import Payer
from apps.practice.selectors.payer_channels import remittance_ids
from apps.remittances.models import RemittancePayment


@dataclass(frozen=True, slots=True)
class KnownPayer:
    name: str
    ids: tuple[str, ...]


def known_payers() -> list[KnownPayer]:
    """The directory's, and whoever has sent a remittance."""
    payers = list(Payer.objects.order_by("name"))
    ids = remittance_ids(payers)
    found = [KnownPayer(row.name, ids[row.pk]) for row in payers]
    sent = RemittancePayment.objects.order_by("payer_name", "payer_identifier")
    pairs = sent.values_list("payer_name", "payer_identifier").distinct()
    return found + [KnownPayer(name, (identifier,)) for name, identifier in pairs]
