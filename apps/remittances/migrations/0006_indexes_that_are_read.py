import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('remittances', '0005_underpayments'),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name='remittedclaim',
            name='remittances_claim_i_af3e9d_idx',
        ),
        migrations.AlterField(
            model_name='remittedclaim',
            name='payment',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='claims', to='remittances.remittancepayment'),
        ),
    ]
