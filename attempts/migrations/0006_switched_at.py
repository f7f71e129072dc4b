
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('attempts', '0005_course_settings'),
    ]

    operations = [
        migrations.AddField(
            model_name='learnercourse',
            name='switched_at',
            field=models.DateTimeField(editable=False, null=True),
        ),
    ]
