"""Rules that a practice wrote itself, as data: compiled once for any number of claims, then asked like the built-in ones (DOMAIN 2.7)."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from apps.claims.rules.conditions import PictureTest, compiled, procedures_needed
from apps.claims.rules.facts import Picture, line_pictures, picture_of
from apps.claims.rules.failures import asked
from apps.claims.rules.fields import FIELDS, BadValueError, Change, value_of
from apps.claims.rules.findings import Fix, Found, Issue, Rule, Severity, modifiers_fix
from apps.claims.rules.operators import BadConditionError
from apps.claims.rules.snapshot import ClaimView, LineView
from apps.core.plain_codes import whole_number
from apps.core.sentences import inside

PREFIX = "PAY-"


class Action(StrEnum):
    BLOCK = "block"
    WARN = "warn"
    SET = "set"


# What a rule may propose. Each is a field of `rules.fields`, which knows whether it says something clinical.
SETTABLE = (
    "claim.place_of_service",
    "claim.prior_authorization",
    "coverage.group_number",
    "line.modifiers",
    "line.procedure",
    "line.units",
)


@dataclass(frozen=True, slots=True)
class RuleSpec:
    """A rule as it is written. `payer` is the name of the payer whose claims it is for, empty: all. The dates are days of service,
    both included; None: open. `set_field` is of SETTABLE where the action is SET.
    """

    number: int
    name: str
    sentence: str
    conditions: object
    action: Action
    payer: str = ""
    first: date | None = None
    last: date | None = None
    set_field: str = ""
    set_value: str = ""

    @property
    def code(self) -> str:
        return f"{PREFIX}{self.number}"


@dataclass(frozen=True, slots=True)
class BrokenRule:
    number: int
    sentence: str


class CompiledRule:
    """Raises BadConditionError where the rule cannot be asked. `first` and `last`: the days of service on which it is in force;
    `procedures`: those of which a claim must have one for it to speak, None: of any.
    """

    __slots__ = ("_of_claim", "_of_line", "_set", "_spec", "first", "last", "procedures", "rule")

    def __init__(self, spec: RuleSpec) -> None:
        conditions = compiled(spec.conditions)
        self._spec = spec
        self.first, self.last = spec.first or date.min, spec.last or date.max
        self.procedures = procedures_needed(spec.conditions)
        self._of_claim: PictureTest | None = conditions.of_claim
        self._of_line: PictureTest | None = conditions.of_line
        self._set = _change(spec, speaks_of_line=conditions.of_line is not None)
        clinical = self._set is not None and FIELDS[self._set.field].clinical
        severity = Severity.WARN if spec.action is Action.WARN else Severity.BLOCK
        self.rule = stored_rule(spec.code, severity, spec.name, clinical=clinical)

    def issues(self, claim: ClaimView, of_claim: Picture, of_lines: Sequence[Picture]) -> Sequence[Issue]:
        """What it says of the claim by its conditions alone, whatever payer and days it is for."""
        if self._of_claim is not None and not self._of_claim(of_claim):
            return ()
        if self._of_line is None:
            return tuple(self._of_the_claim(claim))
        test = self._of_line
        fitting = [line for line, picture in zip(claim.lines, of_lines, strict=True) if test(picture)]
        return tuple(self._of_the_lines(fitting)) if fitting else ()

    def _of_the_claim(self, claim: ClaimView) -> Iterator[Issue]:
        if self._set is None:
            yield Issue(self._spec.sentence)
        elif _present(claim, self._set.field) != value_of(self._set):
            yield Issue(self._spec.sentence, self._set.field, fix=_fix(self._set, None))

    def _of_the_lines(self, lines: Iterable[LineView]) -> Iterator[Issue]:
        for line in lines:
            sentence = f"Line {line.number}: {self._spec.sentence}"
            if self._set is None:
                yield Issue(sentence, line=line.number)
            elif not _has_already(line, self._set):
                yield Issue(sentence, self._set.field, line.number, _fix(self._set, line))


class RuleSet:
    """Any number of rules, made once for a chunk of claims. `broken`: those that cannot be asked; the others are asked all the same."""

    def __init__(self, specs: Iterable[RuleSpec]) -> None:
        self._asked: dict[str, list[CompiledRule]] = {}
        self._by_procedure: dict[tuple[str, str], list[CompiledRule]] = {}
        broken = []
        for spec in specs:
            try:
                self._keep(CompiledRule(spec), spec.payer)
            except BadConditionError as error:
                broken.append(BrokenRule(spec.number, str(error)))
        self.broken = tuple(broken)

    def _keep(self, rule: CompiledRule, payer: str) -> None:
        if rule.procedures is None:
            self._asked.setdefault(payer, []).append(rule)
        for code in rule.procedures or ():
            self._by_procedure.setdefault((payer, code), []).append(rule)

    def found(self, claim: ClaimView) -> list[Found]:
        rules = self._worth_asking(claim)
        if not rules:
            return []
        of_claim = picture_of(claim)
        of_lines = line_pictures(claim, of_claim)
        day = claim.service_date
        found: list[Found] = []
        for each in rules:
            if each.first <= day <= each.last:
                found += asked(each.rule, each.issues, claim, of_claim, of_lines)
        return found

    def _worth_asking(self, claim: ClaimView) -> Iterable[CompiledRule]:
        """Each once: its payer's, and of those that name procedures the ones that name one of the claim's."""
        codes = {line.procedure.upper() for line in claim.lines}
        payers = (claim.payer.name, "")
        asked = [rule for payer in payers for rule in self._asked.get(payer, ())]
        named = [rule for payer in payers for code in codes for rule in self._by_procedure.get((payer, code), ())]
        return [*asked, *dict.fromkeys(named)]


def stored_rule(code: str, severity: str, name: str, *, clinical: bool) -> Rule:
    """A finding's rule, without its conditions: `name` as it is called now; `clinical`: the finding proposes a change that is."""
    return Rule(
        code, name or "A payer's rule", Severity(severity), lambda _: iter(()), overridable=True, clinical=clinical
    )


def number_of(code: str) -> int | None:
    """The number of a rule of this kind; None: another kind's code."""
    return whole_number(code.removeprefix(PREFIX)) if code.startswith(PREFIX) else None


def _change(spec: RuleSpec, *, speaks_of_line: bool) -> Change | None:
    if spec.action is not Action.SET:
        return None
    if spec.set_field not in SETTABLE:
        raise BadConditionError("Choose the field that the rule proposes to change.")
    field = FIELDS[spec.set_field]
    of_line = field.owner == "line"
    if of_line and not speaks_of_line:
        raise BadConditionError(f"{field.label} belongs to a line: say by a condition on a line which one.")
    if not of_line and speaks_of_line:
        raise BadConditionError(f"{field.label} belongs to the whole claim, but a condition speaks of a line.")
    change = Change(spec.set_field, spec.set_value, 1 if of_line else None)
    try:
        value = value_of(change)
    except BadValueError as error:
        raise BadConditionError(str(error)) from None
    if not value:
        raise BadConditionError(f"{field.label}: give the value that the rule proposes.")
    if isinstance(value, Decimal) and value < 0:
        raise BadConditionError(f"{field.label}: propose more than none.")
    return change


def _present(claim: ClaimView, field: str) -> object:
    held: dict[str, object] = {
        "claim.place_of_service": claim.place_of_service,
        "claim.prior_authorization": claim.prior_authorization,
        "coverage.group_number": claim.coverage.group_number,
    }
    return held[field]


def _has_already(line: LineView, change: Change) -> bool:
    value = value_of(change)
    if isinstance(value, list):
        return set(value) <= set(line.modifiers)
    return value == (line.procedure if change.field == "line.procedure" else line.units)


def _fix(change: Change, line: LineView | None) -> Fix | None:
    """Modifiers are added before those that the line has; anything else takes the place of what stands."""
    field, value = FIELDS[change.field], value_of(change)
    number = line.number if line else None
    if line is not None and isinstance(value, list):
        fresh = [modifier for modifier in value if modifier not in line.modifiers]
        label = f"Add {'modifier' if len(fresh) == 1 else 'modifiers'} {', '.join(fresh)}"
        return modifiers_fix(line, [*fresh, *line.modifiers], label)
    words = f"Set {inside(field.label)} to {value}"
    return Fix(change.field, str(value), words, number, field.clinical)
