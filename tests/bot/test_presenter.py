"""Boards at their limits: the longest and strangest turn still makes a message that Discord takes."""

import msgspec
import pytest

from bot import presenter
from bot.views.board import board_view
from engine_client.models import MAX_TEXT, Choice, Gauge, Place, Turn, VoyageEnd
from sessions.channel_settings import ChannelSettings, Mode
from sessions.votes import Tally
from tests.discord_limits import faults

LONG = "**@everyone** \u202e🚀 " * 400
SESSION = "9" * 20


def longest_turn() -> Turn:
    choices = tuple(Choice(f"{'c' * 22}{n}", LONG[:60], LONG[:100]) for n in range(5))
    gauges = tuple(Gauge(f"g{n}", LONG[:40], 10**9, 10**9, "⛽") for n in range(12))
    return Turn(
        session_id=SESSION,
        voyage=999_999_999,
        n=999_999_999,
        turn_id="x",
        at=0.0,
        actor=LONG,
        action=LONG[:MAX_TEXT],
        title=LONG,
        story=LONG,
        messages=tuple([LONG] * 30),
        choices=choices,
        gauges=gauges,
        place=Place("r", LONG, "n", LONG),
        captain=LONG,
        ship=LONG,
        picture_text=LONG,
    )


def payload(turn: Turn, **more: object) -> dict[str, object]:
    chosen = ChannelSettings(60, True, Mode.VOTE)
    embed = presenter.board_embed(turn, chosen, file_name="x.jpg", **more)  # type: ignore[arg-type]
    return {"embeds": [embed.to_dict()], "components": board_view(turn).to_components()}


@pytest.mark.parametrize("ended", [False, True])
async def test_the_longest_turn_fits(ended: bool) -> None:
    turn = longest_turn()
    if ended:
        turn = msgspec.structs.replace(turn, choices=(), end=VoyageEnd("x", LONG, LONG))
    made = payload(
        turn,
        deadline=2e9,
        tally=Tally({turn.choices[0].id: 10**6} if not ended else {}, 1.0),
        tape="x" * 900,
    )
    assert faults(made) == []
    embed = made["embeds"][0]  # type: ignore[index]
    shown = str([embed["title"], embed["description"], embed["fields"]])  # where Discord reads Markdown
    assert "@everyone" not in shown
    assert "\u202e" not in str(made)
    assert faults({"embeds": [presenter.status_embed(turn).to_dict()]}) == []
    assert faults({"embeds": [presenter.epitaph(turn).to_dict()]}) == []


async def test_an_empty_turn_fits() -> None:
    turn = msgspec.structs.replace(
        longest_turn(), title="", story="", messages=(), gauges=(), actor="", action="", captain="", ship=""
    )
    assert faults(payload(turn)) == []


async def test_a_low_vital_gauge_is_marked_in_words() -> None:
    gauges = (Gauge("hull", "Hull", 10, 100, "🛡️", vital=True), Gauge("keystones", "Keystones", 0, 3, "🗝️"))
    line = presenter.status_line(gauges)
    assert "**10**/100 ⚠️ low" in line.replace("\u00a0", " ")
    assert line.count("low") == 1
    assert presenter.status_lines(gauges).splitlines()[0].startswith("▰")
