"""The practice's routing rules; where there are none yet, those that every practice starts with."""

from django.db import transaction

from apps.denials import selectors
from apps.denials.models import RoutingRule
from apps.denials.rules.default_routes import DEFAULT_ROUTES
from apps.denials.rules.lanes import RuleView


def routing_rules() -> tuple[list[RuleView], dict[int, RoutingRule]]:
    """As the router reads them, and their rows by key."""
    views, rows = selectors.rule_views()
    if rows:
        return views, rows
    with transaction.atomic():
        fresh = [
            RoutingRule(place=place, carc=carc, lane=lane, owner_role=owner, first_action=action)
            for place, carc, lane, owner, action in DEFAULT_ROUTES
        ]
        # Another worker may be at the same beginning; its rows serve as well.
        RoutingRule.objects.bulk_create(fresh, ignore_conflicts=True)
    return selectors.rule_views()
