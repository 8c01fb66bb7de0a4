"""Each channel's settings as JSON text. What they mean is their reader's business."""

from sqlalchemy import Connection, select

from storage.database import Database
from storage.schema import channel_settings
from storage.upsert import put_row


class ChannelSettingsStore:
    """One text per session."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def get(self, session_id: str) -> str | None:
        """Give a channel's settings, or None when it has none of its own."""
        statement = select(channel_settings.c.settings).where(channel_settings.c.session_id == session_id)
        return await self._database.read(lambda conn: conn.execute(statement).scalar_one_or_none())

    async def put(self, session_id: str, settings: str) -> None:
        """Keep a channel's settings; earlier ones are replaced."""
        values = {"session_id": session_id, "settings": settings}
        await self._database.write(lambda conn: put_row(conn, channel_settings, values))

    async def all(self) -> dict[str, str]:
        """Give every channel's settings by session id."""
        columns = (channel_settings.c.session_id, channel_settings.c.settings)

        def unit(conn: Connection) -> dict[str, str]:
            return {row[0]: row[1] for row in conn.execute(select(*columns))}

        return await self._database.read(unit)
