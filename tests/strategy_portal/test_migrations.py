"""Old workers go on while a new version migrates: migrations only add what those need not know of."""

import pytest
from django.db import migrations, models
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.state import ProjectState

# The last migration of each app in version 0.1.0. Everything after it keeps the rule.
RELEASED = {"accounts": "0003", "pillars": "0001", "initiatives": "0008", "reports": "0001"}
# (app, migration) -> why every worker has to be stopped for it. docs/deploying.md then says so for that version.
STOPS_EVERYBODY = {}

HARMLESS = (
    migrations.CreateModel,
    migrations.AddIndex,
    migrations.RemoveIndex,
    migrations.RenameIndex,
    migrations.AlterModelOptions,
    migrations.AlterModelManagers,
    migrations.RunPython,
    migrations.RunSQL,  # triggers, and what goes with them
)


def is_known_to_old_workers(operation, app, state):
    """Say whether a worker that does not know of this operation can still read and write everything that it does."""
    names = (getattr(operation, name, "") for name in ("model_name_lower", "old_name_lower", "name_lower"))
    model = next(filter(None, names), "")
    if isinstance(operation, HARMLESS):
        return True
    if isinstance(operation, migrations.SeparateDatabaseAndState):
        return all(is_known_to_old_workers(each, app, state) for each in operation.database_operations)
    if (app, model) not in state.released:
        return True  # a table that no old worker has seen
    if isinstance(operation, migrations.AddField):
        field = operation.field
        return field.many_to_many or field.null or field.has_db_default()
    if isinstance(operation, migrations.AlterField):
        return of_the_database(state.models[app, model].fields[operation.name]) == of_the_database(operation.field)
    return False


def of_the_database(field):
    """Return what a field is to the database: neither its words nor its choices."""
    _, path, arguments, words = field.deconstruct()
    return path, arguments, {name: value for name, value in words.items() if name not in field.non_db_attrs}


def breaks(migration, state):
    """Return the operations of a migration that old workers would stumble over, and apply it to the state."""
    found = []
    for operation in migration.operations:
        if not is_known_to_old_workers(operation, migration.app_label, state):
            found.append(operation.describe())
        operation.state_forwards(migration.app_label, state)
    return found


def test_no_migration_since_the_first_release_stops_old_workers():
    loader = MigrationLoader(None)
    plan = loader.graph.forwards_plan
    nodes = list(dict.fromkeys(node for leaf in sorted(loader.graph.leaf_nodes()) for node in plan(leaf)))
    # First all that was released, then what came after: the order in which a council meets them.
    released = [node for node in nodes if node[1][:4] <= RELEASED.get(node[0], "9999")]
    state = ProjectState()
    for node in released:
        loader.graph.nodes[node].mutate_state(state, preserve=False)
    state.released = set(state.models)
    found = {node: breaks(loader.graph.nodes[node], state) for node in nodes if node not in released}
    assert {node: words for node, words in found.items() if words and node not in STOPS_EVERYBODY} == {}


def field(**more):
    return models.CharField(max_length=10, **more)


@pytest.mark.parametrize(
    ("operation", "harmless"),
    [
        (migrations.AddField("thing", "word", field(null=True)), True),
        (migrations.AddField("thing", "word", field(db_default="")), True),
        (migrations.AddField("thing", "word", field(default="")), False),
        (migrations.AddField("new_thing", "word", field(default="")), True),
        (migrations.AlterField("thing", "name", field(choices=[("a", "A")], help_text="A word.")), True),
        (migrations.AlterField("thing", "name", models.CharField(max_length=20)), False),
        (migrations.RemoveField("thing", "name"), False),
        (migrations.RenameField("thing", "name", "title"), False),
        (migrations.DeleteModel("thing"), False),
        (migrations.RenameModel("thing", "matter"), False),
        (migrations.CreateModel("another", []), True),
        (migrations.AddConstraint("thing", models.UniqueConstraint(fields=["name"], name="unique")), False),
    ],
    ids=lambda value: value.describe() if hasattr(value, "describe") else "",
)
def test_the_rule_tells_what_old_workers_stumble_over(operation, harmless):
    state = ProjectState()
    migrations.CreateModel("thing", [("name", field())]).state_forwards("initiatives", state)
    state.released = set(state.models)
    migrations.CreateModel("new_thing", [("name", field())]).state_forwards("initiatives", state)
    assert is_known_to_old_workers(operation, "initiatives", state) is harmless
