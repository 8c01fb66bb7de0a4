"""Records are made from accounts, runs and turns, as voyages end."""

import msgspec
import pytest

from engine_client.errors import EngineAway
from engine_client.models import Place, Turn, TurnRef, VoyageEnd
from sessions.history.build import make_record
from sessions.history.chronicle import Chronicle
from sessions.history.models import AreaShare
from sessions.runs.accountant import Accountant
from sessions.runs.models import Account
from storage.run_rows import Moment

CHANNEL = "4711"


def a_turn(n, region="Rim", end=None, **tallies):
    """One turn of voyage 1."""
    place = Place(region, region, f"n{n}", f"Node {n}")
    texts = ("", "", "", "", (), (), (), place, "Ada", "Scout", "")
    counted = {key.replace("_", ":", 1): count for key, count in tallies.items()}
    return Turn(CHANNEL, 1, n, f"t{n}", 1000.0 + n, *texts, end=end, tallies=counted)


def a_moment(n, region, ore, ended=""):
    """What the accountant hears of turn n."""
    base = (CHANNEL, 1, n, 1000.0 + 600 * n, region, region, f"n{n}", f"Node {n}")
    return Moment(*base, {"ore": ore}, {"ore": 2.0}, {"ore": "Ore"}, ended=ended)


class Journal:
    """The part of an engine that the chronicle reads."""

    def __init__(self, turns):
        self.turns_kept, self.away, self.asked = turns, False, 0

    async def turns(self, session_id, *, after: TurnRef, limit=100):
        self.asked += 1
        if self.away:
            raise EngineAway
        later = [t for t in self.turns_kept if (t.voyage, t.n) > (after.voyage, after.n)]
        return later[:2]


@pytest.fixture
def journal():
    """A voyage of five turns over two regions that ends in a death, and a turn of the next."""
    dead = VoyageEnd("hull_failed", "Lost with all hands", "The hull gave way.")
    turns = [
        a_turn(1, used_fuel=3),
        a_turn(2, kill_Pirate=1, used_fuel=2),
        a_turn(3, "Core", flee=1),
        a_turn(4, "Core", kill_Pirate=1, **{"kill_Void maw": 1}),
        a_turn(5, "Core", end=dead, used_food=1),
    ]
    return Journal([*turns, msgspec.structs.replace(turns[0], voyage=2)])


async def fly(store):
    """Account the voyage's runs: 20 in the Rim, 60 in the Core, 20 minutes each."""
    accountant = Accountant()
    moments = [a_moment(1, "Rim", 0), a_moment(3, "Core", 10), a_moment(5, "Core", 40, "hull_failed")]
    for moment in moments:
        await store.database.write(accountant(moment))


async def test_an_ended_voyage_is_recorded_once(store, history, journal):
    chronicle = Chronicle(journal, store.runs, history)
    assert await chronicle.catch_up() == []
    await fly(store)
    (record,) = await chronicle.catch_up()
    assert record.session_id == "1970-01-01_00-26-40"
    assert (record.total_gold, record.runs, record.run_minutes) == (80.0, 2, 40.0)
    assert record.gold_per_hour == 120.0
    assert record.duration_minutes == 40.0
    assert (record.kills, record.deaths, record.flee_events) == (3, 1, 1)
    assert record.enemy_breakdown == {"Pirate": 2, "Void maw": 1}
    assert record.supplies_used == {"fuel": 5, "food": 1}
    assert record.flees_by_area == {"Core": 1}
    assert record.areas_farmed == (AreaShare("Rim", 20.0, 20.0), AreaShare("Core", 60.0, 20.0))
    assert record.ending == "Lost with all hands"
    asked = journal.asked
    assert await chronicle.catch_up() == []
    assert journal.asked == asked


async def test_an_engine_that_is_away_delays_the_record(store, history, journal, caplog):
    await fly(store)
    journal.away = True
    chronicle = Chronicle(journal, store.runs, history)
    assert await chronicle.catch_up() == []
    assert await chronicle.catch_up() == []
    assert caplog.text.count("not recorded yet") == 1
    journal.away = False
    assert len(await chronicle.catch_up()) == 1


async def test_the_record_and_its_mark_are_one_transaction(store, history, journal):
    await fly(store)
    (account,) = await store.runs.ended(recorded=False)
    await Chronicle(journal, store.runs, history).catch_up()
    assert await store.runs.ended(recorded=False) == []
    assert (await store.runs.ended(recorded=True))[0].voyage == account.voyage
    assert await history.count(CHANNEL) == 1


@pytest.mark.parametrize(
    ("cause", "victory", "deaths"),
    [("restart", False, 0), ("idle", False, 0), ("won", True, 0), ("battle", False, 1)],
)
def test_only_a_lost_ship_is_a_death(cause, victory, deaths):
    last = a_turn(2, end=VoyageEnd(cause, "The end", "So it ended.", victory))
    account = Account(CHANNEL, 1, 1000.0, ended_at=1500.0, cause=cause)
    assert make_record(account, [], [a_turn(1), last]).deaths == deaths


def test_a_voyage_without_runs_or_turns_has_a_record_all_the_same():
    record = make_record(Account(CHANNEL, 1, 1000.0, ended_at=900.0, cause="idle"), [], [])
    assert (record.duration_minutes, record.gold_per_hour, record.areas_farmed) == (0.0, None, ())
