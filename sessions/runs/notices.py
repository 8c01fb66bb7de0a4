"""Where each session's notice of its runs stands, and what each server made of its text. Never Discord."""

from typing import Protocol

from storage.run_notices import NoticeRow

SILENT = ""  # the template of a server that wants no notices


class NoticeRows(Protocol):
    """The store's part of it."""

    async def get(self, session_id: str) -> NoticeRow | None: ...
    async def put(self, row: NoticeRow) -> None: ...
    async def template(self, guild_id: int) -> str | None: ...
    async def put_template(self, guild_id: int, template: str) -> None: ...
    async def remove_template(self, guild_id: int) -> bool: ...


class NoticeBook:
    """Remembers notices and templates. A direct message is server 0 and keeps no template."""

    def __init__(self, rows: NoticeRows) -> None:
        self._rows = rows

    async def of(self, session_id: str, voyage: int) -> NoticeRow | None:
        """Give the notice of a voyage, or None where it has none yet."""
        row = await self._rows.get(session_id)
        return row if row is not None and row.voyage == voyage else None

    async def placed(self, session_id: str, voyage: int, channel_id: int, message_id: int) -> None:
        """Note which message is a voyage's notice."""
        await self._rows.put(NoticeRow(session_id, voyage, channel_id, message_id))

    async def template(self, guild_id: int) -> str | None:
        """Give a server's own template, SILENT where it wants none, None for the common one."""
        return await self._rows.template(guild_id) if guild_id else None

    async def change(self, guild_id: int, template: str | None) -> None:
        """Keep a server's template; None goes back to the common one. It was checked before."""
        if template is None:
            await self._rows.remove_template(guild_id)
        else:
            await self._rows.put_template(guild_id, template)
