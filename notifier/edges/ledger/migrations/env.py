"""Run by Alembic: migrates the connection it is given, inside the transaction that is already open on it."""

from alembic import context
from sqlalchemy import Connection, text

#: Text in the order of its characters, as SQLite and the program have it, whatever language the database was made for.
_OTHERWISE = text("""
    SELECT table_name, column_name, data_type FROM information_schema.columns
    WHERE table_schema = current_schema AND data_type IN ('character varying', 'text')
    AND collation_name IS DISTINCT FROM 'C' AND table_name = ANY(:ours)
""")


def sort_by_character(connection: Connection, ours: list[str]) -> None:
    if connection.dialect.name != "postgresql":
        return
    for table, column, kind in connection.execute(_OTHERWISE, {"ours": ours}).all():
        connection.execute(text(f'ALTER TABLE "{table}" ALTER COLUMN "{column}" TYPE {kind} COLLATE "C"'))


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=context.config.attributes["metadata"],
    # SQLite can't alter a table in place; batch mode copies it.
    render_as_batch=True,
)
with context.begin_transaction():
    context.run_migrations()
    sort_by_character(context.config.attributes["connection"], sorted(context.config.attributes["metadata"].tables))
