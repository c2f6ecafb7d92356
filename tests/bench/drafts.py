"""Claims that wait for the scrubber: those of a book, put back to drafts of a practice that is set up. Every fifth has something wrong."""

from datetime import date, datetime

from django.core.management import call_command
from django.db.models import F

from apps.claims.models import BatchClaim, Claim, ClaimLine, PayerRule
from apps.intake.models import Coverage, Patient
from apps.practice.models import Location, Provider
from tests.bench.book import make_book
from tests.bench.payer_rules import own_rules
from tests.bench.remittance_file import remittance_file
from tests.factories.numbers import FAMILY_MEDICINE
from tests.factories.practice import PayerFactory, PracticeFactory, UserFactory


def make_drafts(claims: int) -> None:
    call_command("migrate", verbosity=0)
    make_book(remittance_file(claims))
    practice = PracticeFactory()
    Location.objects.update(**{name: getattr(practice, name) for name in ("line1", "city", "state", "postcode")})
    Provider.objects.update(taxonomy=FAMILY_MEDICINE, confirmed=True)
    Patient.objects.update(birth_date=date(1971, 3, 4))
    _sound_lines()
    BatchClaim.objects.all().delete()
    Claim.objects.update(status="draft", first_submitted_at=None, accepted_at=None, passed_untouched=None)
    wrong = Claim.objects.annotate(fifth=F("pk") % 5).filter(fifth=0)
    Patient.objects.filter(claims__in=wrong).update(line1="")
    Coverage.objects.filter(claims__in=wrong.annotate(tenth=F("pk") % 10).filter(tenth=0)).update(member_id="")


def _sound_lines() -> None:
    """A visit and a test, of any pair of which no rule has anything to say."""
    ClaimLine.objects.update(modifiers=[])
    for place, codes in enumerate((("99213", "99214", "99203"), ("85025", "80053", "83036", "80061")), start=1):
        of_place = ClaimLine.objects.filter(number=place).annotate(turn=F("claim") % len(codes))
        for turn, code in enumerate(codes):
            of_place.filter(turn=turn).update(procedure=code)


def make_own_rules(now: datetime) -> None:
    """Those of the pure scrub's bench, switched on; they warn, so that they take no claim from the judge."""
    author, elsewhere = UserFactory(), PayerFactory(name="Another plan")
    PayerRule.objects.bulk_create(
        PayerRule(
            number=rule.number,
            name=rule.name,
            sentence=rule.sentence,
            conditions=rule.conditions,
            action=PayerRule.Action.WARN,
            payer=elsewhere if rule.payer else None,
            author=author,
            owner=author,
            written_at=now,
            review_on=now.date(),
            state=PayerRule.State.ON,
        )
        for rule in own_rules()
    )
