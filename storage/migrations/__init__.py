"""The schema's history, applied by `storage/migrate.py` at start.

Alembic is imported only when there is something to apply: it costs a third of a second.
"""

from pathlib import Path

HEAD = "0004"  # the newest revision in versions/; a test compares

FOLDER = Path(__file__).parent
