"""Each channel's settings as JSON text. What they mean is their reader's business."""

from typing import NamedTuple

from sqlalchemy import Connection, select

from storage.database import Database
from storage.put_rows import PutRows
from storage.schema import channel_settings


class _Kept(NamedTuple):
    session_id: str
    settings: str


class ChannelSettingsStore:
    """One text per session."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._put = PutRows[_Kept](channel_settings)

    async def get(self, session_id: str) -> str | None:
        """Give a channel's settings, or None when it has none of its own."""
        statement = select(channel_settings.c.settings).where(channel_settings.c.session_id == session_id)
        return await self._database.read(lambda conn: conn.execute(statement).scalar_one_or_none())

    async def put(self, session_id: str, settings: str) -> None:
        """Keep a channel's settings; earlier ones are replaced."""
        await self._database.write_together(self._put, _Kept(session_id, settings))

    async def all(self) -> dict[str, str]:
        """Give every channel's settings by session id."""
        columns = (channel_settings.c.session_id, channel_settings.c.settings)

        def unit(conn: Connection) -> dict[str, str]:
            return {row[0]: row[1] for row in conn.execute(select(*columns))}

        return await self._database.read(unit)
