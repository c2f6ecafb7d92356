"""A tree of conditions made into one test. Pure: it asks the snapshot and nothing else.

A tree is a group or a condition. A group is {"all": [tree, ...]} or {"any": [tree, ...]}; a condition
{"field": a name of `facts.FACTS`, "operator": a key of `operators.OPERATORS`, "value": as it was typed}.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from apps.claims.rules.facts import FACTS, PLACES, Fact, Picture
from apps.claims.rules.operators import OPERATORS, BadConditionError, Test, words_of

# Deeper nesting no person can read, and no editor makes.
DEEPEST = 4
MOST_CONDITIONS = 40
_NAME_PROCEDURES = {("line.procedure", "is"), ("line.procedure", "is_any"), ("claim.procedures", "has")}

PictureTest = Callable[[Picture], bool]


@dataclass(frozen=True, slots=True)
class Compiled:
    """`of_line` is None where no condition asks of a line: then the rule speaks of the claim. Otherwise `of_claim` is asked first,
    once, and `of_line` of each line.
    """

    of_claim: PictureTest | None
    of_line: PictureTest | None


def compiled(tree: object) -> Compiled:
    """Raises BadConditionError with a sentence: an unknown field, an operator that does not fit, a value of the wrong type."""
    if sum(1 for _ in leaves(tree)) > MOST_CONDITIONS:
        raise BadConditionError(f"A rule has at most {MOST_CONDITIONS} conditions.")
    parts = _group(tree)
    # What a top-level "all" asks of the claim is asked once, before its lines.
    kind, members = parts if parts and parts[0] == "all" else ("all", [tree])
    of_claim = [member for member in members if not _asks_of_line(member)]
    of_line = [member for member in members if _asks_of_line(member)]
    if not of_claim and not of_line:
        raise BadConditionError("A rule needs at least one condition, or it would fit every claim.")
    return Compiled(
        _made({kind: of_claim}) if of_claim else None,
        _made({kind: of_line}) if of_line else None,
    )


def leaves(tree: object) -> Iterator[Mapping[str, object]]:
    """The conditions, from left to right. Raises BadConditionError where the tree is none."""
    yield from _leaves(tree, 1)


def _leaves(tree: object, depth: int) -> Iterator[Mapping[str, object]]:
    group = _group(tree)
    if group is None:
        assert isinstance(tree, Mapping)  # noqa: S101  _group has looked
        yield tree
        return
    if depth > DEEPEST:
        raise BadConditionError("The groups of this rule are nested too deep to be read.")
    for member in group[1]:
        yield from _leaves(member, depth + 1)


def procedures_needed(tree: object) -> frozenset[str] | None:
    """Codes of which a claim must have one for the tree to hold; None: it may hold for a claim of any. So most rules need not be asked
    of most claims. Raises BadConditionError.
    """
    group = _group(tree)
    if group is None or group[0] != "all":
        return None
    named = [
        frozenset(words_of(fact_of(member), str(member.get("value", ""))))
        for member in group[1]
        if isinstance(member, Mapping) and (member.get("field"), member.get("operator")) in _NAME_PROCEDURES
    ]
    return min(named, key=len, default=None)


def fact_of(condition: Mapping[str, object]) -> Fact:
    name = condition.get("field")
    fact = FACTS.get(name) if isinstance(name, str) else None
    if fact is None:
        raise BadConditionError(f"There is no field “{name}”." if name else "Choose a field.")
    return fact


def condition_test(condition: Mapping[str, object]) -> Test:
    fact = fact_of(condition)
    name, value = condition.get("operator"), condition.get("value", "")
    operator = OPERATORS.get(name) if isinstance(name, str) else None
    if operator is None:
        raise BadConditionError(f"{fact.label}: choose how it is compared.")
    if fact.kind not in operator.kinds:
        raise BadConditionError(f"{fact.label} cannot be asked whether it “{operator.label}”.")
    if not isinstance(value, str):
        raise BadConditionError(f"{fact.label}: the value is not a text.")
    return operator.make(fact, value)


def _group(tree: object) -> tuple[str, list[object]] | None:
    """None: a condition."""
    if not isinstance(tree, Mapping):
        raise BadConditionError("The conditions of this rule cannot be read.")
    for kind in ("all", "any"):
        if kind in tree:
            members = tree[kind]
            if not isinstance(members, list) or len(tree) > 1:
                raise BadConditionError("The conditions of this rule cannot be read.")
            return kind, members
    return None


def _asks_of_line(tree: object) -> bool:
    return any(fact_of(condition).of_line is not None for condition in leaves(tree))


def _made(tree: object) -> PictureTest:
    group = _group(tree)
    if group is None:
        place, asked = _leaf(tree)
        return lambda picture: asked(picture[place])
    kind, members = group
    if not members:
        raise BadConditionError("A group of this rule is empty.")
    if len(members) == 1:
        return _made(members[0])
    leaves_of = tuple(_leaf(member) for member in members if _group(member) is None)
    groups = tuple(_made(member) for member in members if _group(member) is not None)
    return _all_of(leaves_of, groups) if kind == "all" else _any_of(leaves_of, groups)


_Leaf = tuple[int, Test]


def _leaf(tree: object) -> _Leaf:
    """The fact's place in a picture, and what is asked of it."""
    assert isinstance(tree, Mapping)  # noqa: S101  _group has looked
    return PLACES[fact_of(tree).name], condition_test(tree)


# Loops and not all(...), a group's own conditions asked without a call between: these run some hundred times for each claim, and a
# generator or a call costs more than what it asks.
def _all_of(leaves_of: tuple[_Leaf, ...], groups: tuple[PictureTest, ...]) -> PictureTest:
    def test(picture: Picture) -> bool:
        for place, asked in leaves_of:
            if not asked(picture[place]):
                return False
        for group in groups:  # noqa: SIM110  as said above
            if not group(picture):
                return False
        return True

    return test


def _any_of(leaves_of: tuple[_Leaf, ...], groups: tuple[PictureTest, ...]) -> PictureTest:
    def test(picture: Picture) -> bool:
        for place, asked in leaves_of:
            if asked(picture[place]):
                return True
        for group in groups:  # noqa: SIM110  as said above
            if group(picture):
                return True
        return False

    return test
