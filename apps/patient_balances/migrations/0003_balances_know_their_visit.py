"""Balances that were opened for a claim take its visit."""

from django.db import migrations

FILL = """
UPDATE patient_balances_balance SET encounter_id = claims_claim.encounter_id
FROM claims_claim WHERE claims_claim.id = patient_balances_balance.claim_id AND patient_balances_balance.encounter_id IS NULL
"""


class Migration(migrations.Migration):
    dependencies = [("patient_balances", "0002_self_pay_and_money_reviews")]

    operations = [migrations.RunSQL(FILL, migrations.RunSQL.noop)]
