"""Brings the messages of followed sessions into their channels and keeps them true.

A message's row is stored before it is sent, its id after. Where the id is missing although it may have been
sent (a crash, a broken connection), the channel is searched for it first: so no crash makes a second one.
Channels are independent of each other; in a channel posts come before ends before edits, one at a time.
"""

import asyncio
import logging
import random
from collections.abc import Callable

from bot.tracker import embeds, text
from bot.tracker.breaker import Breakers
from bot.tracker.budget import ChannelBudgets
from bot.tracker.calls import Calls, Fate, Outcome
from sessions.tracker.models import Work, WorkKind
from sessions.tracker.outbox import Due, Outbox

AT_ONCE = 8  # channels that are worked on at the same time
OLD = 3600.0  # seconds: an older message takes at most one edit per OLD_PAUSE (Discord's error 30046)
OLD_PAUSE = 60.0
_FIRST_RETRY = 5.0  # seconds; doubles with full jitter
_LONGEST_RETRY = 600.0
_AFTER_BUG = 60.0  # seconds that a message rests after an error of ours
_MARGIN = 60.0  # seconds that Discord's clock and ours may differ

log = logging.getLogger(__name__)


class Delivery:
    """Works the outbox off."""

    def __init__(
        self,
        outbox: Outbox,
        calls: Calls,
        budgets: ChannelBudgets,
        breakers: Breakers,
        *,
        clock: Callable[[], float],
        chance: random.Random,
    ) -> None:
        self._outbox = outbox
        self._calls = calls
        self._budgets = budgets
        self._breakers = breakers
        self._clock = clock
        self._chance = chance
        self._tries: dict[str, int] = {}
        self._gate = asyncio.Semaphore(AT_ONCE)

    async def run_once(self) -> None:
        """Do everything that is due and that the channels' budgets allow."""
        if not self._outbox.leading:
            self._breakers.forget()
            return
        await self._breakers.load()
        due = self._outbox.due()
        await asyncio.gather(*(self._channel(channel_id, items) for channel_id, items in due.items()))

    async def _channel(self, channel_id: int, items: list[Due]) -> None:
        """Work one channel off until it has had enough. Whatever fails here stops no other channel."""
        if not self._breakers.allows(channel_id):
            return
        async with self._gate:
            try:
                if not await self._find_lost(channel_id, items):
                    return
            except Exception:
                log.exception("channel not searched channel=%s", channel_id)
                self._rest(items)
                return
            for item in items:
                try:
                    if not await self._do(item):
                        return
                except Exception:
                    log.exception("message not brought to channel=%s", channel_id)
                    self._rest([item])

    def _rest(self, items: list[Due]) -> None:
        """Leave messages alone for a while after an error of ours."""
        for item in items:
            if (work := self._outbox.take(item)) is not None:
                self._outbox.postpone(work, self._clock() + _AFTER_BUG)

    async def _find_lost(self, channel_id: int, items: list[Due]) -> bool:
        """Look for messages that may have been sent without our learning their ids."""
        works = [work for item in items if (work := self._outbox.take(item)) is not None and work.unsure]
        if not works:
            return True
        since = min(work.post.created_at for work in works) - _MARGIN
        found = await self._calls.find(channel_id, {work.post.nonce for work in works}, since)
        if isinstance(found, Outcome):
            if found.fate is Fate.CLOSED:
                await self._closed(works[0], found)
            for work in works:
                self._outbox.postpone(work, self._clock() + self._wait(work, found))
            return False
        for work in works:
            if (message := found.get(work.post.nonce)) is not None:
                log.info("message adopted channel=%s message=%s", channel_id, message.message_id)
                await self._outbox.adopted(work, channel_id, message.message_id, message.posted_at)
            else:
                self._outbox.not_found(work)
        return True

    async def _do(self, item: Due) -> bool:
        """Do one thing; False when the channel should be left alone for now."""
        work = self._outbox.take(item)
        if work is None or work.unsure:
            return True
        if work.kind is not WorkKind.POST and (ready := self._ready_at(work)) > self._clock():
            self._outbox.postpone(work, ready)
            return True
        channel_id = work.channel_id
        if work.kind is WorkKind.POST and self._calls.is_forum(channel_id):
            return await self._into_forum(work)
        if not self._budgets.take(channel_id, edits=work.kind is not WorkKind.POST):
            return False
        embed = embeds.embed_of(work)
        if work.kind is WorkKind.POST:
            self._outbox.attempt(work)
            outcome = await self._calls.post(
                channel_id,
                embed,
                nonce=work.post.nonce,
                role_id=work.subscription.role_id if work.post.pings else 0,
                silent=work.post.reposts > 0,
            )
            if outcome.fate is not Fate.DONE and not outcome.unsure:
                self._outbox.not_found(work)
        else:
            outcome = await self._calls.edit(channel_id, work.post.message_id, embed)
        return await self._conclude(work, outcome)

    def _ready_at(self, work: Work) -> float:
        """Say when a message may be edited: old ones at most once a minute."""
        post = work.post
        old = self._clock() - post.posted_at > OLD
        return post.edited_at + OLD_PAUSE if old else 0.0

    async def _conclude(self, work: Work, outcome: Outcome) -> bool:
        """Report a call's fate; False when the channel should be left alone for now."""
        fate = outcome.fate
        if fate is Fate.DONE:
            await self._succeeded(work, outcome)
        elif fate is Fate.GONE:
            await self._breakers.works(work.channel_id)
            await self._outbox.gone(work)
        elif fate is Fate.CLOSED:
            return await self._closed(work, outcome)
        elif fate is Fate.ARCHIVED:
            return await self._unarchive(work)
        elif fate is Fate.FORUM:
            return await self._into_forum(work)
        elif fate is Fate.REFUSED:
            await self._outbox.refused(work)
        else:
            wait = self._wait(work, outcome)
            if fate is Fate.TOO_MANY_EDITS:
                wait = max(wait, OLD_PAUSE)
            self._outbox.postpone(work, self._clock() + wait)
            return fate is Fate.TOO_MANY_EDITS
        return True

    async def _succeeded(self, work: Work, outcome: Outcome) -> None:
        self._tries.pop(work.post.nonce, None)
        await self._breakers.works(work.channel_id)
        if work.kind is WorkKind.POST:
            await self._outbox.sent(work, work.channel_id, outcome.message_id)
        else:
            await self._outbox.edited(work)

    async def _closed(self, work: Work, outcome: Outcome) -> bool:
        """Leave a channel alone. A forum's post that is gone is made anew instead."""
        subscription = work.subscription
        if work.channel_id == subscription.thread_id and outcome.code == 10003:
            await self._outbox.moved(work, 0)
            if work.post.message_id:
                await self._outbox.gone(work)
            return False
        if await self._breakers.trip(work.channel_id, outcome.code):
            log.warning("channel closed to the tracker channel=%s code=%s", work.channel_id, outcome.code)
            sentence = text.tell_admin(work.channel_id, work.feed.title, outcome.code)
            if not await self._calls.tell(subscription.created_by, sentence):
                log.warning("its admin cannot be told user=%s", subscription.created_by)
        return False

    async def _unarchive(self, work: Work) -> bool:
        """Open the thread again and try once more at the next round."""
        outcome = await self._calls.unarchive(work.channel_id)
        if outcome.fate is Fate.DONE:
            self._outbox.postpone(work, self._clock() + self._wait(work, outcome))
            return False
        if outcome.fate is Fate.LATER:
            self._outbox.postpone(work, self._clock() + self._wait(work, outcome))
            return False
        return await self._closed(work, Outcome(Fate.CLOSED, outcome.code or 50083))

    async def _into_forum(self, work: Work) -> bool:
        """Give a forum's subscription a post of its own; its messages go there from the next round on."""
        title = work.feed.title
        name = text.THREAD_NAME.format(title=title)[:100]
        starter = text.STARTER.format(title=title)
        outcome = await self._calls.open_thread(work.subscription.channel_id, name, starter)
        if outcome.fate is Fate.DONE:
            await self._outbox.moved(work, outcome.message_id)
        elif outcome.fate is Fate.LATER:
            self._outbox.postpone(work, self._clock() + self._wait(work, outcome))
        else:
            await self._closed(work, Outcome(Fate.CLOSED, outcome.code))
        return False

    def _wait(self, work: Work, outcome: Outcome) -> float:
        """Wait longer with every failure of a message, with full jitter, at least as long as Discord asks."""
        tries = self._tries[work.post.nonce] = self._tries.get(work.post.nonce, 0) + 1
        ceiling = min(_LONGEST_RETRY, _FIRST_RETRY * 2 ** min(tries, 8))
        return max(self._chance.uniform(_FIRST_RETRY, ceiling), outcome.wait)
