from django.db import connection, transaction

from apps.ledger.models import ChargeBalance


@transaction.atomic
def rebuild_balances() -> int:
    """Work out every kept balance anew from the legs; nobody posts meanwhile. Returns of how many charge lines."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT ledger_rebuild_balances()")
    return ChargeBalance.objects.count()
