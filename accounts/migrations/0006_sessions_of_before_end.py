"""Sessions are rows of our own now: what Django kept of them opens nothing any more, so nothing of it stays."""

from django.db import migrations

KEPT_BEFORE = "django_session"


def empties_what_was_kept(apps, schema_editor):
    connection = schema_editor.connection
    if KEPT_BEFORE in connection.introspection.table_names():
        schema_editor.execute(f"DELETE FROM {connection.ops.quote_name(KEPT_BEFORE)}")


class Migration(migrations.Migration):
    dependencies = [("accounts", "0005_record")]

    operations = [migrations.RunPython(empties_what_was_kept, migrations.RunPython.noop)]
