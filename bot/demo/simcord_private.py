"""Every touch of a private name of simcord 3.2.1, in one module, and what makes its preview page live.

simcord is a test tool: its time stands still, an action waits until the bot is idle, and a page shows what
was last published. These are the findings this module rests on:

Time is virtual. In bot-owned contexts `time.monotonic`, `loop.time` and discord.py's utcnow read
`env._virtual_time`; each timer of the bot is a record in `env._work.callbacks` with a real-time copy that
starts a settling advance. `LiveEnv` makes no real copies (`_schedule_timer`) and lets `tick` move the clock
to the wall clock and run what is due, so a `tasks.loop`, a view's timeout and `asyncio.sleep` all work.

Settling (`_settle_internal`) joins every task of the bot and raises after a timeout, so one task that waits
on a queue, or a tape that takes seconds, would freeze the page. `LiveEnv` waits only until the interaction is
answered and, for a moment, until its new tasks rest; what comes later is published by `publish_changes`.

Errors are collected for a test's end (`_record_error`, `_capture_errors`); here they are logged, and the
bot's own handlers stay as they are. `shutdown` cancels the bot's tasks and never calls `bot.close()`.

A preview shows one channel (`Preview.channel`), refuses overlapping actions and every click that was made on
an older publication, and sends media through a worker that needs av < 17. `LivePreview` lends `channel` to
each call, queues actions, delivers a click on an old board with its old custom_id as Discord does, and gives
media as it is. The page sends its address fragment back as the capability header, so a fragment of the form
`capability.channel.person` chooses the place without a change in the page's own scripts.

Each publication builds a Markdown parser per text (130 ms for 50 messages); `_remembering` keeps them. Small
print (`-# `) and mentions are off in embed descriptions, where Discord shows them; they are on here.

It must not know the game, our guild or what the page looks like: that is world.py and page.py.
"""

import asyncio
import logging
import time
from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import discord
from aiohttp import web
from simcord import ChannelHandle, Env, GuildHandle, MemberActor, SetupError, UserHandle
from simcord._settlement import (
    _active_callbacks,
    _is_parked,
    _next_virtual_timer,
    _run_due_virtual_callbacks,
)
from simcord.actors import _component_interaction
from simcord.preview import Preview, _markdown
from simcord.preview._action_plans import _find_scoped_component
from simcord.preview._media import MediaError, MediaInfo
from simcord.preview._server import PreviewServer

from bot.demo import DemoError
from bot.demo.media import MediaFacts, first_frame, media_facts

log = logging.getLogger(__name__)

TICK = 0.025  # Seconds between two looks at the clock: a timer is at most this late.
TIMER_SLICE = 0.05  # Seconds one tick may spend in due timers before the loop gets its turn.
ANSWER_WITHIN = 3.5  # Discord gives an interaction 3 s; a little more, so that its refusal is seen too.
REST_WITHIN = 0.75  # Seconds to wait for an edit that follows the answer, so that one reading shows both.
START_WITHIN = 30.0
STOP_WITHIN = 30.0
POLL = 0.005
LOG_KEPT = 400  # Entries of simcord's request log and transcript; it keeps all of them.
REVISIONS_KEPT = 64
PARSERS_KEPT = 64
PICTURES_KEPT = 12  # of a page: what it may still ask for after the board has gone on
BUTTON = 2
DESCRIPTION = "embed_description"
LINK_STYLES = (5, 6)


class LiveEnv(Env):
    """A simcord environment whose time is the wall clock's and that never waits for an idle bot."""

    def __init__(self, bot: discord.Client, *, clock: Callable[[], float] = time.time) -> None:
        super().__init__(bot, check_errors=False, settle_timeout=STOP_WITHIN)
        self._wall_clock = clock
        self._dispatched: Any = None
        self._tasks_before: frozenset[asyncio.Task[Any]] = frozenset()
        self._seen_entries = 0
        self._dropped_entries = 0
        self._stale_media: frozenset[str] = frozenset()
        self._register_dispatch_observer(self._note_dispatch)

    def _behind(self) -> float:
        wall = datetime.fromtimestamp(self._wall_clock(), UTC)
        return max(0.0, (wall - self.now()) / timedelta(seconds=1))

    async def start(self) -> None:
        """Set the clock to the wall clock, log the bot in and run its setup_hook."""
        self.backend.advance_clock(self._behind())
        await super().start()

    def tick(self) -> float:
        """Move time to the wall clock and run due timers; give the seconds to wait before the next tick."""
        if self._loop is None:
            return TICK
        self._move_clock(self._virtual_time + self._behind())
        state = self._settlement_state()
        _run_due_virtual_callbacks(state, self._loop.time() + TIMER_SLICE)
        _active_callbacks(state)
        due = _next_virtual_timer(state)
        return TICK if due is None else min(TICK, max(0.0, due - self._virtual_time))

    def _schedule_timer(self, record: Any, callback: Any, args: Any, schedule_context: Any) -> None:
        """Leave the timer to `tick`; simcord would start a second one in real time."""

    def _record_error(self, error: BaseException) -> None:
        log.error("The bot raised and nothing caught it.", exc_info=error)

    def _capture_errors(self) -> None:
        """Leave the bot's own error handlers as they are."""

    def _note_dispatch(self, interaction: Any) -> None:
        self._dispatched = interaction
        self._tasks_before = frozenset(self._work.tasks)

    async def _settle_internal(self, *, dispatch: str | None = None, **_ignored: Any) -> None:
        self._last_dispatch = dispatch
        if dispatch == "INTERACTION_CREATE":
            interaction = self._dispatched
            await self._until(lambda: interaction.responded, ANSWER_WITHIN)
        elif not self.bot.is_ready():
            await self._until(self.bot.is_ready, START_WITHIN)
            return
        else:
            self._tasks_before = frozenset()
        await self._until(self._rests, REST_WITHIN)

    async def _until(self, happened: Callable[[], bool], seconds: float) -> None:
        deadline = time.monotonic() + seconds
        await asyncio.sleep(0)
        while not happened():
            if time.monotonic() >= deadline:
                return
            await asyncio.sleep(POLL)

    def _rests(self) -> bool:
        state = self._settlement_state()
        new = [task for task in self._work.tasks if task not in self._tasks_before and not task.done()]
        return all(_is_parked(state, task, state.virtual_time) for task in new)

    def changed(self) -> bool:
        """Say whether anything crossed between the bot and Discord since the last call."""
        entries = self._dropped_entries
        for kept in (self.backend.transcript, self.backend.http_requests):
            entries += len(kept)
            if len(kept) > LOG_KEPT:
                self._dropped_entries += len(kept) - LOG_KEPT // 2
                del kept[: len(kept) - LOG_KEPT // 2]
        changed, self._seen_entries = entries != self._seen_entries, entries
        return changed

    def forget_media(self) -> int:
        """Drop uploads that no message has shown since the call before; give how many were dropped."""
        shown = {
            str(item.get("url"))
            for messages in self.backend.messages.values()
            for message in messages.values()
            for item in message.attachments
        }
        blobs = self.backend.cdn._blobs
        unseen = frozenset(url for url in blobs if "/attachments/" in url and url not in shown)
        gone = unseen & self._stale_media
        for url in gone:
            del blobs[url]
        self._stale_media = unseen - gone
        return len(gone)

    def name_bot(self, name: str, avatar: str) -> int:
        """Name the bot's account and its avatar's hash; give the account's id."""
        self.backend.bot_user.name = name
        self.backend.bot_user.avatar = avatar
        return self.backend.bot_user.id

    def limit_bot(self, guild: GuildHandle, permissions: discord.Permissions) -> None:
        """Give the bot's own role in a guild exactly these permissions; simcord gives nearly all."""
        for role in self.backend.guilds[guild.id].roles.values():
            if role.managed:
                role.permissions = permissions.value

    def channel_handle(self, channel_id: int) -> ChannelHandle:
        """Find a channel, thread or direct-message channel by its id."""
        channel = self.backend.get_channel(channel_id)
        guild = (
            None if channel.guild_id is None else GuildHandle(self, self.backend.get_guild(channel.guild_id))
        )
        return ChannelHandle(self, guild, channel)

    def threads(self, guild: GuildHandle) -> list[ChannelHandle]:
        """List the guild's threads that are not archived, oldest first."""
        found = (self.backend.channels[key] for key in self.backend.guilds[guild.id].thread_ids)
        open_ones = (item for item in found if item.thread_metadata and not item.thread_metadata.archived)
        return [ChannelHandle(self, guild, item) for item in open_ones]

    async def close(self) -> None:
        """Close the bot as `bot.run` would, then take simcord's hooks out of the event loop."""
        try:
            await self.bot.close()
        finally:
            await self.shutdown()


class MediaAsItIs:
    """Stands in for simcord's media worker: nothing is decoded, re-encoded or refused."""

    async def validate(self, key: str, blob: bytes, *, media_time: float | None = None) -> MediaInfo:
        """Describe an upload without changing it; with a `media_time`, add a film's first frame."""
        facts: MediaFacts = media_facts(blob)
        still = blob if facts.kind == "image" else None
        if media_time is not None and facts.kind == "video":
            still = await asyncio.to_thread(first_frame, blob)
            if still is None:
                raise MediaError("This film has no first frame to show.")
        return MediaInfo(
            format=facts.content_type,
            width=facts.width,
            height=facts.height,
            frames=1,
            decoded_bytes=0,
            normalized=blob,
            content_type=facts.content_type,
            kind=facts.kind,
            poster=still,
            transformation="none",
            memory_limited=True,
        )

    def release(self, key: str) -> None:
        """Keep nothing, so there is nothing to release."""

    async def close(self) -> None:
        """Hold no process, so there is none to end."""


@dataclass(frozen=True)
class PageParts:
    """What the page gets from us: dressed HTML, our own files by path and place, the places by address.

    `file` is given the place, or None for a request that does not carry this run's capability.
    """

    dress: Callable[[str], str]
    file: Callable[[str, str | None], web.Response | None]
    place_of: Callable[[str], tuple[ChannelHandle, MemberActor | UserHandle]]


class LivePreview(Preview):
    """simcord's preview for many channels, with queued actions and a page that follows the bot."""

    _MAX_PAGES = 64

    def __init__(
        self,
        env: LiveEnv,
        channel: ChannelHandle,
        viewers: tuple[MemberActor, ...],
        *,
        timezone: str,
        assets: Mapping[str, tuple[str, bytes]],
        port: int,
        parts: "PageParts",
    ) -> None:
        super().__init__(
            env,
            channel,
            viewers,
            layout="channel",
            display="responsive",
            width=960,
            height=720,
            locale="en-US",
            timezone=timezone,
            presentation_time=None,
            assets=assets,
            port=port,
        )
        self._server = LivePreviewServer(self, port)
        self._media_worker = MediaAsItIs()  # pyright: ignore[reportAttributeAccessIssue]
        self._turnstile = asyncio.Lock()
        self._buttons: dict[str, OrderedDict[int, dict[str, str]]] = {}
        self._pictures: dict[str, OrderedDict[str, tuple[str, bytes, str]]] = {}
        self._live = env
        self.parts = parts

    async def __aenter__(self) -> "LivePreview":
        self._parser_before = _markdown._markdown_parser
        self._description_before = _markdown._FIELD_POLICIES[DESCRIPTION]
        _markdown._markdown_parser = _remembering(self._parser_before)
        _markdown._FIELD_POLICIES[DESCRIPTION] = {
            **self._description_before,
            "subtext": True,
            "mentions": True,
        }
        await super().__aenter__()
        return self

    async def _cleanup(self) -> None:
        _markdown._markdown_parser = self._parser_before
        _markdown._FIELD_POLICIES[DESCRIPTION] = self._description_before
        await super()._cleanup()

    @property
    def turnstile(self) -> asyncio.Lock:
        """The lock that user actions pass one at a time; hold it to act beside open pages."""
        return self._turnstile

    @contextmanager
    def _at(self, channel: ChannelHandle) -> Iterator[None]:
        before, self.channel = self.channel, channel
        try:
            yield
        finally:
            self.channel = before

    def open_at(self, place: str) -> dict[str, Any]:
        """Open a page on a place such as `bridge.ada` and give its first state. Raises SetupError."""
        channel, viewer = self.parts.place_of(place)
        everyone, self.viewers = self.viewers, (viewer,)
        try:
            with self._at(channel):
                page = self._open_page()
        finally:
            self.viewers = everyone
        return self._page_payload(page)

    def publish_changes(self) -> None:
        """Publish every open page again; focus, scroll and drafts are the page's own and stay."""
        self._advance_presentation_time()
        for page in tuple(self._pages.values()):
            if page is not self._python and page.id in self._pages:
                self._publish(page, reason="refresh")

    def _publish(self, page: Any, *, reason: Any = "action") -> None:
        super()._publish(page, reason=reason)
        if page is self._python:
            return
        seen = self._buttons.setdefault(page.id, OrderedDict())
        seen[page.revision] = _buttons_of(page.snapshot)
        while len(seen) > REVISIONS_KEPT:
            seen.popitem(last=False)
        self._keep_pictures(page)
        for gone in self._buttons.keys() - self._pages.keys() - {page.id}:
            del self._buttons[gone]
            self._pictures.pop(gone, None)

    def _keep_pictures(self, page: Any) -> None:
        """Keep what this page shows: it fetches a picture after the publication, when the next may be out."""
        kept = self._pictures.setdefault(page.id, OrderedDict())
        for asset_id, record in page.assets.items():
            blob = self._blobs.get(record.digest) if record.digest is not None else None
            if blob is not None and record.contentType.startswith("image/"):
                kept[asset_id] = (record.contentType, blob.data, record.filename)
                kept.move_to_end(asset_id)
        while len(kept) > PICTURES_KEPT:
            kept.popitem(last=False)

    async def _prepare_asset(
        self, context_id: str | None, asset_id: str, **how: Any
    ) -> tuple[str, bytes, str]:
        try:
            return await super()._prepare_asset(context_id, asset_id, **how)
        except SetupError:
            kept = self._pictures.get(context_id or "", {}).get(asset_id)
            if kept is None or any(how.values()):
                raise
            return kept

    async def _action(self, context_id: str | None, body: Mapping[str, Any]) -> dict[str, Any]:
        async with self._turnstile:
            page = self._get_page(context_id)
            with self._at(self._live.channel_handle(page.channel_id)):
                return await super()._action(context_id, self._fresh(page, body))

    def _fresh(self, page: Any, body: Mapping[str, Any]) -> Mapping[str, Any]:
        """Admit an action made on an older publication, remembering which one its user saw."""
        revision = body.get("published_revision") if isinstance(body, Mapping) else None
        if not isinstance(revision, int) or revision > page.revision:
            return body
        return {**body, "published_revision": page.revision, "seen_revision": revision}

    def _prepare_action(self, page: Any, kind: str, body: Mapping[str, Any]) -> Any:
        if kind == "click":
            seen = self._buttons[page.id].get(body["seen_revision"], {}).get(str(body.get("control_key")))
            message = self._target_message(page, self._target_id(body.get("target_id"), page.viewer))
            if seen is not None and seen != _custom_id_now(message, body.get("control_key")):
                return self._click_as_seen(page, message, seen)
        return super()._prepare_action(page, kind, body)

    def _click_as_seen(self, page: Any, message: Any, custom_id: str) -> Any:
        """Send the custom_id the user saw, as Discord does; the bot answers that the board is old."""
        data = {"custom_id": custom_id, "component_type": BUTTON}

        async def run_click(action: Any, cursor: int) -> dict[str, Any]:
            sent = _component_interaction(page.viewer, message, data)
            return await self._run_interaction_action(page, action, cursor, sent)

        return run_click


class LivePreviewServer(PreviewServer):
    """simcord's page server with our own files beside its own and places in the capability."""

    preview: LivePreview
    _STATIC_FILES = PreviewServer._STATIC_FILES | {
        path: path for path in ("/demo.css", "/demo.js", "/demo.json", "/demo.png")
    }

    async def start(self) -> None:
        """Listen on the loopback address. Raises DemoError when the port is taken."""
        try:
            await super().start()
        except SetupError as error:
            said = f"Port {self._requested_port} is taken: does another demo run? Choose one with --port."
            raise DemoError(said) from error

    def _authorized(self, request: web.Request, *, context: str | None = None) -> bool:
        header = request.headers.get("X-Simcord-Capability", "")
        headers = request.headers.copy()
        headers["X-Simcord-Capability"] = header.partition(".")[0]
        return super()._authorized(request.clone(headers=headers), context=context)

    async def _pages(self, request: web.Request) -> web.Response:
        if not self._authorized(request):
            raise web.HTTPUnauthorized
        place = request.headers["X-Simcord-Capability"].partition(".")[2]
        return web.json_response(self.preview.open_at(place), headers=self._SECURITY_HEADERS)

    async def _static(self, request: web.Request) -> web.Response:
        if request.headers.get("Host", "") not in self._allowed_hosts():
            raise web.HTTPForbidden
        header = request.headers.get("X-Simcord-Capability", "")
        place = header.partition(".")[2] if self._authorized(request) else None
        ours = self.preview.parts.file(request.path, place)
        if ours is not None:
            ours.headers.update(self._SECURITY_HEADERS)
            return ours
        response = await super()._static(request)
        if request.path == "/":
            response.text = self.preview.parts.dress(response.text or "")
        elif request.path.startswith(("/fonts/", "/vendor/")):
            response.headers["Cache-Control"] = "private, max-age=86400"
            response.headers.pop("Pragma", None)
        return response


def _remembering(build: Callable[..., Any]) -> Callable[..., Any]:
    """Build each Markdown parser once; simcord builds one per text, two thirds of a publication's time."""
    known: OrderedDict[tuple[int, str], Any] = OrderedDict()

    def parser(policy: Mapping[str, Any], context: Mapping[str, Any]) -> Any:
        key = (id(policy), repr(context))
        found = known.get(key)
        if found is None:
            found = known[key] = build(policy, context)
        known.move_to_end(key)
        if len(known) > PARSERS_KEPT:
            known.popitem(last=False)
        return found

    return parser


def _custom_id_now(message: Any, control_key: Any) -> str | None:
    """Give the custom_id that a control has on its message now, or None where it is gone or disabled."""
    try:
        return _find_scoped_component(message, control_key, types=(BUTTON,)).get("custom_id")
    except SetupError:
        return None


def _buttons_of(snapshot: Mapping[str, Any]) -> dict[str, str]:
    """Map each enabled button's control key to its custom_id, for every message of a page's snapshot."""
    found: dict[str, str] = {}
    waiting: list[Any] = list(snapshot.get("messages", {}).values())
    while waiting:
        node = waiting.pop()
        if not isinstance(node, dict):
            continue
        waiting.extend(node.get("components") or ())
        waiting.append(node.get("accessory"))
        key, custom_id = node.get("control_key"), node.get("custom_id")
        if key and custom_id and not node.get("disabled") and node.get("style") not in LINK_STYLES:
            found[key] = custom_id
    return found
