"""What Discord answers and how the gateway is, as metrics. It sends nothing and delays nothing.

Requests are seen through aiohttp's trace: the status first, then, where it is an error, the body with
Discord's own code.
"""

import json
import math
import types
from collections.abc import Mapping

import aiohttp
from discord.ext import commands

from engine_client.telemetry.metrics import Metrics, Values

MOST_CODES = 64  # Discord's list is finite, a proxy's need not be


class DiscordMetrics:
    """Counters of REST calls; gauges of shards."""

    def __init__(self, metrics: Metrics) -> None:
        text = "Answers of Discord's REST API"
        self._requests = metrics.counter("discord_requests", text, ("method", "status"))
        text = "Refusals of Discord's REST API, by HTTP status and Discord's own code"
        self._errors = metrics.counter("discord_errors", text, ("status", "code"))
        text = "REST calls without an answer"
        self._broken = metrics.counter("discord_requests_cut_off", text, ())
        text = "429 answers: user, shared, or global"
        self._limited = metrics.counter("discord_rate_limited", text, ("scope",))
        text = "Seconds that 429 answers told the bot to wait"
        self._waits = metrics.counter("discord_rate_limit_wait_seconds", text, ())
        text = "Answers that used a rate limit up: what comes next waits for its end"
        self._used_up = metrics.counter("discord_rate_limits_used_up", text, ())
        self._codes: set[str] = set()
        self._metrics = metrics

    def trace_into(self, config: aiohttp.TraceConfig) -> aiohttp.TraceConfig:
        """Add the observers to the trace of a discord.py client."""
        config.on_request_end.append(self._ended)
        config.on_response_chunk_received.append(self._read)
        config.on_request_exception.append(self._cut_off)
        return config

    def follow(self, bot: commands.AutoShardedBot) -> None:
        """Show the shards of a bot."""

        def up() -> Values:
            return {(str(number),): float(not shard.is_closed()) for number, shard in bot.shards.items()}

        def latency() -> Values:
            known = ((str(number), seconds) for number, seconds in bot.latencies)
            return {(number,): seconds for number, seconds in known if math.isfinite(seconds)}

        self._metrics.gauge("shard_up", "1 while the shard's gateway is open", ("shard",), up)
        text = "From a heartbeat to its acknowledgement"
        self._metrics.gauge("gateway_latency_seconds", text, ("shard",), latency)
        text = "Servers that this process sees"
        self._metrics.gauge("guilds", text, (), lambda: {(): float(len(bot.guilds))})

    async def _ended(
        self,
        _session: aiohttp.ClientSession,
        context: types.SimpleNamespace,
        done: aiohttp.TraceRequestEndParams,
    ) -> None:
        status, headers = done.response.status, done.response.headers
        context.failed_with = status if status >= 400 else 0
        self._requests.labels(done.method, str(status)).inc()
        if status == 429:
            self._limited.labels(headers.get("X-RateLimit-Scope", "unknown")[:16]).inc()
            self._waits.inc(_seconds(headers, "Retry-After"))
        elif headers.get("X-RateLimit-Remaining") == "0":
            self._used_up.inc()

    async def _read(
        self,
        _session: aiohttp.ClientSession,
        context: types.SimpleNamespace,
        read: aiohttp.TraceResponseChunkReceivedParams,
    ) -> None:
        status = getattr(context, "failed_with", 0)
        if status:
            context.failed_with = 0
            self._errors.labels(str(status), self._code(read.chunk)).inc()

    async def _cut_off(
        self,
        _session: aiohttp.ClientSession,
        _context: types.SimpleNamespace,
        _failed: aiohttp.TraceRequestExceptionParams,
    ) -> None:
        self._broken.inc()

    def _code(self, body: bytes) -> str:
        """Read Discord's code out of an error's body; "none" without one, "other" past the first 64."""
        try:
            said = json.loads(body)
        except ValueError:
            return "none"
        code = said.get("code") if isinstance(said, dict) else None
        if type(code) is not int:
            return "none"
        if len(self._codes) < MOST_CODES:
            self._codes.add(str(code))
        return str(code) if str(code) in self._codes else "other"


def _seconds(headers: Mapping[str, str], name: str) -> float:
    try:
        seconds = float(headers.get(name, "0"))
    except ValueError:
        return 0.0
    return seconds if math.isfinite(seconds) and seconds > 0 else 0.0
