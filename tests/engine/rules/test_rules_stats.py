"""Effective stats: the order of counting, the rules of stacking, the caps, and where a number comes from."""

import msgspec

from engine.content import Content
from engine.rules.game import launch, turn_random
from engine.rules.play import Play
from engine.rules.state import GameState, ShipMods, TempEffect
from engine.rules.stats import CAPS, get_effective_stats, stat_totals
from engine.rules.upkeep import pass_time, process_turn_effects


def ship(**changes: object) -> GameState:
    """Make a bare state; stats do not ask for a map."""
    return msgspec.structs.replace(GameState(1, "Ada"), **changes)


def test_every_source_counts_in_its_order_and_is_told(content: Content) -> None:
    state = ship(
        ship_mods=ShipMods(mid=("deep_array",)),
        pod_augmentations=("far_eye",),
        temp_effects=(TempEffect("focus", 3),),
    )
    stats = get_effective_stats(content, state)
    assert [part.source for part in stats.parts if part.stat == "scanner"] == [
        "Scout",
        "Deep Array",
        "Far eye",
        "Focus",
    ]
    assert stats.explain("scanner") == "Scanner 9 = 4 Scout + 2 Deep Array + 2 Far eye + 1 Focus (3 watches)"
    assert stats.totals == stat_totals(content, state)


def test_a_second_copy_counts_half(content: Content) -> None:
    two = get_effective_stats(content, ship(ship_mods=ShipMods(high=("twin_turret", "twin_turret"))))
    assert two.totals["attack"] == 12 + 5 + 2


def test_totals_are_cut_to_their_caps_and_say_so(content: Content) -> None:
    heavy = ShipMods(high=("siege_mortar", "rail_lance", "twin_turret", "pulse_cannon", "whaler_harpoon"))
    stats = get_effective_stats(content, ship(ship_mods=heavy))
    assert stats.totals["attack"] == CAPS["attack"][1]
    assert "held at 30" in stats.explain("attack")


def test_negative_parts_read_naturally(content: Content) -> None:
    stats = get_effective_stats(content, ship(temp_effects=(TempEffect("static", 1),)))
    assert stats.explain("scanner") == "Scanner 1 = 4 Scout − 3 Static (1 watch)"


def test_augmentations_need_the_pod(content: Content) -> None:
    state = ship(pod_augmentations=("far_eye",), has_flight_pod=False)
    assert stat_totals(content, state)["scanner"] == 4


def test_effects_never_change_the_size_of_the_ship(content: Content) -> None:
    plain = stat_totals(content, ship())
    for name in content.effects:
        totals = stat_totals(content, ship(temp_effects=(TempEffect(name, 5),)))
        assert {stat: totals[stat] for stat in ("hull", "tank", "cargo")} == {
            stat: plain[stat] for stat in ("hull", "tank", "cargo")
        }


def test_a_watch_counts_down_consumes_and_repairs(content: Content) -> None:
    state = ship(
        ship_condition=50,
        ship_mods=ShipMods(low=("repair_gang",)),
        temp_effects=(TempEffect("fever", 1), TempEffect("focus", 2)),
        market={"3.ore": 2, "4.ore": -1},
    )
    after, messages = process_turn_effects(content, state)
    assert (after.day, after.food, after.fuel) == (1, 49, 99)
    assert after.ship_condition == 52
    assert after.health == 97
    assert after.temp_effects == (TempEffect("focus", 1),)
    assert after.market == {"3.ore": 1}
    assert messages == ("Fever wears off.",)
    assert state.day == 0
    assert state.temp_effects[0].turns == 1


def test_hunger_and_cold_do_harm(content: Content) -> None:
    after, messages = process_turn_effects(content, ship(food=0, fuel=0))
    assert after.health == 100 - 7 - 6
    assert after.last_blow == "froze"
    assert len(messages) == 2


def test_quiet_watches_are_the_same_at_once_and_one_by_one(content: Content) -> None:
    for food, fuel in ((50, 100), (4, 100), (50, 3), (3, 3), (0, 0)):
        mended = ShipMods(low=("repair_gang",), mid=("sick_bay",))
        state, _ = launch(content, 7, "Ada")
        state = msgspec.structs.replace(
            state, food=food, fuel=fuel, health=60, ship_condition=60, ship_mods=mended
        )
        play = Play(content, state, turn_random(7, 2))
        pass_time(play, 3)
        for _ in range(3):
            state, _ = process_turn_effects(content, state)
        assert play.state == state
