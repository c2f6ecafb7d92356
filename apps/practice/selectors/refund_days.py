"""How long this practice takes to give back what is not its own, where no law names a time."""

from apps.practice.models import Practice

_WITHOUT_A_PRACTICE = 30


def usual_refund_days() -> int:
    """Days from the day on which the money was identified (`rules.refund_days`)."""
    return Practice.objects.values_list("refund_days", flat=True).first() or _WITHOUT_A_PRACTICE
