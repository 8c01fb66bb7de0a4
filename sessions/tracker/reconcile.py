"""The tracker's one decision, pure: what an answer changes about the listings that are followed.

A listing ends by its list's own word, or after several absences from answers that may be believed; a bad,
cut or repeated answer proves no absence. Whoever comes back soon, or under a new id after its host changed,
keeps its message.
"""

from collections.abc import Iterable
from hashlib import blake2b

from msgspec.structs import replace

from engine_client.feeds.models import Answer, Listing, SessionState
from sessions.tracker.models import Action, Edit, End, FeedState, Followed, Phase, Post, Rules
from sessions.tracker.visible import digest_of

_BEGUN = {SessionState.INGAME, SessionState.POSTGAME}


def reconcile(
    previous: FeedState, answer: Answer, now: float, rules: Rules | None = None
) -> tuple[FeedState, list[Action]]:
    """Give the feed's next state and what is to be posted, ended and edited, in this order.

    An answer to an older request than the last one changes nothing, and neither do rows that the list itself
    made before those that we have. `now` is UTC seconds.
    """
    if answer.seq <= previous.seq:
        return previous, []
    made, had = answer.reading.source_time, previous.source_time
    if made is not None and had is not None and made < had:
        return replace(previous, seq=answer.seq), []
    return _Step(previous, answer, now, rules or Rules()).run()


class _Step:
    """One reconciliation under way. It owns the next state until it is given out."""

    def __init__(self, previous: FeedState, answer: Answer, now: float, rules: Rules) -> None:
        self._previous = previous
        self._reading = answer.reading
        self._seq = answer.seq
        self._now = now
        self._rules = rules
        self._digest = digest_of(rules.volatile)
        self._followed: dict[str, Followed] = {}
        self._posts: list[Action] = []
        self._ends: list[Action] = []
        self._edits: list[Action] = []

    def run(self) -> tuple[FeedState, list[Action]]:
        """Sort the rows into known and new, and what is known into present and absent."""
        rows = self._rows()
        known, followed = self._previous.followed, self._followed
        new: list[Listing] = []
        for key, listing in rows.items():
            old = known.get(key)
            if old is None:
                new.append(listing)
            elif old.listing == listing and old.phase is Phase.LIVE:
                followed[key] = old
            else:
                self._present(old, listing)
        absent = [old for key, old in known.items() if key not in rows and not self._forgotten(old)]
        for listing in new:
            if not self._inherits(listing, absent):
                self._appear(listing)
        self._count_absences(absent)
        return self._next(), [*self._posts, *self._ends, *self._edits]

    def _rows(self) -> dict[str, Listing]:
        """Give the rows by id; of two with one id the first counts."""
        listings = self._reading.listings
        rows = {listing.id: listing for listing in listings}
        if len(rows) < len(listings):
            rows = {}
            for listing in listings:
                rows.setdefault(listing.id, listing)
        return rows

    def _next(self) -> FeedState:
        whole = self._reading.complete
        return FeedState(
            followed=self._followed,
            seq=self._seq,
            at=self._now if whole else self._previous.at,
            source_time=self._reading.source_time if whole else self._previous.source_time,
            primed=self._previous.primed or whole,
        )

    def _present(self, old: Followed, listing: Listing) -> None:
        """Go on with a listing that the answer has, and that has changed or was not live."""
        if old.phase is Phase.ENDED:
            self._returned(old, listing)
        elif listing.ended:
            self._end(old, listing)
        elif self._rules.split_rounds and _new_round(old.listing, listing):
            self._end(old, old.listing, keep=False)
            self._appear(listing)
        else:
            self._go_on(old, listing)

    def _returned(self, old: Followed, listing: Listing) -> None:
        """A listing that had ended is in the answer: over all the same, back, or a new session by its id."""
        if listing.ended:
            self._retouch(old, listing)
        elif self._now - old.ended_at <= self._rules.reopen:
            self._go_on(old, listing, reopened=True)
        else:
            self._appear(listing)

    def _retouch(self, old: Followed, listing: Listing) -> None:
        """Show what is still learned about a listing after its end (where its tape is, for example)."""
        digest = self._digest(listing)
        self._followed[listing.id] = old if old.listing == listing else replace(old, listing=listing)
        if digest != old.digest:
            kept = self._followed[listing.id] = replace(old, listing=listing, digest=digest)
            self._ends.append(End(kept))

    def _go_on(self, old: Followed, listing: Listing, *, reopened: bool = False) -> None:
        digest = self._digest(listing)
        kept = Followed(old.key, listing, digest, old.first_seen)
        self._followed[listing.id] = kept
        if reopened or digest != old.digest:
            self._edits.append(Edit(kept, reopened))

    def _appear(self, listing: Listing) -> None:
        if listing.ended:
            return  # it was over before we saw it
        fresh = Followed(
            key=_key(listing.id, self._now, self._seq),
            listing=listing,
            digest=self._digest(listing),
            first_seen=self._now,
        )
        self._followed[listing.id] = fresh
        self._posts.append(Post(fresh, self._previous.primed))

    def _inherits(self, listing: Listing, absent: list[Followed]) -> bool:
        """Give a new id the place of an absent one: same name and state and a shared player (host migration).

        The one with the most shared players is taken out of `absent`.
        """
        if listing.ended or not listing.name or not listing.names:
            return False
        names = set(listing.names)
        best: Followed | None = None
        shared = 0
        for old in absent:
            same = old.listing.name == listing.name and old.listing.state == listing.state
            if not same or old.phase is Phase.ENDED:
                continue
            if (count := len(names.intersection(old.listing.names))) > shared:
                best, shared = old, count
        if best is None:
            return False
        absent.remove(best)
        self._go_on(best, listing)
        return True

    def _forgotten(self, old: Followed) -> bool:
        return old.phase is Phase.ENDED and self._now - old.ended_at > self._rules.reopen

    def _count_absences(self, absent: Iterable[Followed]) -> None:
        """Count one absence for each, where the answer proves one."""
        absent = list(absent)
        proves = self._reading.complete and not self._repeated()
        for old in absent:
            if not proves or old.phase is Phase.ENDED:
                self._followed[old.listing.id] = old
        if not proves:
            return
        mass = self._mass_fall(sum(old.phase is Phase.LIVE for old in absent))
        for old in absent:
            if old.phase is not Phase.ENDED:
                self._miss(old, self._rules.mass_misses if mass else self._rules.misses)

    def _mass_fall(self, fallen: int) -> bool:
        """Say whether so many live listings that vanish at once are more than half of them."""
        if not fallen:
            return False
        lived = sum([old.phase is Phase.LIVE for old in self._previous.followed.values()])
        return lived >= self._rules.mass and fallen * 2 > lived

    def _repeated(self) -> bool:
        """Say whether the list gives the very snapshot again that it gave before: no new evidence."""
        made = self._reading.source_time
        return made is not None and made == self._previous.source_time

    def _miss(self, old: Followed, needed: int) -> None:
        first = old.phase is Phase.LIVE
        kept = replace(
            old,
            phase=Phase.MISSING,
            misses=old.misses + 1,
            needed=needed if first else old.needed,
            last_seen=(self._previous.at or self._now) if first else old.last_seen,
        )
        if kept.misses >= kept.needed:
            self._end(kept, kept.listing)
        else:
            self._followed[old.listing.id] = kept

    def _end(self, old: Followed, listing: Listing, *, keep: bool = True) -> None:
        """End a listing; without `keep` its id is free for the next session at once."""
        kept = replace(
            old,
            listing=listing,
            digest=self._digest(listing),
            phase=Phase.ENDED,
            last_seen=old.last_seen or self._now,
            ended_at=self._now,
        )
        if keep:
            self._followed[listing.id] = kept
        self._ends.append(End(kept))


def _new_round(old: Listing, new: Listing) -> bool:
    return old.state in _BEGUN and new.state is SessionState.PREGAME


def _key(listing_id: str, now: float, seq: int) -> str:
    """Name a session for good: its first id and when it was first seen."""
    text = f"{listing_id}\n{now!r}\n{seq}"
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=10).hexdigest()
