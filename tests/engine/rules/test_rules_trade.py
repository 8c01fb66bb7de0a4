"""Cargo by weight, markets that answer to trade, and trade routes that pay."""

import msgspec
import pytest

from engine.content import Content
from engine.rules import cargo, deeds, encounter, market, port, vicinity, yard
from engine.rules.errors import Refused
from engine.rules.game import launch, turn_random
from engine.rules.moves import Intent
from engine.rules.play import Play
from engine.rules.scene import NodeKind
from engine.rules.state import GameState, Screen, ShipMods


def at_port(content: Content, seed: int = 7, **changes: object) -> Play:
    """Give a turn under way at the home port, docked."""
    state, _ = launch(content, seed, "Ada")
    play = Play(content, msgspec.structs.replace(state, **changes), turn_random(seed, 2))
    play.state.screen = play.state.back = Screen.DOCK
    play.state.berth = deeds.BERTH
    return play


def test_overload_is_refused_with_numbers(content: Content) -> None:
    play = at_port(content, inventory={"machinery": 20}, wealth=9000)
    assert play.state.cargo_capacity == 50
    with pytest.raises(Refused, match=r"12 Grain weigh 12; the hold has 40 of 50 taken, so 10 would fit"):
        market.buy(play, "grain", 12)
    assert play.state.inventory == {"machinery": 20}
    assert play.state.wealth == 9000


def test_what_is_found_is_loaded_as_far_as_it_fits(content: Content) -> None:
    play = at_port(content, inventory={"machinery": 24})
    assert cargo.stow(play, "ore", 4) == 1
    assert "Left behind: 3 Iron ore" in play.messages[0]


def test_a_smaller_hold_drops_the_cheapest_and_keeps_the_keys(content: Content) -> None:
    play = at_port(content, inventory={"keystone": 2, "scrap": 30, "optics": 4})
    cargo.shrink_to(play, 10)
    assert play.state.inventory == {"keystone": 2, "scrap": 6, "optics": 4}


def test_buying_raises_and_selling_lowers_the_price(content: Content) -> None:
    play = at_port(content, wealth=5000)
    before = market.buy_price(play, "textiles")
    market.buy(play, "textiles", 12)
    dear = market.buy_price(play, "textiles")
    assert dear > before
    market.sell(play, "textiles", 12)
    assert market.buy_price(play, "textiles") == before
    assert play.state.wealth < 5000, "buying and selling on the spot must not pay"
    assert play.state.credits_spent > play.state.credits_earned > 0


def test_prices_recover_with_time(content: Content) -> None:
    play = at_port(content, wealth=5000)
    market.buy(play, "textiles", 5)
    for _ in range(5):
        deeds.upkeep.pass_time(play)
    assert play.state.market == {}


def test_some_known_route_pays_well(content: Content) -> None:
    for seed in range(10):
        play = at_port(content, seed, wealth=5000)
        ports = [node for node in play.stars.nodes if node.kind is NodeKind.STATION]
        margins = [
            market.sell_price(play, item, port) / market.buy_price(play, item)
            for item in market.stock_of(play, play.node)
            for port in ports
            if content.items[item].kind == "trade"
        ]
        assert max(margins) > 1.5


def test_far_from_the_maker_things_are_dearer(content: Content) -> None:
    play = at_port(content)
    ports = {node.region: node for node in play.stars.nodes if node.kind is NodeKind.STATION}
    assert (
        market.price_at(play, ports["verge"], "grain") > market.price_at(play, ports["cradle"], "grain") * 1.8
    )


def test_the_accounting_table_is_the_same_everywhere(content: Content) -> None:
    one, _ = launch(content, 1, "Ada")
    two, _ = launch(content, 2, "Ben")
    assert cargo.prices(content, one) == cargo.prices(content, two)
    assert set(cargo.prices(content, one)) == set(content.items) | set(content.mods)


def test_the_hold_is_told_by_weight(content: Content) -> None:
    state = GameState(1, "Ada", inventory={"medkit": 2, "machinery": 3})
    hold = cargo.hold_of(content, state)
    assert [stack.item_id for stack in hold.stacks] == ["machinery", "medkit"]
    assert (hold.used, hold.capacity) == (7.0, 50.0)
    assert hold.stacks[0].weight == 2.0


def test_service_mends_feeds_fuels_and_heals(content: Content, step) -> None:
    play = at_port(content, fuel=40, food=10, ship_condition=60, health=50, wealth=900)
    play.state.available_choices = ("service",)
    after, outcome = step(play.state, "service")
    assert (after.fuel, after.food, after.ship_condition, after.health) == (100, 60, 100, 100)
    assert "−" in outcome.messages[0]
    assert after.wealth < 900


def test_a_poor_captain_can_work(content: Content, step) -> None:
    play = at_port(content, fuel=3, wealth=0)
    play.state.available_choices = ("leave", "shift")
    state, outcome = step(play.state, "shift")
    assert outcome.title == "A shift on the quay"
    state, _ = step(state, "crates")
    assert state.wealth >= 50
    assert state.screen is Screen.DOCK


def test_a_berth_ends(content: Content, step) -> None:
    play = at_port(content)
    play.state.available_choices = ("market",)
    state = play.state
    for _ in range(deeds.BERTH):
        assert state.screen in (Screen.DOCK, Screen.MARKET)
        state, outcome = step(state, "market" if "market" in state.available_choices else "back")
    assert state.screen is Screen.COURSES
    assert any("berth" in line for line in outcome.messages)


def test_mods_are_fitted_removed_and_limited(content: Content) -> None:
    play = at_port(content, inventory={"side_holds": 1, "long_hold": 1, "armour_belt": 1})
    yard.fit(play, "side_holds")
    yard.fit(play, "long_hold")
    assert play.state.cargo_capacity == 50 + 25 + 45
    with pytest.raises(Refused, match="No free low slot"):
        yard.fit(play, "armour_belt")
    play.state.inventory["ore"] = 50
    with pytest.raises(Refused, match=r"without that"):
        yard.unfit(play, "long_hold")
    assert play.state.ship_mods == ShipMods(low=("side_holds", "long_hold"))


def test_another_hull_keeps_what_fits(content: Content) -> None:
    play = at_port(content, wealth=5000, ship_mods=ShipMods(low=("armour_belt", "ice_house")))
    yard.buy_ship(play, "courier")
    assert play.state.ship_type == "courier"
    assert play.state.ship_mods == ShipMods(low=("armour_belt",))
    assert play.state.ship_condition == play.stats["hull"] == 85 + 30
    assert any("Ice house stays" in line for line in play.messages)


def test_a_pod_is_bought_once_and_augmented(content: Content) -> None:
    play = at_port(content, wealth=5000, has_flight_pod=False)
    with pytest.raises(Refused, match="none"):
        yard.buy_augmentation(play, content.augmentations["far_eye"])
    yard.buy_pod(play)
    yard.buy_augmentation(play, content.augmentations["far_eye"])
    assert play.stats["scanner"] == 6
    with pytest.raises(Refused):
        yard.buy_pod(play)


def test_words_buy_and_sell_exact_amounts(content: Content, step) -> None:
    play = at_port(content, wealth=500)
    state, outcome = step(play.state, Intent("buy", "textiles", amount=3))
    assert state.inventory["textiles"] == 3
    assert outcome.action == "Buy 3 Textiles"
    state, _ = step(state, Intent("sell", "textiles", amount=2))
    assert state.inventory["textiles"] == 1
    with pytest.raises(Refused, match="does not sell"):
        step(state, Intent("buy", "relic_shard"))


def test_the_end_of_a_berth_never_leaves_only_a_way_back(content: Content) -> None:
    for fuel in (0, 60):
        play = at_port(content, fuel=fuel)
        play.state.berth = 1
        port.spend_berth(play)
        offer = vicinity.offer_courses if play.state.screen is Screen.COURSES else vicinity.offer_node
        assert len(offer(play)) > 1
        assert (play.state.screen is Screen.COURSES) == (fuel > 0)


def test_a_price_is_said_once(content: Content) -> None:
    """An event's button says its cost, unless its own words do."""
    for event in content.events.values():
        play = at_port(content, current_event=event.id)
        for entry in event.choice:
            button = encounter._button(play, entry)
            for name, amount in entry.cost.items():
                price = encounter._price(play, name, amount)
                assert f"{button.label} {button.hint}".count(price) == 1, (event.id, entry.id)
