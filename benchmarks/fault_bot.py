"""Rounds in which the bot's own process is killed, while players click on a loopback Discord.

`python -m bot run` dies by SIGKILL at a random moment and is started again; Discord, its channels, boards and
players live on in this process (benchmarks/wire). 12 channels play at once. Every click is delivered one to
three times, some once more much later, some beside a rival's click on the same board; what was unanswered
when the bot died is delivered to the next one. A turn counts as acknowledged when the answer to its own
interaction showed the board. Judged by the log and the store (fault_check).
"""

import asyncio
import random
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.fault_log import TurnLog
from benchmarks.fault_rounds import PATIENCE
from benchmarks.wire.player import Board, Player, Sent
from benchmarks.wire.process import BotProcess
from benchmarks.wire.world import LoopbackDiscord, running_discord
from storage.store import FILE_NAME

CHANNELS = 12
LONGEST = 1.0  # seconds under load before the kill: a bot's turn has a picture, it takes longer
AGAIN = 0.5  # of what a dead bot left unanswered is delivered to the next one
LATE = 0.05  # of all clicks are delivered once more, some turns later
RIVALS = 0.1  # of all clicks meet another one on the same board


@dataclass
class Seat:
    """One channel, its player, and what the bot has not answered yet."""

    player: Player
    channel_id: int
    dice: random.Random
    open: list[Sent] = field(default_factory=list)
    late: list[Sent] = field(default_factory=list)
    launches: list[Sent] = field(default_factory=list)  # that may be the next voyage


class BotPlayers:
    """Plays channels on a Discord for as long as a bot lives."""

    def __init__(self, discord: LoopbackDiscord, log: TurnLog) -> None:
        self._discord = discord
        self._log = log
        self.seats: list[Seat] = []
        guild = discord.add_guild("Load")
        for number in range(CHANNELS):
            player = discord.add_player(guild, f"player{number}")
            channel = discord.add_channel(guild, f"c{number}")
            self.seats.append(Seat(player, channel, random.Random(number)))

    async def play(self, seat: Seat) -> None:
        """Play one channel until cancelled. What the last bot left open comes first."""
        for sent in seat.open:
            if seat.dice.random() < AGAIN:
                sent.again()
        seat.open = [sent for sent in seat.open if not sent.record.responded]
        while True:
            before = seat.player.board(seat.channel_id)
            sent = self._act(seat, before)
            await self._discord.until(lambda sent=sent: all(map(self._answered, sent)), "answers", PATIENCE)
            await self._discord.until(
                lambda before=before: _ref(seat.player.board(seat.channel_id)) > _ref(before),
                "a board",
                PATIENCE,
            )
            self._note(seat, sent)
            if seat.dice.random() < LATE:
                seat.late += sent
            if seat.late and seat.dice.random() < LATE:
                seat.late.pop(0).again()

    def _act(self, seat: Seat, board: Board | None) -> list[Sent]:
        """Click, once or more; give the interactions."""
        if board is None or not board.choices:
            sent = [self._launch(seat, board)]
            seat.launches += sent
        else:
            times = 2 if seat.dice.random() < RIVALS else 1
            picks = [seat.dice.choice(board.choices) for _ in range(times)]
            sent = [seat.player.send_click(seat.channel_id, pick) for pick in picks]
            seat.launches = [each for each in seat.launches if not each.record.responded]
        for each in sent:
            self._log.sent(str(seat.channel_id), str(each.record.id), *_ref(board))
            for _ in range(seat.dice.randint(0, 2)):
                each.again()
        seat.open += sent
        return sent

    def _launch(self, seat: Seat, board: Board | None) -> Sent:
        if board is None:
            return seat.player.send_slash(seat.channel_id, "play")
        new = next(custom_id for custom_id in board.ids if custom_id.startswith("board:new:"))
        return seat.player.send_click(seat.channel_id, new)

    def _note(self, seat: Seat, sent: list[Sent]) -> None:
        """Write down which interaction the bot answered with the next turn's board."""
        now = _ref(seat.player.board(seat.channel_id))
        seat.open = [each for each in seat.open if each not in sent]
        for each in sent:
            # After a launch that a dead bot left open, nobody knows which of them the new voyage is.
            alone = len(seat.launches) == 1
            if alone if each in seat.launches else self._showed(each):
                self._log.kept(str(seat.channel_id), str(each.record.id), *now)

    def _showed(self, sent: Sent) -> bool:
        """Say whether the answer to a click was the edited board, at once or after an acknowledgement."""
        return sent.record.response_kind == "update" or sent.record.token in self._discord.rest.edited

    def _answered(self, sent: Sent) -> bool:
        """Say whether a player would have seen an answer, more than "the bot is thinking"."""
        record = sent.record
        if not record.deferred:
            return record.responded
        return bool(record.followup_ids) or record.token in self._discord.rest.edited


def _ref(board: Board | None) -> tuple[int, int]:
    return board.ref if board is not None else (0, 0)


async def bot_rounds(folder: Path, database_url: str, log_file: Path, rounds: int) -> tuple[str, int]:
    """Kill and start the bot again and again under its players.

    Gives where its store is, and how many unexpected errors the bots wrote into their logs.
    """
    log, errors = TurnLog(log_file), 0
    own = {"DATABASE_URL": database_url, "LOG_LEVEL": "WARNING", "TAPE_THREADS": "1"}
    try:
        async with running_discord() as discord:
            players = BotPlayers(discord, log)
            for number in range(rounds):
                bot = await BotProcess.start(discord, folder, **own)
                try:
                    await _round(random.Random(number), number, discord, bot, players, log)
                finally:
                    await bot.kill()
                errors += bot.log.count("unexpected error")
                discord.forget()
                discord.tails.clear()
    finally:
        log.close()
    return database_url or str(folder / FILE_NAME), errors


async def _round(
    dice: random.Random,
    number: int,
    discord: LoopbackDiscord,
    bot: BotProcess,
    players: BotPlayers,
    log: TurnLog,
) -> None:
    """Let one bot live. Every fifth is killed while it starts."""
    if number % 5 == 4:
        await asyncio.sleep(dice.uniform(0.3, 2.0))
        return
    await bot.ready(PATIENCE)
    log.kept_one.clear()
    playing = [asyncio.create_task(players.play(seat)) for seat in players.seats]
    kept = asyncio.create_task(log.kept_one.wait())
    try:
        done, _waiting = await asyncio.wait(
            {kept, *playing}, timeout=PATIENCE, return_when=asyncio.FIRST_COMPLETED
        )
        for player in done - {kept}:
            player.result()
        if not done:
            raise RuntimeError(f"the bot takes no turn: {bot.tail()}")
        await asyncio.sleep(dice.uniform(0, LONGEST))
        await bot.kill()
    finally:
        for task in (kept, *playing):
            task.cancel()
        await asyncio.gather(kept, *playing, return_exceptions=True)
