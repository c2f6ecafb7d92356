"""A warm process that posts what is stored, in children that may be killed at any moment: `python -m tests.faults.poster`.

An order names its database and chunk. A child tells "begun", and when done how many statements it sent.
"""

import os
from datetime import datetime

import django

from tests.faults.killable import Counter, Order, serve


def main() -> None:
    django.setup()
    from apps.remittances.services import post_remittances  # noqa: F401  loaded once for all children

    serve(_post)


def _post(order: Order, told: int) -> int:
    import celery
    from django.db import connection

    from apps.remittances.services import post_claims, post_remittances

    celery.current_app.send_task = lambda *_args, **_options: None  # there is no broker here
    connection.settings_dict["NAME"] = order["database"]
    post_claims.CHUNK = order["chunk"]
    counter = Counter(order.get("statement"), told)
    counter.watch()
    result = post_remittances(now=datetime.fromisoformat(order["now"]))
    os.write(told, f"{counter.statements} ".encode())
    return 2 if result.failures else 0


if __name__ == "__main__":
    main()
