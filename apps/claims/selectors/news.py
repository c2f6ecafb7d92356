"""What was told of a patient, a visit or a coverage after a claim's scrub: claims that the rules would judge otherwise by now.

What was told is numbered by the patient's revision, which is written with it and read by the scrub before its facts: what a scrub
cannot have seen has a higher number than the scrub, whatever moment it bears. Moments do not order what two workers write.
"""

from datetime import datetime
from functools import cache, reduce
from operator import or_
from typing import Any, NamedTuple

from django.conf import settings
from django.db.models import Exists, F, OuterRef, Q, QuerySet

from apps.claims.models import Batch, BatchClaim, Claim, Finding
from apps.claims.selectors.canceled_visits import TOOK_NO_PLACE
from apps.claims.states import ClaimStatus
from apps.core.standing_query import StandingQuery
from apps.eligibility.models import EligibilityCheck
from apps.eligibility.selectors.self_pay import self_pay_agreements
from apps.intake.models import Appointment, VisitConflict
from apps.practice.models import ProviderEnrollment


class News(NamedTuple):
    """`when` is of claims with `status`; `words` stand in the claim's timeline."""

    status: ClaimStatus
    when: Q
    words: str

    @property
    def claims(self) -> Q:
        return Q(self.when, status=self.status)


# A visit that the patient pays in full is never told to the payer (45 CFR 164.522(a)(1)(vi)), whoever released its claim, and when. A void
# takes back what was told before.
_AGREED = Exists(
    self_pay_agreements().filter(coverage__patient=OuterRef("patient"), service_date=OuterRef("service_date"))
) & ~Q(frequency="8")
# What the payer or the front desk told of the coverage after the scrub. An answer about another day counts as well: the plan's dates in
# it may settle ours, and whether they do is the rules' to say.
_State, _Verdict = EligibilityCheck.State, EligibilityCheck.Verdict
_TOLD = EligibilityCheck.objects.filter(told_revision__gt=OuterRef("scrubbed_revision"), coverage=OuterRef("coverage"))
_ABOUT_THE_DAY = Q(service_date=OuterRef("service_date"))
_ANSWERED = _TOLD.filter(state=_State.ANSWERED).exclude(verdict=_Verdict.UNKNOWN)
_DOUBTED = _ANSWERED.filter(settlement="").exclude(_ABOUT_THE_DAY, verdict=_Verdict.ACTIVE)
_CONFIRMED = _ANSWERED.filter(~_ABOUT_THE_DAY | Q(verdict=_Verdict.ACTIVE))
_VERIFIED = _TOLD.filter(_ABOUT_THE_DAY, settlement=EligibilityCheck.Settlement.VERIFIED)
_RETOLD = Exists(VisitConflict.objects.filter(encounter=OuterRef("encounter"), state=VisitConflict.State.OPEN)) & ~Q(
    frequency="8"
)
_TOOK_NO_PLACE = Exists(
    Appointment.objects.filter(
        source=OuterRef("encounter__source"), source_id=OuterRef("encounter__source_id"), status__in=TOOK_NO_PLACE
    )
)
# As `selectors.enrollments` has it, of which nothing can be asked for all claims at once.
_ENROLLMENTS = ProviderEnrollment.objects
_ENROLLED = (
    Exists(
        _ENROLLMENTS.filter(
            Q(ends_on=None) | Q(ends_on__gte=OuterRef("service_date")),
            provider=OuterRef("provider"),
            payer=OuterRef("payer"),
            state=ProviderEnrollment.State.ACTIVE,
            starts_on__lte=OuterRef("service_date"),
        )
    )
    | ~Exists(_ENROLLMENTS.filter(payer=OuterRef("payer")))
    | ~Exists(_ENROLLMENTS.filter(provider=OuterRef("provider")))
)


def _held_by(*rules: str) -> Q:
    """By the findings that stand, of which there are fewer than claims that wait."""
    return Q(pk__in=Finding.objects.filter(state=Finding.State.OPEN, rule__in=rules).values("claim"))


def _sent_all_the_same(rule: str) -> Exists:
    """A person let the claim past the rule."""
    return Exists(Finding.objects.filter(claim=OuterRef("pk"), state=Finding.State.OVERRIDDEN, rule=rule))


_OF_THE_PATIENT = (
    "WF-PATIENT-NAME", "WF-BIRTH-DATE", "WF-SEX", "WF-PATIENT-ADDRESS", "WF-PATIENT-ZIP", "WF-PATIENT-STATE"
)  # fmt: skip
_MENDED_ELSEWHERE = (
    *_OF_THE_PATIENT, "COV-ACTIVE", "COV-PAYER", "COV-SELF-PAY", "RCV-CONFLICT", "RCV-CANCELED", "PRV-ENROLLED"
)  # fmt: skip
_CHANGED = Q(patient__changed_revision__gt=F("scrubbed_revision"))
_CHANGED_SAYS = "What is on file of the patient changed, in the EHR or here. Scrubbed again."
_READY, _HELD = ClaimStatus.READY, ClaimStatus.EXCEPTION
NEWS = (
    News(_READY, _CHANGED, _CHANGED_SAYS),
    News(_HELD, Q(_held_by(*_OF_THE_PATIENT), _CHANGED), _CHANGED_SAYS),
    News(_READY, Q(_AGREED), "The front desk agreed with the patient that the visit is self-pay. Scrubbed again."),
    News(_READY, Q(Exists(_DOUBTED)), "The payer's newer answer casts doubt on the coverage. Scrubbed again."),
    News(_READY, Q(_RETOLD), "The EHR tells the visit otherwise now. Scrubbed again."),
    News(
        _READY,
        Q(_TOOK_NO_PLACE) & ~Q(_sent_all_the_same("RCV-CANCELED")) & ~Q(frequency="8"),
        "The EHR says by now that the visit was canceled or missed. Scrubbed again.",
    ),
    News(
        _READY,
        ~Q(_ENROLLED) & ~Q(_sent_all_the_same("PRV-ENROLLED")) & ~Q(frequency="8"),
        "The payer does not know the provider for this day any more. Scrubbed again.",
    ),
    News(
        _HELD,
        Q(_held_by("COV-ACTIVE", "COV-PAYER"), Exists(_CONFIRMED) | Exists(_VERIFIED)),
        "The coverage was confirmed since. Scrubbed again.",
    ),
    News(
        _HELD,
        Q(_held_by("COV-SELF-PAY"), ~_AGREED),
        "The patient took the self-pay agreement back. Scrubbed again.",
    ),
    News(_HELD, Q(_held_by("RCV-CONFLICT"), ~_RETOLD), "The EHR's other version was decided on. Scrubbed again."),
    News(
        _HELD,
        Q(_held_by("RCV-CANCELED"), ~Q(_TOOK_NO_PLACE)),
        "The EHR says by now that the visit took place. Scrubbed again.",
    ),
    News(_HELD, Q(_held_by("PRV-ENROLLED"), _ENROLLED), "The payer knows the provider by now. Scrubbed again."),
)

# Without the rules (a simulation) what only they judge would be scrubbed for ever, and never leave. Rules of form are the patient's.
_OF_FORM = NEWS[:2]


def news() -> tuple[News, ...]:
    return _OF_FORM if settings.SCRUB_ONLY_WELL_FORMED else NEWS


def self_pay_aboard(batch_id: str) -> "QuerySet[Claim]":
    """Claims of a file that waits to be sent (public id) whose visit the patient has agreed to pay. Without the rules nothing is asked."""
    waiting = BatchClaim.objects.filter(
        batch__public_id=batch_id, batch__state=Batch.State.WRITTEN, in_flight=True
    ).values("claim")
    agreed = Claim.objects.filter(_AGREED, pk__in=waiting, status=ClaimStatus.BATCHED)
    return agreed.none() if settings.SCRUB_ONLY_WELL_FORMED else agreed


def overtaken() -> Q:
    """Ready claims that are to be scrubbed again before they leave."""
    return reduce(or_, (each.claims for each in news() if each.status is _READY))


def ready_with_news() -> "QuerySet[Claim]":
    return Claim.objects.filter(overtaken(), status=_READY)


def held_with_news() -> "QuerySet[Claim]":
    """Those whose cause may be gone. From the few findings to their claims: tens of thousands may wait for other reasons."""
    causes = reduce(or_, (each.when for each in NEWS if each.status is _HELD))
    return Claim.objects.filter(_held_by(*_MENDED_ELSEWHERE), causes, status=_HELD)


def neighbours_due() -> "QuerySet[Claim]":
    """Claims that came while an earlier one of the patient's day was in other hands (`scrub_neighbours`)."""
    return Claim.objects.filter(neighbours_due=True)


# What the payer directory holds. Whether a way is open by now is asked of the directory (`follow_directory`).
DIRECTORY_RULES = ("COV-PAYER-CHANNEL", "COV-PAYER-ID")


def held_by_directory() -> "QuerySet[Claim]":
    return Claim.objects.filter(_held_by(*DIRECTORY_RULES), status=_HELD)


def _waiting(_now: datetime) -> "QuerySet[Any, Any]":
    ready, held = (rows.order_by().values_list("pk")[:1] for rows in (ready_with_news(), held_with_news()))
    late = neighbours_due().order_by().values_list("pk")[:1]
    whole: QuerySet[Any, Any] = ready.union(held, late, all=True)
    return whole


@cache
def _question(*, of_form_only: bool) -> StandingQuery:  # noqa: ARG001  `news` reads the same setting, once
    return StandingQuery(_waiting)


def is_news_waiting(*, now: datetime) -> bool:
    """Whether a claim is to be scrubbed again for something told since. Asked before each file and after each answer of a payer."""
    return bool(_question(of_form_only=settings.SCRUB_ONLY_WELL_FORMED).ask(now=now))
