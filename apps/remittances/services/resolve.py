"""Finish the plans of CLPs: what each does to the books follows from all answers of its visit. Nothing is written here."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

from apps.core.money import ZERO
from apps.remittances.models import RemittancePayment
from apps.remittances.rules.billed import BilledClaim
from apps.remittances.rules.content import content_of
from apps.remittances.rules.effect import Concession, Effect, TakenBack, open_after, taken_back
from apps.remittances.rules.false_credits import Taken, without_false_credits
from apps.remittances.rules.heard import Heard
from apps.remittances.rules.movement import OpenCharge
from apps.remittances.rules.parts import is_of_whole, parts_of, spoken_of
from apps.remittances.rules.plan import nothing_to_reverse
from apps.remittances.rules.plans import Plan, PlannedPosting, PlannedReversal
from apps.remittances.rules.replay import Answer, Handover, Replayed, Visit, overtaken_charges, pairs, rank_of, replay
from apps.remittances.selectors.by_hand import named_by_hand
from apps.remittances.selectors.handovers import HandedOver, handed_over
from apps.remittances.selectors.situations import concessions, open_charges
from apps.remittances.selectors.visits import VisitSoFar, visits_so_far
from apps.remittances.services.planned import Planned
from apps.x12.guides import x835

_NOBODY_ANSWERED = VisitSoFar({}, {}, ())


@dataclass(frozen=True, slots=True)
class ResolvedVisit:
    """Of one visit all answers by key, those that come now among them, where they end, and how the earlier ones stand and what
    next payers were asked for. `takes_back`: of people's giving up, what no answer that comes now is the cause of.
    """

    so_far: VisitSoFar
    answers: dict[str, Answer]
    replayed: Replayed
    handed_over: Sequence[HandedOver] = ()
    takes_back: tuple[TakenBack, ...] = ()


@dataclass(frozen=True, slots=True)
class Resolved:
    """`planned` in the order given, each with its effect."""

    planned: list[Planned]
    visits: list[ResolvedVisit]


def resolve(payment: RemittancePayment, planned: Sequence[Planned]) -> Resolved:
    """A constant number of queries. Visits that nobody has answered yet cost none of their own."""
    said: dict[int, list[Planned]] = defaultdict(list)
    claims = []
    for each in planned:
        if isinstance(each.plan, PlannedPosting | PlannedReversal):
            said[each.plan.billed.encounter_id].append(each)
            claims.append(each.plan.billed)
    if not said:
        return Resolved(list(planned), [])
    charge_ids = [charge for claim in claims for charge in claim.charge_ids]
    charges, given_up = open_charges(charge_ids), concessions(charge_ids)
    reverses = any(isinstance(each.plan, PlannedReversal) for each in planned)
    named = named_by_hand([payment.file.transmission_id]).get(payment.file.transmission_id, "") if reverses else ""
    so_far = visits_so_far(claims, without=[each.row.pk for each in planned if each.row is not None])
    next_payers = handed_over(list(said))
    visits = []
    plans: dict[int, Plan] = {}
    for encounter, of_visit in said.items():
        visit = _Visit(
            payment, of_visit, so_far.get(encounter, _NOBODY_ANSWERED), next_payers.get(encounter, ()), named
        )
        found, finished = visit.resolved(charges, visit.of_its_charges(given_up))
        visits.append(found)
        plans |= finished
    return Resolved([replace(each, plan=plans.get(each.number, each.plan)) for each in planned], visits)


@dataclass(slots=True)
class _Visit:
    """`named`: the key of what this payment takes back by hand."""

    payment: RemittancePayment
    fresh: list[Planned]
    so_far: VisitSoFar
    next_payers: Sequence[HandedOver]
    named: str = ""

    def of_its_charges(self, given_up: Sequence[Concession]) -> list[Concession]:
        ours = self._charge_ids if given_up else frozenset()
        return [each for each in given_up if not ours.isdisjoint(each.moved)]

    @property
    def _charge_ids(self) -> frozenset[int]:
        """Of the claims of which something comes now."""
        return frozenset(charge for each in self.fresh if each.plan.billed for charge in each.plan.billed.charge_ids)

    def resolved(
        self, charges: dict[int, OpenCharge], given_up: Sequence[Concession]
    ) -> tuple[ResolvedVisit, dict[int, Plan]]:
        fresh = {each.number: self._answer(each) for each in self.fresh}
        answers = {key: each.answer for key, each in self.so_far.booked.items()}
        answers |= {answer.key: answer for answer in fresh.values()}
        takes_back, replayed = self._settled(fresh, answers, charges, given_up)
        visit = ResolvedVisit(self.so_far, answers, replayed, self.next_payers)
        plans = {
            each.number: self._plan(each, fresh[each.number], visit, takes_back.get(each.number, ()))
            for each in self.fresh
        }
        return visit, plans

    def _settled(
        self,
        fresh: dict[int, Answer],
        answers: dict[str, Answer],
        charges: dict[int, OpenCharge],
        given_up: Sequence[Concession],
    ) -> tuple[dict[int, tuple[TakenBack, ...]], Replayed]:
        """By number, what of people's giving up each takes back, and where the visit ends by that. What gives way before a credit that
        nobody paid follows from all answers together: the first that counts is its cause.
        """
        causes = self._takes_back(fresh, given_up, charges)
        taken = {each.concession.entry_id: each for found in causes.values() for each in found}
        cause = _first_that_counts(fresh, answers) if given_up and self.so_far.booked else None
        if cause is None:
            return causes, replay(self._visit(answers, charges, taken))
        all_taken, replayed = without_false_credits(partial(self._visit, answers, charges), given_up, taken)
        by_number = {
            number: tuple(all_taken[each.concession.entry_id] for each in found) for number, found in causes.items()
        }
        gives_way = tuple(each for entry, each in all_taken.items() if entry not in taken)
        return by_number | {cause: by_number.get(cause, ()) + gives_way}, replayed

    def _visit(self, answers: dict[str, Answer], charges: dict[int, OpenCharge], taken: Taken) -> Visit:
        handovers = [each.handover for each in self.next_payers]
        if self.so_far.booked:
            return _booked_visit(self.so_far, answers, handovers, taken)
        # All that moved the charges came before the first answer: what stands open now is what it finds.
        ours = self._charge_ids.intersection(charges)
        gone = list(taken.values())
        found = {charge: open_after(charges[charge], charge, gone) for charge in ours}
        return Visit(self._without_transfers(found), list(answers.values()), handovers=handovers)

    def _without_transfers(self, found: dict[int, OpenCharge]) -> dict[int, OpenCharge]:
        """A transfer follows the answers; it is no part of what they find."""
        for each in self.next_payers:
            for charge, amount in each.moved.items():
                if charge in found:
                    back = OpenCharge(-amount, amount, owed_by={each.handover.payer_id: -amount})
                    found[charge] = found[charge].plus(back)
        return found

    def _takes_back(
        self, fresh: dict[int, Answer], given_up: Sequence[Concession], charges: dict[int, OpenCharge]
    ) -> dict[int, tuple[TakenBack, ...]]:
        """Only what comes now is weighed against what people gave up; the earlier answers were when they came."""
        if not given_up:
            return {}
        answers = [*(each.answer for each in self.so_far.booked.values()), *fresh.values()]
        gone = overtaken_charges(answers)
        told = []
        for each in sorted(self.fresh, key=lambda each: fresh[each.number].place):
            if isinstance(each.plan, PlannedPosting):
                answer = fresh[each.number]
                spoken = spoken_of(each.plan.billed, each.plan.lines) - gone.get(answer.key, frozenset())
                told.append((each.number, answer, spoken))
        heard = Heard(
            answers,
            {charge: each.charged for charge, each in charges.items()},
            {charge: each.paid_by_patient for charge, each in charges.items()},
        )
        return taken_back(told, given_up, heard)

    def _answer(self, each: Planned) -> Answer:
        plan = each.plan
        if not isinstance(plan, PlannedPosting | PlannedReversal):
            raise TypeError("Only what speaks of a claim of ours is an answer.")
        is_reversal = isinstance(plan, PlannedReversal)
        item = each.item if isinstance(each.item, x835.RemittedClaim) else None
        # What the file spoils a person has entered, into its row.
        amounts = item or each.row
        return Answer(
            key=each.key(self.payment),
            claim_id=plan.billed.claim_id,
            payer_id=plan.payer_id,
            rank=rank_of(item.status if item else "", plan.billed.place_of(plan.payer_id)),
            paid_on=self.payment.paid_on,
            trace=self.payment.trace_number,
            number=each.number,
            content=content_of(item, is_reversal=is_reversal) if item else "",
            charge=amounts.charge if amounts else plan.billed.total,
            paid=amounts.paid if amounts else ZERO,
            is_reversal=is_reversal,
            parts={} if is_reversal else parts_of(plan.billed, plan.lines),
            of_whole=is_of_whole(plan.lines),
            status_code=item.status[:2] if item else "",
            payer_claim_number=item.payer_claim_number[:50] if item else "",
            takes_back=self.named if is_reversal else "",
            version=0 if isinstance(plan, PlannedReversal) else plan.version.correction,
        )

    def _plan(self, each: Planned, answer: Answer, visit: ResolvedVisit, takes_back: tuple[TakenBack, ...]) -> Plan:
        plan = each.plan
        if isinstance(plan, PlannedPosting):
            effect = Effect(visit.replayed.movements[answer.key], takes_back)
            question = "" if _is_answered_since(plan, visit) else plan.version_question
            return replace(plan, effect=effect, version_question=question)
        if not isinstance(plan, PlannedReversal):
            return plan
        posting = visit.replayed.undoes.get(answer.key)
        if posting is not None:
            return replace(plan, undoes=visit.answers[posting], effect=Effect(takes_back=takes_back))
        standing = (visit.answers[key] for key in visit.replayed.order)
        any_posted = any(other.claim_id == answer.claim_id for other in standing)
        by_hand = any(each.takes_back and each.claim_id == answer.claim_id for each in visit.answers.values())
        return nothing_to_reverse(answer.paid, plan.billed, any_posted=any_posted, by_hand=by_hand)


def _first_that_counts(fresh: Mapping[int, Answer], answers: Mapping[str, Answer]) -> int | None:
    """The number of the first of what comes now that posts, or takes back a posting."""
    paired = pairs(list(answers.values())).values()
    return next((number for number, each in fresh.items() if not each.is_reversal or each.key in paired), None)


def _is_answered_since(plan: PlannedPosting, visit: ResolvedVisit) -> bool:
    """The version that was sent last has an answer of its own, be it that it was taken back."""
    newest = plan.billed.versions[-1].correction if plan.billed.versions else 0
    return any(
        each.claim_id == plan.billed.claim_id and each.version == newest and not each.is_reversal
        for each in visit.answers.values()
    )


def _booked_visit(
    so_far: VisitSoFar, answers: Mapping[str, Answer], handovers: Sequence[Handover], taken: Taken
) -> Visit:
    acts = [act for act in so_far.acts if act.entry_id not in taken]
    acts += [each.rest_stands for each in taken.values() if each.rest]
    return Visit(so_far.charged, list(answers.values()), acts, handovers)


def resolve_again(billed: BilledClaim) -> Resolved:
    """Its visit as it stands by the answers that are posted, where something else is known of them than when they came. What was written
    off of a share that is smaller by that gives way as before an answer.
    """
    so_far = visits_so_far([billed])[billed.encounter_id]
    next_payers = handed_over([billed.encounter_id]).get(billed.encounter_id, ())
    answers = {key: each.answer for key, each in so_far.booked.items()}
    visit_by = partial(_booked_visit, so_far, answers, [each.handover for each in next_payers])
    taken, replayed = without_false_credits(visit_by, concessions(so_far.charged), {})
    return Resolved([], [ResolvedVisit(so_far, answers, replayed, next_payers, tuple(taken.values()))])
