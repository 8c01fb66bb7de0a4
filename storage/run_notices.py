"""Where each session's run notice stands in Discord, and each server's own template for it."""

import msgspec
from sqlalchemy import Connection, delete, select

from storage.database import Database
from storage.put_rows import PutRows
from storage.schema_runs import notice_template, run_notice
from storage.upsert import put_row


class NoticeRow(msgspec.Struct, frozen=True):
    """The message that shows a voyage's runs."""

    session_id: str
    voyage: int
    channel_id: int
    message_id: int


class RunNoticeStore:
    """Notice messages by session, templates by server."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._put = PutRows[NoticeRow](run_notice)

    async def get(self, session_id: str) -> NoticeRow | None:
        """Give the session's newest notice."""
        statement = select(*run_notice.c).where(run_notice.c.session_id == session_id)

        def unit(conn: Connection) -> NoticeRow | None:
            row = conn.execute(statement).first()
            return NoticeRow(*row) if row else None

        return await self._database.read(unit)

    async def put(self, row: NoticeRow) -> None:
        """Keep where a notice is; the session's earlier one is replaced."""
        await self._database.write_together(self._put, row)

    async def template(self, guild_id: int) -> str | None:
        """Give a server's own template, or None."""
        statement = select(notice_template.c.template).where(notice_template.c.guild_id == guild_id)
        return await self._database.read(lambda conn: conn.execute(statement).scalar_one_or_none())

    async def put_template(self, guild_id: int, template: str) -> None:
        """Keep a server's template."""
        values = {"guild_id": guild_id, "template": template}
        await self._database.write(lambda conn: put_row(conn, notice_template, values))

    async def remove_template(self, guild_id: int) -> bool:
        """Go back to the common template; give False when the server had none of its own."""
        statement = delete(notice_template).where(notice_template.c.guild_id == guild_id)
        return await self._database.write(lambda conn: conn.execute(statement).rowcount == 1)
