"""An index of the few passages that stand over the places of a story.

Without it a database reads all passages of ten stories, or of all, to find ten headlines.
"""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("articles", "0002_search_passages")]

    operations = [
        migrations.AddIndex(
            model_name="passage",
            index=models.Index(
                condition=models.Q(kind__in=["headline", "standfirst", "title"]),
                fields=["article"],
                name="passage_heads",
            ),
        ),
    ]
