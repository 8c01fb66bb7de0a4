"""Makes the Outcome of a finished turn: the story, what changed, the gauges, the picture's scene."""

from engine.rules import battle, cargo, encounter
from engine.rules.endings import end_of
from engine.rules.outcome import Choice, Gauge, Outcome, Place
from engine.rules.play import Play
from engine.rules.scene import Gauges, Motif, Scene
from engine.rules.state import GameState, Screen

MOST_MESSAGES = 8
MOOD = {
    Motif.CALM: "quiet space",
    Motif.JUMP: "a jump's afterglow",
    Motif.BATTLE: "a battle",
    Motif.DOCKED: "a docked ship",
    Motif.MINING: "mining beams in an asteroid belt",
    Motif.STORM: "a storm of charged gas",
    Motif.DISTRESS: "a distress beacon",
    Motif.DERELICT: "a dark derelict",
    Motif.ALIEN: "something alien",
    Motif.ANOMALY: "an anomaly bending the starlight",
    Motif.SCAN: "a scanner's sweep",
    Motif.SALVAGE: "wreckage being picked over",
    Motif.REPAIR: "welding sparks on the hull",
    Motif.POD: "a lone flight pod",
    Motif.LOST: "a ship breaking up",
    Motif.VICTORY: "a triumphant light",
}


def outcome_of(play: Play, before: GameState, choices: list[Choice]) -> Outcome:
    """Make the outcome of a turn; `before` is the state that it began with."""
    state = play.state
    node, region = play.node, play.region
    ship = "Flight pod" if state.in_pod_mode else play.content.ships[state.ship_type].name
    scene = _scene(play, before)
    story = " ".join(play.story)
    if state.screen is Screen.BATTLE:
        story = f"{story} {battle.sign_of(play)}"
    messages = play.messages
    if changes := _changes(play, before):
        messages = [changes, *messages]
    if state.screen is Screen.EVENT and (missed := encounter.out_of_reach(play)):
        messages = [*messages, missed]
    return Outcome(
        n=state.turn_count,
        title=play.title or node.name,
        story=story,
        messages=tuple(messages[:MOST_MESSAGES]),
        action=play.action,
        choices=tuple(choices),
        gauges=_gauges(play, scene.gauges),
        place=Place(region.id, region.name, node.id, node.name),
        captain=state.captain,
        ship=ship,
        picture_text=f"{ship} at {node.name}, {region.name}: {MOOD[scene.motif]}.",
        scene=scene,
        end=end_of(play),
        tallies={**play.tallies, "level": region.danger},
    )


def _scene(play: Play, before: GameState) -> Scene:
    state, node, region = play.state, play.node, play.region
    in_pod = state.in_pod_mode
    lost = before.ship_condition - state.ship_condition if before.in_pod_mode == in_pod else 0
    return Scene(  # positional, in the order of the struct: keywords take five times as long
        state.seed,
        state.turn_count,
        region.id,
        region.name,
        node.name,
        node.kind,
        node.seed,
        Motif.POD if in_pod and not state.game_over else play.motif,
        state.ship_type,
        _numbers(play, state),
        play.event or state.current_event,
        in_pod,
        _enemy(play, state),
        lost if lost > 0 else 0,
        min(5, play.danger if play.danger >= 0 else region.danger - 1),
        state.end_cause,
        region.look,
    )


def _numbers(play: Play, state: GameState) -> Gauges:
    """Give the numbers of the HUD; in the pod, its hull and its air."""
    stats, in_pod = play.stats, state.in_pod_mode
    return Gauges(
        state.pod_hp if in_pod else state.ship_condition,
        stats["hull"],
        state.pod_air if in_pod else state.fuel,
        stats["tank"],
        state.food,
        stats["larder"],
        state.health,
        100,
        state.wealth,
        round(cargo.used_cargo(play.content, state.inventory)),
        state.cargo_capacity,
    )


def _enemy(play: Play, state: GameState) -> str:
    if state.battle is not None:
        return state.battle.enemy
    return play.content.events[state.current_event].enemy if state.current_event else ""


def _gauges(play: Play, seen: Gauges) -> tuple[Gauge, ...]:
    state = play.state
    if state.in_pod_mode:
        return (
            Gauge("hull", "Pod", seen.ship_condition, seen.ship_condition_max, "🛟"),
            Gauge("air", "Air", state.pod_air, max(12, state.pod_air), "🫧"),
            Gauge("health", "Health", seen.health, 100, "❤️"),
            Gauge("credits", "Credits", seen.wealth, 0, "💰"),
        )
    return (
        Gauge("hull", "Hull", seen.ship_condition, seen.ship_condition_max, "🛡️"),
        Gauge("fuel", "Fuel", seen.fuel, seen.fuel_max, "⛽"),
        Gauge("food", "Food", seen.food, seen.food_max, "🍞"),
        Gauge("health", "Health", seen.health, 100, "❤️"),
        Gauge("credits", "Credits", seen.wealth, 0, "💰"),
        Gauge("cargo", "Cargo", seen.cargo, seen.cargo_max, "📦"),
        Gauge("keystones", "Keystones", min(3, state.inventory.get("keystone", 0)), 3, "🗝️"),
    )


def _changes(play: Play, before: GameState) -> str:
    """Sum up the turn in one line: "−12 hull · +40 credits · +2 Ore"."""
    state = play.state
    parts: list[str] = []
    if before.in_pod_mode == state.in_pod_mode:
        _note(parts, state.ship_condition - before.ship_condition, "hull")
        _note(parts, state.fuel - before.fuel, "fuel")
        _note(parts, state.food - before.food, "food")
        _note(parts, state.health - before.health, "health")
        _note(parts, state.wealth - before.wealth, "credits")
    if state.inventory != before.inventory:
        for item in {**before.inventory, **state.inventory}:
            change = state.inventory.get(item, 0) - before.inventory.get(item, 0)
            _note(parts, change, play.content.goods[item].name)
    return " · ".join(parts)


def _note(parts: list[str], change: int, name: str) -> None:
    if change:
        parts.append(f"+{change} {name}" if change > 0 else f"−{-change} {name}")
