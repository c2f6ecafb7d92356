from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('remittances', '0002_counted_and_searched'),
    ]

    operations = [
        migrations.AddField(
            model_name='remittedclaim',
            name='content',
            field=models.CharField(blank=True, default='', help_text='Names what it says; a reversal bears that of what it takes back', max_length=64),
            preserve_default=False,
        ),
        migrations.AddIndex(
            model_name='remittedclaim',
            index=models.Index(fields=['payer_claim_number'], name='remitted_payer_number'),
        ),
    ]
