"""Keep how what a payer allowed stands to its contract. The remittances room compares; the row is this room's."""

from collections.abc import Mapping, Sequence

from apps.claims.models import Adjudication


def record_verdicts(verdicts: Mapping[Adjudication.ContractVerdict, Sequence[int]]) -> None:
    """Keys of adjudications by verdict, a statement each. Their claims are locked by the caller."""
    for verdict, keys in verdicts.items():
        Adjudication.objects.filter(pk__any_of=keys).update(contract_verdict=verdict)


def compare_again(payer_id: int) -> int:
    """The payer's lines for which no price was on file are to be looked at once more: its fee schedule changed. How many."""
    waiting = Adjudication.objects.filter(payer=payer_id, contract_verdict=Adjudication.ContractVerdict.NO_PRICE)
    return waiting.update(contract_verdict="")
