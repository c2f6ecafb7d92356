from collections.abc import Sequence
from datetime import datetime

from apps.core.models import User
from apps.core.public_ids import new_public_id
from apps.worklist.models import Selection


def take_selection(*, of_list: str, query: str, items: Sequence[int], acting_user: User, now: datetime) -> Selection:
    """Keep which work items (primary keys) a person means, in the place of what the person selected in this list before."""
    selection, _ = Selection.objects.update_or_create(
        owner=acting_user,
        of_list=of_list,
        defaults={"public_id": new_public_id(), "query": query, "items": list(items), "taken_at": now},
    )
    return selection
