"""Makes the Outcome of a finished turn: the story, what changed, the gauges, the picture's scene."""

from engine.rules import battle, cargo, encounter
from engine.rules.endings import end_of
from engine.rules.outcome import Choice, Gauge, Outcome, Place
from engine.rules.play import Play
from engine.rules.scene import Gauges, Motif, Scene
from engine.rules.state import GameState, Screen

CHANGES = (
    ("ship_condition", "hull"),
    ("fuel", "fuel"),
    ("food", "food"),
    ("health", "health"),
    ("wealth", "credits"),
)
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
    lines = [_changes(play, before), *play.messages]
    if state.screen is Screen.EVENT:
        lines.append(encounter.out_of_reach(play))
    messages = tuple([line for line in lines if line])
    return Outcome(
        n=state.turn_count,
        title=play.title or node.name,
        story=story,
        messages=messages[:MOST_MESSAGES],
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
    stats = play.stats
    lost = before.ship_condition - state.ship_condition if before.in_pod_mode == state.in_pod_mode else 0
    motif = Motif.POD if state.in_pod_mode and not state.game_over else play.motif
    return Scene(
        seed=state.seed,
        turn=state.turn_count,
        region=region.id,
        region_name=region.name,
        node_name=node.name,
        node_kind=node.kind,
        node_seed=node.seed,
        motif=motif,
        ship_type=state.ship_type,
        gauges=Gauges(
            ship_condition=state.pod_hp if state.in_pod_mode else state.ship_condition,
            ship_condition_max=stats["hull"],
            fuel=state.pod_air if state.in_pod_mode else state.fuel,
            fuel_max=stats["tank"],
            food=state.food,
            food_max=stats["larder"],
            health=state.health,
            health_max=100,
            wealth=state.wealth,
            cargo=round(cargo.used_cargo(play.content, state.inventory)),
            cargo_max=state.cargo_capacity,
        ),
        event=play.event or state.current_event,
        in_pod=state.in_pod_mode,
        enemy=_enemy(play),
        damage=max(0, lost),
        danger=min(5, max(play.danger, 0) if play.danger >= 0 else region.danger - 1),
        end_cause=state.end_cause,
        look=region.look,
    )


def _enemy(play: Play) -> str:
    if play.state.battle is not None:
        return play.state.battle.enemy
    event = play.content.events.get(play.state.current_event)
    return event.enemy if event is not None else ""


def _gauges(play: Play, seen: Gauges) -> tuple[Gauge, ...]:
    state = play.state
    if state.in_pod_mode:
        return (
            Gauge("hull", "Pod", seen.ship_condition, seen.ship_condition_max, "🛟"),
            Gauge("air", "Air", state.pod_air, max(12, state.pod_air), "🫧"),
            Gauge("health", "Health", seen.health, 100, "❤️"),
            Gauge("credits", "Credits", seen.wealth, 0, "💳"),
        )
    return (
        Gauge("hull", "Hull", seen.ship_condition, seen.ship_condition_max, "🛡️"),
        Gauge("fuel", "Fuel", seen.fuel, seen.fuel_max, "⛽"),
        Gauge("food", "Food", seen.food, seen.food_max, "🍞"),
        Gauge("health", "Health", seen.health, 100, "❤️"),
        Gauge("credits", "Credits", seen.wealth, 0, "💳"),
        Gauge("cargo", "Cargo", seen.cargo, seen.cargo_max, "📦"),
        Gauge("keystones", "Keystones", min(3, state.inventory.get("keystone", 0)), 3, "🗝️"),
    )


def _changes(play: Play, before: GameState) -> str:
    """Sum up the turn in one line: "−12 hull · +40 credits · +2 Ore"."""
    state = play.state
    parts = []
    if before.in_pod_mode == state.in_pod_mode:
        for field, name in CHANGES:
            change = getattr(state, field) - getattr(before, field)
            if change:
                parts.append(f"{'+' if change > 0 else '−'}{abs(change)} {name}")
    if state.inventory != before.inventory:
        for item in {**before.inventory, **state.inventory}:
            change = state.inventory.get(item, 0) - before.inventory.get(item, 0)
            if change:
                parts.append(f"{'+' if change > 0 else '−'}{abs(change)} {play.content.goods[item].name}")
    return " · ".join(parts)
