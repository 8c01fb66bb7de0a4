"""A voyage to film for the tape benchmark: its turns, and a journal of sessions that all flew it."""

import asyncio

from engine_client.models import Gauge, Picture, Place, SessionId, Turn, TurnRef, VoyageEnd

REGIONS = (("ember", "Ember Reach"), ("quiet", "The Long Quiet"), ("veil", "Veil of Ash"))
STAY = 4  # turns at one place

_END = VoyageEnd("hull", "Hull breach", "The reactor let go two jumps from home.")


def turns_of(session_id: str, count: int) -> list[Turn]:
    """Make the voyage's turns as players see them."""
    return [
        Turn(
            session_id=session_id,
            voyage=1,
            n=n,
            turn_id=f"{session_id}-{n}",
            at=1_700_000_000.0 + 60 * n,
            actor="Ann",
            action="Go on",
            title="A turn",
            story="Something happened.",
            messages=(),
            choices=(),
            gauges=(Gauge("hull", "Hull", 100 - n % 100, 100), Gauge("credits", "Credits", 40 * n)),
            place=Place(f"r{n // 32}", REGIONS[n // 32 % 3][1], f"n{n // STAY}", f"Kestrel {n // STAY}"),
            captain="Ann Lee",
            ship="Wandering Albatross",
            picture_text="A ship",
            end=_END if n == count else None,
        )
        for n in range(1, count + 1)
    ]


class FilmedJournal:
    """The turns of many sessions that all flew the same voyage; pictures come from memory."""

    def __init__(self, pictures: list[Picture]) -> None:
        self._pictures = pictures

    async def turns(self, session_id: SessionId, *, after: TurnRef, limit: int = 100) -> list[Turn]:
        """List a session's turns."""
        await asyncio.sleep(0)
        flown = turns_of(session_id, len(self._pictures))
        return flown[after.n :][:limit] if after.voyage == 1 else []

    async def frame(self, session_id: SessionId, ref: TurnRef) -> Picture:
        """Give a picture again."""
        await asyncio.sleep(0)
        return self._pictures[ref.n - 1]
