"""What the patient will have to pay, picked from many EB segments by service type, network and coverage level: not the first one."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from apps.x12.guides.x271 import Benefit

# Best first: the office visit, the plan at large, and a payer that names no service type.
SERVICE_TYPES = ("98", "30", "")
_NETWORKS = ("Y", "W", "")
_LEVELS = ("IND", "", "FAM", "EMP", "ESP", "ECH")
REMAINING = "29"
# EB06 24, year to date: what has been paid so far, no limit.
PAID_SO_FAR = "24"


@dataclass(frozen=True, slots=True)
class CostShare:
    """Dollars, and coinsurance as a fraction. Several values: the payer names several and nothing tells them apart."""

    copay: tuple[Decimal, ...] = ()
    coinsurance: tuple[Decimal, ...] = ()
    deductible: tuple[Decimal, ...] = ()
    deductible_left: tuple[Decimal, ...] = ()
    out_of_pocket_left: tuple[Decimal, ...] = ()


def cost_share(benefits: Sequence[Benefit]) -> CostShare:
    return CostShare(
        copay=_amounts(best(benefits, "B")),
        coinsurance=_distinct(benefit.percent for benefit in best(benefits, "A")),
        deductible=_amounts(best(_period(benefits, remaining=False), "C")),
        deductible_left=_amounts(best(_period(benefits, remaining=True), "C")),
        out_of_pocket_left=_amounts(best(_period(benefits, remaining=True), "G")),
    )


def best(benefits: Iterable[Benefit], code: str) -> list[Benefit]:
    """Those of `code` (EB01) that fit best: all with the same rank. What the payer says of other networks is left out."""
    ranked = [(_rank(benefit), benefit) for benefit in benefits if benefit.code == code and benefit.network != "N"]
    ranked = [(rank, benefit) for rank, benefit in ranked if rank is not None]
    first = min((rank for rank, _ in ranked if rank is not None), default=None)
    return [benefit for rank, benefit in ranked if rank == first]


def _rank(benefit: Benefit) -> tuple[int, int, int] | None:
    named = benefit.service_types or ("",)
    places = [SERVICE_TYPES.index(kind) for kind in named if kind in SERVICE_TYPES]
    if not places or benefit.coverage_level not in _LEVELS:
        return None
    network = _NETWORKS.index(benefit.network) if benefit.network in _NETWORKS else len(_NETWORKS)
    return min(places), network, _LEVELS.index(benefit.coverage_level)


def _period(benefits: Iterable[Benefit], *, remaining: bool) -> list[Benefit]:
    told = (benefit for benefit in benefits if benefit.period != PAID_SO_FAR)
    return [benefit for benefit in told if (benefit.period == REMAINING) is remaining]


def _amounts(benefits: Iterable[Benefit]) -> tuple[Decimal, ...]:
    return _distinct(benefit.amount for benefit in benefits)


def _distinct(values: Iterable[Decimal | None]) -> tuple[Decimal, ...]:
    return tuple(sorted({value for value in values if value is not None}))
