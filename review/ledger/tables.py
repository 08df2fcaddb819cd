"""The tables, the triggers that keep them append-only, and the numbered migrations, in SQLite and in PostgreSQL alike."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sqlalchemy import BigInteger, Column, Connection, Index, Integer, LargeBinary, MetaData, SmallInteger, Table, Text, inspect, select

from review.errors import StoreRefused
from review.ledger.chain import COLUMNS

metadata = MetaData()
# text is compared by its bytes on both sides: order must not depend on a server's locale
_text = Text().with_variant(Text(collation="C"), "postgresql")
_number = BigInteger().with_variant(Integer(), "sqlite")

events = Table(
    "events",
    metadata,
    # 1, 2, 3 … in the order of arrival in this database; local, neither hashed nor exported, it serves the snapshots
    Column("arrival", _number, primary_key=True, autoincrement=False),
    Column("origin", _text, nullable=False),
    Column("seq", _number, nullable=False),
    Column("at", _text, nullable=False),
    Column("actor", _text, nullable=False),
    Column("kind", _text, nullable=False),
    Column("schema", _number, nullable=False),
    Column("subject", _text, nullable=False),
    Column("body", _text, nullable=False),
    Column("replaces", _text),
    Column("withdraws", _text),
    Column("token", _text),
    Column("prev", _text, nullable=False),
    Column("id", _text, nullable=False),
    Index("events_in_order", "at", "origin", "seq", unique=True),
    Index("events_by_origin", "origin", "seq", unique=True),
    Index("events_by_id", "id", unique=True),
)
SPARSE = tuple(Index(f"events_by_{name}", events.c[name]) for name in ("token", "replaces", "withdraws"))

# one file may be both an imported file and another blob: the flag says under which folder it is exported
blobs = Table(
    "blobs",
    metadata,
    Column("sha256", _text, primary_key=True),
    Column("raw", SmallInteger, primary_key=True),
    Column("bytes", LargeBinary, nullable=False),
)
# the origins that were minted for this database file, with the fingerprint that it had then; the last one is written to
origins = Table(
    "origins",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=True),
    Column("origin", _text, nullable=False),
    Column("fingerprint", _text, nullable=False),
)
migrations = Table("migrations", metadata, Column("number", Integer, primary_key=True), Column("what", _text, nullable=False))

EVENT_COLUMNS = tuple(events.c[name] for name in COLUMNS)
APPEND_ONLY = (events, blobs, origins, migrations)
_REFUSAL = "the ledger is append-only"


def _create_all(connection: Connection) -> None:
    # said here, not where the index is declared: there it would load every dialect whenever a ledger is opened
    for index in SPARSE:
        index.dialect_options[connection.dialect.name]["where"] = index.columns[0].is_not(None)
    metadata.create_all(connection)
    for statement in _triggers(connection.dialect.name):
        connection.exec_driver_sql(statement)


def _triggers(dialect: str) -> list[str]:
    if dialect == "postgresql":
        function = (
            "CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS "
            f"$$ BEGIN RAISE EXCEPTION '{_REFUSAL}: %% of %% is refused', TG_OP, TG_TABLE_NAME; END $$"
        )
        return [function] + [
            f"CREATE TRIGGER {table.name}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table.name} "
            "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
            for table in APPEND_ONLY
        ]
    made = []
    for table in APPEND_ONLY:
        for verb in ("UPDATE", "DELETE"):
            made.append(
                f"CREATE TRIGGER {table.name}_no_{verb.lower()} BEFORE {verb} ON {table.name} "
                f"BEGIN SELECT RAISE(ABORT, '{_REFUSAL}: {verb} of {table.name} is refused'); END"
            )
    # INSERT OR REPLACE deletes without waking a delete trigger
    clashes = {
        "events": "id = NEW.id OR (origin = NEW.origin AND seq = NEW.seq) OR arrival = NEW.arrival",
        "blobs": "sha256 = NEW.sha256 AND raw = NEW.raw",
        "origins": "number = NEW.number",
        "migrations": "number = NEW.number",
    }
    for name, clash in clashes.items():
        made.append(
            f"CREATE TRIGGER {name}_no_replace BEFORE INSERT ON {name} WHEN EXISTS (SELECT 1 FROM {name} WHERE {clash}) "
            f"BEGIN SELECT RAISE(ABORT, '{_REFUSAL}: {name} holds this row already'); END"
        )
    return made


@dataclass(frozen=True)
class Migration:
    """One numbered step of the tables. ``apply`` runs inside the transaction that records the number."""

    number: int
    what: str
    apply: Callable[[Connection], None]


MIGRATIONS: tuple[Migration, ...] = (Migration(1, "events, blobs, origins", _create_all),)


def pending(connection: Connection, steps: Sequence[Migration] = MIGRATIONS) -> list[Migration]:
    """The steps that this database still needs, in order; all of them when it is empty.

    Raises StoreRefused for a database that holds other tables, or one that a newer release has migrated.
    """
    present = set(inspect(connection).get_table_names())
    if migrations.name not in present:
        if present:
            raise StoreRefused(
                "this database holds other tables (" + ", ".join(sorted(present)[:3]) + ") and is not a ledger",
                expected="an empty database, or one that this package made",
                next_step="name another file or database",
            )
        return list(steps)
    done = set(connection.scalars(select(migrations.c.number)))
    newest = max(step.number for step in steps)
    if done and max(done) > newest:
        raise StoreRefused(
            f"this ledger has tables of number {max(done)}, made by a newer release",
            expected=f"number {newest} or lower",
            next_step="install the newer release; an older one must not write here",
        )
    return [step for step in steps if step.number not in done]


def apply(connection: Connection, steps: Sequence[Migration]) -> None:
    """Take these steps in order and record their numbers, all in the caller's transaction.

    An empty database is made in today's form by the first step, and the later ones are recorded as done.
    """
    fresh = bool(steps) and steps[0].number == 1
    for step in steps:
        if step.number == 1 or not fresh:
            step.apply(connection)
        connection.execute(migrations.insert().values(number=step.number, what=step.what))


def missing_guards(connection: Connection) -> list[str]:
    """The triggers that should refuse changes and are not there, or are switched off; sorted names."""
    wanted = set()
    for statement in _triggers(connection.dialect.name):
        if statement.startswith("CREATE TRIGGER"):
            wanted.add(statement.split()[2])
    if connection.dialect.name == "postgresql":
        query = "SELECT tgname FROM pg_trigger WHERE tgenabled <> 'D' AND tgrelid IN (" + ", ".join(
            f"to_regclass('{table.name}')" for table in APPEND_ONLY
        )
        present = connection.exec_driver_sql(query + ")")
    else:
        present = connection.exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'trigger'")
    return sorted(wanted - {row[0] for row in present})
