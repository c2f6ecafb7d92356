"""The table of adjustment classes: its rows, what a new one would have changed, who may change it."""

from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.html import escape

from apps.audit.models import AuditEvent
from apps.claims.models import Adjudication, AdjudicationAdjustment
from apps.core.models import User
from apps.core.templatetags.ui import reason_sentence
from apps.practice.models import Payer
from apps.practice.roles import Role
from apps.remittances.models import AdjustmentClass as Row
from apps.remittances.rules.classes import AdjustmentClass, ClassRow, ClassTable
from apps.remittances.selectors.classes import class_rows, try_row
from apps.remittances.services import (
    ClassRefusedError,
    end_capitated,
    end_class,
    post_remittances,
    set_capitated,
    set_class,
)
from tests.factories.practice import PayerFactory, UserFactory
from tests.factories.remittances import clp, payment, stored_file, submitted_claim, svc

pytestmark = pytest.mark.django_db
PAGE = "remittances:classes"
CONTRACTUAL, DENIAL = AdjustmentClass.CONTRACTUAL, AdjustmentClass.DENIAL
HUNDRED = Decimal("100.00")


@pytest.fixture
def user() -> User:
    return UserFactory()


@pytest.fixture
def administrator(signed_in: Callable[[Role | None], Client]) -> Client:
    return signed_in(Role.ADMINISTRATOR)


def posted(*codes: tuple[str, str], now: datetime, remarks: tuple[str, ...] = ()) -> Payer:
    """A line of $100.00, nothing paid; the payer that answered."""
    claim = submitted_claim("100.00")
    stored_file(payment(clp(claim, svc(claim.lines.get(), "0.00", *codes, remarks=remarks)), payer=claim.payer))
    post_remittances(now=now)
    return claim.payer


def test_a_row_of_the_practice_stands_before_a_default_that_is_narrower() -> None:
    table = ClassTable([ClassRow("45", DENIAL)])
    assert table.classify("CO", "45", charge=HUNDRED) is DENIAL
    assert table.classify("CO", "94", charge=HUNDRED) is CONTRACTUAL


@pytest.mark.parametrize(
    ("row", "words"),
    [
        (ClassRow("45-1", DENIAL), "reason code"),
        (ClassRow("16", DENIAL, rarc="130"), "remark code"),
        (ClassRow("45", AdjustmentClass.COST_SHARE, "CO"), "Only group PR"),
        (ClassRow("45", AdjustmentClass.COST_SHARE), "Only group PR"),
    ],
)
def test_a_row_that_cannot_stand_is_refused(row: ClassRow, words: str, user: User, now: datetime) -> None:
    with pytest.raises(ClassRefusedError, match=words):
        set_class(payer=None, row=row, source="Letter", acting_user=user, now=now)
    assert not Row.objects.exists()


def test_a_change_ends_the_row_before_it_and_the_trail_says_what_it_counts_for(user: User, now: datetime) -> None:
    first = set_class(payer=None, row=ClassRow("97", CONTRACTUAL, "CO"), source="Manual", acting_user=user, now=now)
    same = set_class(payer=None, row=ClassRow("97", CONTRACTUAL, "CO"), source="Manual", acting_user=user, now=now)
    assert same == first
    later = now + timedelta(days=1)
    second = set_class(payer=None, row=ClassRow("97", DENIAL, "CO"), source="Letter", acting_user=user, now=later)
    first.refresh_from_db()
    assert (first.ended_at, first.ended_by) == (later, user)
    assert [(each.carc, each.adjustment_class) for each in class_rows()] == [("97", DENIAL)]
    event = AuditEvent.objects.get(subject_public_id=second.public_id)
    assert (event.action, event.actor, event.detail["was"]) == ("set_adjustment_class", user, CONTRACTUAL)
    assert "posted from then on" in event.detail["counts_for"]
    assert end_class(row_id=second.public_id, acting_user=user, now=later)
    assert end_class(row_id=second.public_id, acting_user=user, now=later) is None
    assert class_rows() == []
    assert AuditEvent.objects.filter(action="end_adjustment_class").count() == 1


def test_what_is_posted_later_follows_the_row_and_what_was_posted_keeps_its_class(user: User, now: datetime) -> None:
    posted(("CO-97", "100.00"), now=now)
    set_class(payer=None, row=ClassRow("97", CONTRACTUAL, "CO"), source="Manual", acting_user=user, now=now)
    posted(("CO-97", "100.00"), now=now)
    classes = AdjudicationAdjustment.objects.order_by("pk").values_list("adjustment_class", flat=True)
    assert list(classes) == [DENIAL, CONTRACTUAL]


def test_code_24_of_a_capitated_payer_is_contractual_and_of_others_a_denial(user: User, now: datetime) -> None:
    payer, other = PayerFactory(), PayerFactory()
    set_capitated(payer=payer, source="Agreement", acting_user=user, now=now)
    tables = [ClassTable(class_rows(), each.pk) for each in (payer, other)]
    assert [table.classify("CO", "24", charge=HUNDRED) for table in tables] == [CONTRACTUAL, DENIAL]
    assert tables[0].classify("PR", "24", charge=HUNDRED) is DENIAL
    end_capitated(payer_id=payer.public_id, acting_user=user, now=now)
    assert class_rows() == []


@pytest.mark.long
def test_a_row_is_tried_on_the_answers_of_90_days(user: User, now: datetime) -> None:
    payer = posted(("CO-97", "60.00"), ("PI-97", "40.00"), now=now, remarks=("N130",))
    posted(("CO-97", "100.00"), now=now)
    posted(("CO-16", "100.00"), now=now)
    everybody = try_row(ClassRow("97", CONTRACTUAL), now=now)
    assert (everybody.lines, everybody.amount, everybody.posted_as) == (2, Decimal("200.00"), ((DENIAL, 2),))
    assert try_row(ClassRow("97", CONTRACTUAL, "CO", payer_id=payer.pk), now=now).amount == Decimal("60.00")
    assert try_row(ClassRow("97", CONTRACTUAL, rarc="N130"), now=now).lines == 1
    assert try_row(ClassRow("97", DENIAL), now=now).lines == 0
    assert try_row(ClassRow("97", CONTRACTUAL), now=now + timedelta(days=91)).lines == 0
    set_class(payer=payer, row=ClassRow("97", DENIAL, payer_id=payer.pk), source="x", acting_user=user, now=now)
    assert try_row(ClassRow("97", CONTRACTUAL), now=now).lines == 1  # the payer's own row is narrower
    Adjudication.objects.update(reversed=True)
    assert try_row(ClassRow("97", CONTRACTUAL), now=now).lines == 0


def test_the_page_shows_the_defaults_with_our_own_words_for_each_code(biller: Client) -> None:
    page = biller.get(reverse(PAGE)).content.decode()
    in_our_words = f'<b class="code">45</b> <span class="sub">{escape(reason_sentence("45"))}</span></td>'
    assert f'{in_our_words}<td class="soft">CO, OA, PI</td><td>' in page
    assert "The defaults count for every payer" in page
    assert "Try it on" not in page


@pytest.mark.long
def test_an_administrator_tries_then_saves_a_row(administrator: Client, now: datetime) -> None:
    payer = posted(("CO-97", "100.00"), now=now)
    Adjudication.objects.update(recorded_at=datetime.now(tz=now.tzinfo))
    data = {
        "payer": payer.public_id,
        "group": "CO",
        "carc": "97",
        "adjustment_class": CONTRACTUAL,
        "source": "Manual 3",
    }
    answer = administrator.post(reverse(PAGE), data | {"try": "1"}).content.decode()
    assert "<b>1 line of the last 90 days</b> would have been classed differently, $100.00" in answer
    assert not Row.objects.exists()
    answer = administrator.post(reverse(PAGE), data, follow=True).content.decode()
    assert "counts for what is posted from now on" in answer
    row = Row.objects.get()
    assert '<b class="code">CO-97</b>' in answer
    assert f'<td class="soft">any</td><td class="soft">{payer.name}' in answer
    assert row.made_by is not None
    assert row.made_by.display_name in answer
    offered = administrator.get(reverse(PAGE), {"carc": "97", "payer": payer.public_id}).content.decode()
    assert f'<option value="{payer.public_id}" selected>' in offered
    answer = administrator.post(reverse("remittances:end_class", args=[row.public_id]), follow=True)
    assert "What it posted keeps its class" in answer.content.decode()
    assert "Manual 3" in administrator.get(reverse(PAGE), {"show": "ended"}).content.decode()


def test_a_replaced_default_says_so(administrator: Client, user: User, now: datetime) -> None:
    set_class(payer=None, row=ClassRow("45", DENIAL, "OA"), source="Letter", acting_user=user, now=now)
    assert "A row of the practice stands before it for OA" in administrator.get(reverse(PAGE)).content.decode()


def test_a_refused_row_keeps_what_was_typed(administrator: Client) -> None:
    data = {"group": "CO", "carc": "45", "adjustment_class": "cost_share", "source": "Manual 3"}
    answer = administrator.post(reverse(PAGE), data)
    assert answer.status_code == 422
    assert "Only group PR" in answer.content.decode()
    assert 'value="Manual 3"' in answer.content.decode()
    assert administrator.post(reverse(PAGE), data | {"source": ""}).status_code == 422


@pytest.mark.long
def test_a_payer_is_marked_as_capitated(administrator: Client) -> None:
    payer = PayerFactory()
    address = reverse("remittances:capitated")
    answer = administrator.post(address, {"payer": payer.public_id, "source": "Agreement 7"}, follow=True)
    assert f"{payer.name}: code 24 is contractual from now on" in answer.content.decode()
    assert answer.content.decode().count("Not capitated any more") == 1
    assert "Choose the payer" in administrator.post(address, {}, follow=True).content.decode()
    administrator.post(reverse("remittances:end_capitation", args=[payer.public_id]))
    assert "No payer is capitated" in administrator.get(reverse(PAGE)).content.decode()


def test_a_biller_changes_nothing_and_a_coder_sees_nothing(
    biller: Client, signed_in: Callable[[Role | None], Client]
) -> None:
    data = {"group": "CO", "carc": "97", "adjustment_class": CONTRACTUAL, "source": "Manual 3"}
    assert biller.post(reverse(PAGE), data).status_code == 403
    assert biller.post(reverse("remittances:capitated"), {}).status_code == 403
    assert not Row.objects.exists()
    assert signed_in(Role.CODER).get(reverse(PAGE)).status_code == 403


def test_the_page_takes_as_many_queries_for_three_rows_as_for_one(
    biller: Client, user: User, now: datetime, django_assert_num_queries: Callable[..., object]
) -> None:
    def add(carc: str) -> None:
        row = ClassRow(carc, CONTRACTUAL)
        set_class(payer=PayerFactory(), row=row, source="Manual", acting_user=user, now=now)

    add("97")
    biller.get(reverse(PAGE))
    with CaptureQueriesContext(connection) as one:
        biller.get(reverse(PAGE))
    add("96")
    add("95")
    with django_assert_num_queries(len(one)):  # type: ignore[attr-defined]
        biller.get(reverse(PAGE))
