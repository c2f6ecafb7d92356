"""CMS's tables in small: pairs of codes, limits of units."""

from datetime import date

import factory
from factory.django import DjangoModelFactory

from apps.claims.models import CodeFact, CodePair, PairReason, UnitEdition, UnitLimit
from apps.claims.rules.code_facts import Kind


class CodePairFactory(DjangoModelFactory):
    class Meta:
        model = CodePair

    column_1 = "11042"
    column_2 = "97597"
    effective_on = date(2020, 1, 1)
    ends_on = None
    indicator = CodePair.Indicator.MODIFIER
    reason = factory.LazyFunction(lambda: PairReason.objects.get_or_create(text="Made up")[0])


class UnitLimitFactory(DjangoModelFactory):
    """`UnitLimitFactory(begins=date(2026, 7, 1), code="99213", most=1)`."""

    class Meta:
        model = UnitLimit

    class Params:
        begins = date(2026, 7, 1)

    edition = factory.LazyAttribute(lambda made: UnitEdition.objects.get_or_create(effective_on=made.begins)[0])
    code = "99213"
    most = 1
    adjudication = UnitLimit.Adjudication.DAY


class CodeFactFactory(DjangoModelFactory):
    """A drug from a single-dose container, unless said otherwise."""

    class Meta:
        model = CodeFact

    kind = Kind.DRUG
    code = "J0696"
    value = "single"
    effective_on = date(2023, 7, 1)
    source = "Made up"
