from apps.practice.models import Payer
from apps.practice.selectors.payer_channels import remittance_ids
from apps.x12.guides.x835 import Remittance


def payer_ids_of(remittance: Remittance) -> tuple[str, ...]:
    """The ids under which a payer may name itself: TRN03, N104 and REF*2U of the payer, BPR10; the first is its identity."""
    references = [item.value for item in remittance.payer.references if item.qualifier in {"2U", "EO", "HI", "NF"}]
    found = [remittance.payer_identifier, remittance.payer.id, *references, remittance.originating_company]
    return tuple(dict.fromkeys(item for item in found if item))


def find_payer(remittance: Remittance) -> Payer | None:
    """By the ids that the payer directory lists for remittances, then by name."""
    ids = set(payer_ids_of(remittance))
    payers = list(Payer.objects.order_by("pk"))
    known = remittance_ids(payers)
    for payer in payers:
        if ids & set(known[payer.pk]):
            return payer
    name = remittance.payer.name.casefold()
    return next((payer for payer in payers if name and payer.name.casefold() == name), None)
