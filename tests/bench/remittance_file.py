"""A remittance as one payer sends it to one practice: any number of claims of two lines, nobody in them existing.

Fees and allowed amounts are a schedule's, so they repeat, as they do in life; deductibles are anything. Every payment balances.
"""

import random
from decimal import Decimal

PROCEDURES = (
    "99202", "99203", "99204", "99212", "99213", "99214", "99215", "99395", "99396", "93000",
    "36415", "85025", "80053", "80061", "81002", "83036", "84443", "87880", "90471", "90686",
    "96372", "20610", "11102", "17000", "69210", "94010", "71046", "73030", "99381", "99391",
    "G0439", "G0444", "J1885", "J3420", "90658", "90715", "96127", "99406", "99497", "99490",
)  # fmt: skip
DENIALS = ("16", "4", "22", "97", "50", "B15", "29", "197")  # CARCs, each routed somewhere
LAST_NAMES = ["SMITH", "JOHNSON", "NGUYEN", "GARCIA", "OKAFOR", "LEE", "PATEL", "KOWALSKI", "WASHINGTON", "MCALLISTER"]
FIRST_NAMES = ["ANN", "JOHN", "MARIA", "WEI", "OMAR", "IVY", "CHRISTOPHER", "ELIZABETH"]
PROVIDERS = [("GREY", "IDA", "1234567893"), ("STONE", "MARCUS", "1245319599"), ("RIVERA", "LENA", "1467857193")]
ISA = "ISA*00*          *00*          *ZZ*PAYER          *ZZ*PRACTICE       *260801*1200*^*00501*000000001*0*P*:"
HEADING = (
    "TRN*1*EFT0000001*1999999999",
    "DTM*405*20260801",
    "N1*PR*A PLAN",
    "N3*1 MAIN STREET",
    "N4*CHICAGO*IL*60601",
    "REF*2U*60054",
    "PER*BL*PROVIDER SERVICE*TE*8005550100",
    "N1*PE*A PRACTICE*XX*1234567893",
    "LX*1",
)


def remittance_file(claims: int, seed: int = 1, first: int = 0, denied_each: int = 0) -> bytes:
    """The whole file, about 390 bytes a claim. Claims are numbered from `first`, and payments by it. With `denied_each` one claim of so
    many is denied whole.
    """
    chance = random.Random(seed)
    schedule = {code: _fee_and_allowed(chance) for code in PROCEDURES}
    paid = 0
    segments: list[str] = []
    for number in range(first, first + claims):
        reason = DENIALS[number // denied_each % len(DENIALS)] if denied_each and number % denied_each == 0 else ""
        cents, claim = _claim(number, schedule, chance, reason)
        paid += cents
        segments += claim
    payment = f"BPR*I*{_dollars(paid)}*C*ACH*CCP*01*071000013*DA*1234567*1999999999**01*071000288*DA*7654321*20260801"
    trace, *heading = HEADING
    body = ["ST*835*0001", payment, trace.replace("0000001", f"{first + 1:07d}"), *heading, *segments]
    body.append(f"SE*{len(body) + 1}*0001")
    envelope = [ISA, "GS*HP*PAYER*PRACTICE*20260801*1200*1*X*005010X221A1", *body, "GE*1*1", "IEA*1*000000001", ""]
    return "~".join(envelope).encode()


def _fee_and_allowed(chance: random.Random) -> tuple[int, int]:
    fee = chance.randrange(1200, 32000)
    return fee, int(fee * chance.uniform(0.35, 0.9))


def _claim(
    number: int, schedule: dict[str, tuple[int, int]], chance: random.Random, denied: str = ""
) -> tuple[int, list[str]]:
    """What was paid in cents, and the claim's segments. `denied`: the CARC for which nothing is paid."""
    day = f"202607{chance.randrange(1, 29):02d}"
    charge = paid = owed = 0
    lines: list[str] = []
    for line in (1, 2):
        code = chance.choice(PROCEDURES)
        fee, allowed = schedule[code]
        reason, share = _cost_share(allowed, chance)
        if denied:
            allowed, share = 0, 0
        charge, paid, owed = charge + fee, paid + allowed - share, owed + share
        modifier = chance.choice(("", "", "", ":25", ":59"))
        lines += [
            f"SVC*HC:{code}{modifier}*{_dollars(fee)}*{_dollars(allowed - share)}**1",
            f"DTM*472*{day}",
            f"CAS*CO*{denied or 45}*{_dollars(fee - allowed)}",
            *([f"CAS*PR*{reason}*{_dollars(share)}"] if share else []),
            f"REF*6R*{number:07d}{line}",
            f"AMT*B6*{_dollars(allowed)}",
            *(["LQ*HE*N620"] if chance.random() < 0.1 else []),
        ]
    status = 4 if denied else 1
    last, first, npi = chance.choice(PROVIDERS)
    name = f"{chance.choice(LAST_NAMES)}*{chance.choice(FIRST_NAMES)}*{chance.choice('ABCDEFG')}"
    return paid, [
        f"CLP*TL{number:08d}*{status}*{_dollars(charge)}*{_dollars(paid)}*{_dollars(owed)}*12*26{chance.randrange(10**9):09d}*11*1",
        f"NM1*QC*1*{name}***MI*W{chance.randrange(10**9):09d}",
        f"NM1*82*1*{last}*{first}****XX*{npi}",
        f"REF*1L*G{chance.randrange(10**5):05d}",
        f"DTM*232*{day}",
        "DTM*050*20260730",
        *lines,
    ]


def _cost_share(allowed: int, chance: random.Random) -> tuple[int, int]:
    """A CARC of group PR and cents: a copay, a coinsurance, a deductible, or nothing."""
    kind = chance.random()
    if kind < 0.4:
        return 3, min(allowed, chance.choice((1000, 2000, 2500, 3000, 4000)))
    if kind < 0.6:
        return 2, allowed // 5
    return (1, chance.randrange(100, allowed)) if kind < 0.72 else (0, 0)


def _dollars(cents: int) -> str:
    return f"{Decimal(cents).scaleb(-2):f}".rstrip("0").rstrip(".") if cents % 100 else str(cents // 100)
