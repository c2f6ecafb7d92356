"""The numbers that name our files: a sequence never gives one twice, not even to a transaction that failed. ISA13 and GS06 end
at nine digits, and a sequence that reaches its end raises: repeating a number would be worse than stopping.
"""

from django.db import migrations

CREATE = """
CREATE SEQUENCE claims_interchange_number AS bigint MINVALUE 1 MAXVALUE 999999999 NO CYCLE;
CREATE SEQUENCE claims_transaction_number AS bigint MINVALUE 1 MAXVALUE 999999999 NO CYCLE;
"""
DROP = """
DROP SEQUENCE claims_interchange_number;
DROP SEQUENCE claims_transaction_number;
"""


class Migration(migrations.Migration):
    dependencies = [("claims", "0001_initial")]

    operations = [migrations.RunSQL(CREATE, DROP)]
