"""How many claims a second the pure scrub takes, with all built-in rules and 200 rules of the practice's own of which half are for each
claim. One core, no database.

`python -m tests.bench.payer_rules`; the last line says whether the bar is reached, as does the exit status.
"""

import os
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal

from apps.claims.rules.payer_rules import Action, RuleSet, RuleSpec
from apps.claims.rules.registry import scrub
from apps.claims.rules.snapshot import ClaimView, LineView
from tests.claims.sound import SOUND

CLAIMS, RULES, RUNS = 2_000, 200, 5
LEAST_A_SECOND = 2_000


def main() -> int:
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    claims = list(_claims())
    own = RuleSet(own_rules())
    missed = [f"{len(own.broken)} rules cannot be asked"] if own.broken else []
    both = _a_second(lambda claim: [*scrub(claim), *own.found(claim)], claims)
    for words, number in (
        ("built-in rules", _a_second(scrub, claims)),
        (f"{RULES // 2} of {RULES} own rules", _a_second(own.found, claims)),
        ("both", both),
    ):
        print(f"  {words:<24} {number:>9,.0f} claims/s")
    spoken = sum(len(own.found(claim)) for claim in claims) / CLAIMS
    begun = time.process_time()
    RuleSet(own_rules())
    print(
        f"  {spoken:.1f} findings of own rules a claim; {RULES} rules made in {(time.process_time() - begun) * 1e3:.1f} ms"
    )
    missed += [f"fewer than {LEAST_A_SECOND:,} claims/s"] if both < LEAST_A_SECOND else []
    print(f"payer rules bench: {'missed: ' + ', '.join(missed) if missed else 'the bar is reached'}")
    return 1 if missed else 0


def _a_second(work: Callable[[ClaimView], object], claims: list[ClaimView]) -> float:
    """The median; each run has claims that remember nothing of the run before."""
    taken = []
    for _ in range(RUNS):
        fresh = [replace(claim) for claim in claims]
        begun = time.process_time()
        for claim in fresh:
            work(claim)
        taken.append(time.process_time() - begun)
    return len(claims) / statistics.median(taken)


def _claims() -> Iterator[ClaimView]:
    """Of two to four lines, sound."""
    codes = ("99213", "36415", "85025", "80053")
    for number in range(CLAIMS):
        lines = tuple(
            LineView(
                place, f"C{number}L{place}", codes[place - 1], Decimal(80 + number % 50), pointers=(1 + place % 2,)
            )
            for place in range(1, 3 + number % 3)
        )
        yield replace(
            SOUND,
            control_number=f"C{number}",
            total=sum((line.amount for line in lines), Decimal(0)),
            diagnoses=("J0190", "R059", "I10"),
            lines=lines,
            patient=replace(SOUND.patient, birth_date=date(1950 + number % 70, 3, 12), sex="FM"[number % 2]),
            coverage=replace(SOUND.coverage, member_id=f"LP{number:09d}"),
        )


def own_rules() -> Iterator[RuleSpec]:
    """Half for all payers, half for one that these claims are not of. Two to four conditions each, of the claim and of its lines."""
    for number in range(RULES):
        code, shapes = f"{80000 + number * 50}", 5
        tree: dict[str, object] = [
            _all(
                _if("claim.place_of_service", "is_any", "11,22"),
                _if("line.procedure", "is", code),
                _if("line.modifiers", "empty"),
            ),
            _all(_if("line.procedure", "between", "99202 to 99215"), _if("line.amount", "more", f"{300 + number}")),
            {
                "any": [
                    _all(_if("claim.diagnoses", "starts", "Z00"), _if("patient.age", "less", f"{number % 9}")),
                    _all(_if("claim.lines", "more", "20")),
                ]
            },
            _all(
                _if("claim.procedures", "has", f"{code}, 85025"),
                _if("claim.prior_authorization", "empty"),
                _if("patient.age", "more", "74"),
                _if("patient.sex", "is", "F"),
            ),
            _all(
                _if("line.diagnoses", "has", "R05.9"),
                _if("line.procedure", "starts", code[:3]),
                _if("line.units", "more", "3"),
            ),
        ][number % shapes]
        payer = "" if (number // shapes) % 2 == 0 else "Another plan"
        yield RuleSpec(number + 1, f"Rule {number}", "Mend it.", tree, Action.BLOCK, payer)


def _all(*conditions: dict[str, object]) -> dict[str, object]:
    return {"all": list(conditions)}


def _if(field: str, operator: str, value: str = "") -> dict[str, object]:
    return {"field": field, "operator": operator, "value": value}


if __name__ == "__main__":
    sys.exit(main())
