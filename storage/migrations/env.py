"""What Alembic runs: it takes the connection that `storage/migrate.py` or a command line hands over."""

from alembic import context

from storage.schema import metadata


def _run() -> None:
    connection = context.config.attributes.get("connection")
    if connection is None:
        raise RuntimeError("migrations run through storage.migrate, which hands a connection over")
    context.configure(connection=connection, target_metadata=metadata, render_as_batch=True)
    with context.begin_transaction():
        context.run_migrations()


_run()
