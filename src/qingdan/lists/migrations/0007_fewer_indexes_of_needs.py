# Writing a need keeps fewer indexes: the district begins the others, and merged needs are few.

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('directory', '0003_outline'),
        ('lists', '0006_erase_after_the_end'),
    ]

    operations = [
        migrations.AlterField(
            model_name='socialneed',
            name='district',
            field=models.CharField(max_length=6, verbose_name='district'),
        ),
        migrations.AlterField(
            model_name='socialneed',
            name='merged_into',
            field=models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='merged_needs', to='lists.socialneed', verbose_name='merged into'),
        ),
        migrations.AddIndex(
            model_name='socialneed',
            index=models.Index(condition=models.Q(('merged_into__isnull', False)), fields=['merged_into'], name='lists_need_merged'),
        ),
    ]
