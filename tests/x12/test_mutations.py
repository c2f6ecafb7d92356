"""A damaged file says so: every segment and element of a rich example of each transaction that we write is damaged in turn.

Segments, ISA to IEA, are dropped, swapped with the next one, duplicated, and truncated (the second half of their elements cut
off). Elements are dropped (those behind move up), emptied, and garbled. For each damage this is asserted:

1. Reading never raises, and each error has a kind, a message and a place (a file that is no X12 any more has no place).
2. A transaction of which nothing could be made has an error.
3. A segment that is dropped or duplicated is always an error: at least a trailer's count disagrees. Only a TA1 is counted by no
   trailer.
4. No error repeats what stands in the file: neither its message nor its place (envelope aside, whose numbers are the place).
5. No money is lost silently: a reading without any error holds the same money as the undamaged one, or is out of balance. Money of
   an 835 is BPR02, CLP03, CLP04, every adjustment and every PLB amount; its balance are the three levels of `imbalances`, in which
   the amounts of lines (parts of the claim's) take part. Money of an 837P is CLM02 and SV102; its balance is that the lines add up
   to the claim. The amounts of a 277CA (STC04) and a 271 (EB07) may be empty by their guides; garbled, they are an error.
6. Also where the sender's trailer counts what is left (SE01 corrected), rule 5 holds: a dropped CAS, CLP or PLB is out of balance.

Not asserted: that a wrong value of the right form (another name, another code) is found. No reader can know.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal

import pytest

from apps.x12 import Document, ErrorKind, read, write_271
from apps.x12.guides.parts import Contact, DatedPeriod, Party, Reference
from apps.x12.guides.x271 import Benefit, RelatedEntity
from apps.x12.guides.x835 import Remittance, imbalances
from apps.x12.guides.x837p import ClaimBatch
from tests.x12 import test_golden
from tests.x12.examples import DAY, envelope
from tests.x12.test_eligibility import answer, response

COPAY = Benefit(
    code="B",
    coverage_level="IND",
    service_types=("98",),
    insurance_type="PR",
    plan="GOLD",
    period="27",
    amount=Decimal(25),
    quantity_qualifier="VS",
    quantity=Decimal(20),
    network="Y",
    dates=(DatedPeriod("291", DAY, DAY),),
    messages=("Copay waived for wellness",),
    references=(Reference("18", "PLAN1"),),
    entities=(
        RelatedEntity(party=Party("Other Plan", role="PRP"), contacts=(Contact(name="Desk", phone="8005550101"),)),
    ),
)

# Whoever writes another transaction adds its golden file, and it is damaged here too.
EXAMPLES = {
    **{name: data.replace(b"\n", b"").decode() for name, data in test_golden.written().items()},
    "rich.271": write_271(response(answer(benefits=(COPAY,))), envelope()).decode(),
}
ENVELOPE = frozenset({"ISA", "GS", "ST", "SE", "GE", "IEA"})
NOISE = "Q?!Q"


@dataclass(frozen=True)
class Damage:
    what: str
    segments: tuple[str, ...]
    at: str
    changes_count: bool = False

    @property
    def data(self) -> bytes:
        return "".join(f"{segment}~" for segment in self.segments).encode()

    def recounted(self) -> "Damage":
        """SE01 made to agree with what stands between ST and SE."""
        start = next((at for at, text in enumerate(self.segments) if text.startswith("ST*")), 0)
        segments = list(self.segments)
        for at, text in enumerate(segments):
            if text.startswith("SE*"):
                segments[at] = f"SE*{at - start + 1}*{text.rpartition('*')[2]}"
        return replace(self, segments=tuple(segments), what=f"{self.what}, recounted", changes_count=False)


def segments_of(example: str) -> tuple[str, ...]:
    return tuple(example.removesuffix("~").split("~"))


def damaged_segments(example: str) -> Iterator[Damage]:
    whole = segments_of(example)
    for at, text in enumerate(whole):
        before, after = whole[:at], whole[at + 1 :]
        elements = text.split("*")
        cut = "*".join(elements[: (len(elements) + 1) // 2])
        yield Damage(f"{at + 1} {text}: dropped", before + after, elements[0], changes_count=True)
        yield Damage(f"{at + 1} {text}: duplicated", (*before, text, text, *after), elements[0], changes_count=True)
        yield Damage(f"{at + 1} {text}: truncated", (*before, cut, *after), elements[0])
        if after:
            yield Damage(f"{at + 1} {text}: swapped", (*before, after[0], text, *after[1:]), elements[0])


def damaged_elements(example: str) -> Iterator[Damage]:
    whole = segments_of(example)
    for at, text in enumerate(whole):
        elements = text.split("*")
        for place in range(1, len(elements)):
            before, after = elements[:place], elements[place + 1 :]
            for how, changed in (
                ("dropped", before + after),
                ("emptied", [*before, "", *after]),
                ("garbled", [*before, NOISE, *after]),
            ):
                name = f"{at + 1} {text}: element {place} {how}"
                yield Damage(name, (*whole[:at], "*".join(changed), *whole[at + 1 :]), elements[0])


def money(document: Document) -> list[tuple[str, Decimal]]:
    """Every dollar of rule 5 with what it is."""
    found: list[tuple[str, Decimal]] = []
    for transaction in document.transactions:
        match transaction.body:
            case Remittance() as payment:
                found.append(("payment", payment.amount))
                found += [("provider", item.amount) for item in payment.provider_adjustments]
                for claim in payment.claims:
                    found += [("charge", claim.charge), ("paid", claim.paid)]
                    found += [("adjustment", item.amount) for item in claim.all_adjustments]
            case ClaimBatch() as batch:
                for billed in batch.claims:
                    found.append(("charge", billed.charge))
                    found += [("line charge", line.charge) for line in billed.lines]
    return sorted(found)


def is_out_of_balance(document: Document) -> bool:
    for transaction in document.transactions:
        match transaction.body:
            case Remittance() as payment:
                if imbalances(payment):
                    return True
            case ClaimBatch() as batch:
                if any(claim.charge != sum(line.charge for line in claim.lines) for claim in batch.claims):
                    return True
    return False


def judged(damage: Damage, whole: Document) -> list[str]:
    """Which rules do not hold, for each the damage."""
    document = read(damage.data)
    broken = []
    for error in document.errors:
        if not error.message or not (error.place or error.kind is ErrorKind.NOT_X12):
            broken.append(f"an error without message or place: {error!r}")
        if damage.at not in ENVELOPE and NOISE in error.message + error.place:
            broken.append(f"an error repeats what stands in the file: {error}")
    if any(transaction.body is None and not transaction.errors for transaction in document.transactions):
        broken.append("nothing read and no error")
    if damage.changes_count and damage.at != "TA1" and not document.errors:
        broken.append("no error although the count is wrong")
    if not document.errors and money(document) != money(whole) and not is_out_of_balance(document):
        broken.append("money changed without an error and in balance")
    return [f"{damage.what}: {rule}" for rule in broken]


@pytest.fixture(params=sorted(EXAMPLES))
def example(request: pytest.FixtureRequest) -> str:
    return EXAMPLES[request.param]


def test_a_damaged_segment_is_named(example: str) -> None:
    whole = read(example.encode())
    assert whole.errors == ()
    assert [rule for damage in damaged_segments(example) for rule in judged(damage, whole)] == []


@pytest.mark.long
def test_a_damaged_element_is_named_or_changes_no_money(example: str) -> None:
    whole = read(example.encode())
    assert [rule for damage in damaged_elements(example) for rule in judged(damage, whole)] == []


@pytest.mark.parametrize("name", ["payment.835", "claims.837"])
def test_a_trailer_that_counts_the_damage_hides_no_money(name: str) -> None:
    whole = read(EXAMPLES[name].encode())
    damages = [damage.recounted() for damage in damaged_segments(EXAMPLES[name]) if damage.at not in ENVELOPE]
    assert [rule for damage in damages for rule in judged(damage, whole)] == []


@pytest.mark.parametrize("name", sorted(name for name in EXAMPLES if name.endswith(("999", "277"))))
def test_a_segment_that_the_guide_does_not_know_is_kept_and_named_wherever_it_stands(name: str) -> None:
    segments = segments_of(EXAMPLES[name])
    for at in range(3, len(segments) - 2):
        put_in = Damage("", (*segments[:at], "ZZZ*1*2", *segments[at:]), "ZZZ").recounted()
        document = read(put_in.data)
        (transaction,) = document.transactions
        assert [(item.elements, item.segment) for item in transaction.unread] == [(("ZZZ", "1", "2"), at + 1)]
        assert [error.segment_id for error in document.errors] == ["ZZZ"]


@pytest.mark.parametrize(
    ("name", "segment", "element"), [("accepted.277", "STC", 4), ("rejected.277", "STC", 4), ("rich.271", "EB", 7)]
)
def test_a_garbled_amount_is_always_named(name: str, segment: str, element: int) -> None:
    damages = [
        damage
        for damage in damaged_elements(EXAMPLES[name])
        if damage.at == segment and damage.what.endswith(f": element {element} garbled")
    ]
    assert damages
    assert [damage.what for damage in damages if not read(damage.data).errors] == []


@pytest.mark.parametrize("segment", ["CAS", "CLP", "PLB"])
def test_dropped_money_is_out_of_balance_even_when_recounted(segment: str) -> None:
    drops = [
        damage.recounted()
        for damage in damaged_segments(EXAMPLES["payment.835"])
        if damage.at == segment and damage.what.endswith(": dropped")
    ]
    assert drops
    assert [damage.what for damage in drops if not is_out_of_balance(read(damage.data))] == []


@pytest.mark.parametrize(
    ("name", "before", "after"),
    [
        ("payment.835", "CAS*CO*45*24.5", "CAS**45*24.5"),
        ("payment.835", "CAS*CO*45*24.5", f"CAS*{NOISE}*45*24.5"),
        ("claims.837", "AMT*F5*20", "AMT*F5"),
    ],
)
def test_money_of_which_nobody_knows_whose_it_is_is_named(name: str, before: str, after: str) -> None:
    """CAS01 says who bears an adjustment; without AMT02 nobody knows what the patient has paid. Both are required by their guides."""
    assert before in EXAMPLES[name]
    assert read(EXAMPLES[name].replace(before, after, 1).encode()).errors


def test_the_judge_finds_what_it_judges() -> None:
    """Two damages that hide each other: the reader cannot know, and rule 5 says so."""
    whole = read(EXAMPLES["payment.835"].encode())
    hidden = EXAMPLES["payment.835"].replace("BPR*I*70.5*", "BPR*I*80.5*").replace("WO:TL0000009*10", "WO:TL0000009*0")
    assert judged(Damage("hidden", segments_of(hidden), "PLB"), whole) == [
        "hidden: money changed without an error and in balance"
    ]
    uncounted = Damage("uncounted", segments_of(EXAMPLES["payment.835"]), "CAS", changes_count=True)
    assert judged(uncounted, whole) == ["uncounted: no error although the count is wrong"]
