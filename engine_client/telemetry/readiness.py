"""Whether a process can serve: each part is asked, all at once, and none may take longer than a second.

It says what is missing and never why in detail: an error's text may hold an address.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping

import msgspec

log = logging.getLogger(__name__)

PART_SECONDS = 1.0

# Returns when the part is well; raises, or gives a sentence, when it is not.
Check = Callable[[], Awaitable[str | None]]


class Report(msgspec.Struct, frozen=True):
    """What the parts said: "ok" or what is wrong, by part."""

    ready: bool
    parts: dict[str, str]


class Readiness:
    """The parts of a process. `stop` says that it is going away: from then on it is not ready."""

    def __init__(self, checks: Mapping[str, Check]) -> None:
        self._checks = dict(checks)
        self._stopping = False

    def stop(self) -> None:
        """Have everybody sent elsewhere, before anything is taken down."""
        self._stopping = True

    async def look(self) -> Report:
        """Ask every part."""
        if self._stopping:
            return Report(False, {"process": "stopping"})
        said = await asyncio.gather(*(_ask(name, check) for name, check in self._checks.items()))
        parts = dict(zip(self._checks, said, strict=True))
        return Report(all(answer == "ok" for answer in said), parts)


async def _ask(name: str, check: Check) -> str:
    try:
        async with asyncio.timeout(PART_SECONDS):
            return await check() or "ok"
    except TimeoutError:
        return f"no answer within {PART_SECONDS:g} s"
    except Exception as error:
        log.debug("not ready part=%s", name, exc_info=error)
        return f"away ({type(error).__name__})"
