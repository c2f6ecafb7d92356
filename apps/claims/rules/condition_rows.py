"""Conditions as a person edits them, in rows, and as a person reads them, in words. Both are made from the tree of `conditions`."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from apps.claims.rules.facts import FACTS
from apps.claims.rules.operators import OPERATORS, BadConditionError

Tree = dict[str, object]

ALL, ANY, ANY_OF_ALL, ALL_OF_ANY = "all", "any", "any_of_all", "all_of_any"
# How the rows belong together, in the words of the editor.
MATCHES = (
    (ALL, "All of these hold"),
    (ANY, "One of these holds"),
    (ANY_OF_ALL, "In one of the groups, all hold"),
    (ALL_OF_ANY, "In every group, one holds"),
)
_OUTER = {ANY_OF_ALL: ("any", "all"), ALL_OF_ANY: ("all", "any")}
GROUPS = ("1", "2", "3", "4")


@dataclass(frozen=True, slots=True)
class Row:
    """One condition as typed; `group` counts where the match is by groups."""

    field: str = ""
    operator: str = ""
    value: str = ""
    group: str = "1"

    @property
    def is_blank(self) -> bool:
        return not (self.field or self.operator or self.value.strip())

    def as_condition(self) -> Tree:
        return {"field": self.field, "operator": self.operator, "value": self.value.strip()}


def tree_of(match: str, rows: Sequence[Row]) -> Tree:
    """Blank rows are left out."""
    typed = [row for row in rows if not row.is_blank]
    if match not in _OUTER:
        return {ANY if match == ANY else ALL: [row.as_condition() for row in typed]}
    outer, inner = _OUTER[match]
    in_order = sorted(typed, key=lambda row: row.group)
    groups = groupby(in_order, key=lambda row: row.group)
    return {outer: [{inner: [row.as_condition() for row in members]} for _, members in groups]}


def rows_of(tree: object) -> tuple[str, list[Row]]:
    """The match and the rows that `tree_of` makes the tree from. Raises BadConditionError for a tree that no rows make."""
    kind, members = _parts(tree)
    if all("field" in member for member in members):
        return kind, [_row(member, "1") for member in members]
    match = next((match for match, (outer, _) in _OUTER.items() if outer == kind), ALL)
    rows = []
    for group, member in zip(GROUPS, members, strict=False):
        inner, conditions = _parts(member)
        if inner == kind or len(members) > len(GROUPS) or any("field" not in each for each in conditions):
            raise BadConditionError("These conditions were not written in the editor.")
        rows += [_row(each, group) for each in conditions]
    return match, rows


def in_words(tree: object) -> tuple[str, list[str]]:
    """A head and its points, or one sentence that the conditions cannot be read."""
    try:
        kind, members = _parts(tree)
        head = "All of these:" if kind == "all" else "One of these:"
        return head, [_words(member) for member in members]
    except BadConditionError as error:
        return str(error), []


def _words(tree: Mapping[str, object]) -> str:
    if "field" in tree:
        return _condition_words(tree)
    kind, members = _parts(tree)
    joined = (" and " if kind == "all" else " or ").join(_words(member) for member in members)
    return joined if len(members) == 1 else f"({joined})"


def _condition_words(condition: Mapping[str, object]) -> str:
    field, operator = str(condition.get("field")), str(condition.get("operator"))
    fact, how = FACTS.get(field), OPERATORS.get(operator)
    named = fact.label if fact else f"unknown field “{field}”"
    value = "" if how and how.bare else str(condition.get("value", ""))
    if operator == "between":
        return f"{named} is from {value}"
    return f"{named} {how.label if how else operator} {value}".strip()


def _parts(tree: object) -> tuple[str, list[Mapping[str, object]]]:
    if isinstance(tree, Mapping) and len(tree) == 1:
        ((kind, members),) = tree.items()
        if kind in ("all", "any") and isinstance(members, list) and all(isinstance(each, Mapping) for each in members):
            return kind, members
    raise BadConditionError("The conditions of this rule cannot be read.")


def _row(condition: Mapping[str, object], group: str) -> Row:
    value = condition.get("value", "")
    return Row(str(condition["field"]), str(condition.get("operator", "")), str(value), group)
