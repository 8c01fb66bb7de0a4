"""What a ship does in open space, whether a button or the player's own words asked for it."""

from engine.rules import battle, cargo, events, navigation, quests, upkeep, vitals, yard
from engine.rules.errors import Refused
from engine.rules.play import Play
from engine.rules.scene import Motif, NodeKind
from engine.rules.state import Screen

ARRIVAL_CHANCE, RETURN_CHANCE = 0.96, 0.8
JUMP_WATCHES = 3
JUMP_STRAIN = 6  # hull points that each jump costs
WORK_CHANCE = 0.75
PATROL_BASE = 0.06
PATROL_STEP = 0.05  # chance of a patrol for one point of a region's danger
REST_HEALTH, REST_HULL = 8, 4
SCAN_WATCHES = 1
BERTH = 5  # turns that a berth is paid for
WORK = {
    NodeKind.PLANET: ("land", "Land", "Go down and look around", "🪂"),
    NodeKind.BELT: ("mine", "Mine the belt", "Ore and ice, and whoever guards it", "⛏️"),
    NodeKind.WRECK: ("salvage", "Salvage the wreck", "Parts, and what killed it", "🔧"),
    NodeKind.ANOMALY: ("probe", "Probe the anomaly", "Nobody knows", "🌀"),
    NodeKind.NEBULA: ("skim", "Skim the nebula for fuel", "Free fuel, bad weather", "🌫️"),
    NodeKind.STAR: ("skim", "Scoop fuel from the star", "Free fuel, hot work", "☀️"),
}
WORK_MOTIF = {
    "land": Motif.CALM,
    "mine": Motif.MINING,
    "salvage": Motif.SALVAGE,
    "probe": Motif.ANOMALY,
    "skim": Motif.STORM,
}


def travel(play: Play, target: int) -> None:
    """Jump to a neighbour and meet what is there. Raises Refused."""
    old_region = play.region.id
    is_new = target not in play.state.star_map.visited
    navigation.jump(play, target)
    play.action = f"Jump to {play.node.name}"
    play.title = play.node.name
    play.motif = Motif.JUMP
    play.show(Screen.NODE)
    play.state.back = Screen.NODE
    vitals.change_hull(play, -JUMP_STRAIN, "hull_failed")
    upkeep.pass_time(play, JUMP_WATCHES)
    if play.state.active_quest is not None:
        play.messages.append(f"Quest: {quests.describe(play)}")
    if play.region.id != old_region and is_new:
        play.tell(play.region.description)
        navigation.hear_of_sites(play)
    if play.node.site:
        play.tell(play.content.sites[play.node.site].arrival)
    elif not (events.draw_due(play) or _meets_patrol(play) or _meets_something(play, is_new)):
        lines = play.region.arrivals
        play.tell(lines[int(play.rng.random() * len(lines))])


def work(play: Play, trigger: str) -> None:
    """Work the place's own riches, once. Raises Refused."""
    if WORK.get(play.node.kind, ("",))[0] != trigger:
        raise Refused(f"There is nothing to {trigger} at {play.node.name}.")
    if play.node.index in play.state.star_map.spent:
        raise Refused(f"{play.node.name} has nothing more to give.")
    play.action = WORK[play.node.kind][1]
    play.title = play.node.name
    play.motif = WORK_MOTIF[trigger]
    navigation.mark_spent(play)
    upkeep.pass_time(play)
    if trigger == "mine":
        _dig(play)
    elif trigger == "skim":
        vitals.change_supplies(play, play.roll((9, 16)) + play.stats["mining"], 0)
    is_eventful = trigger in ("land", "salvage", "probe") or play.is_lucky(WORK_CHANCE)
    if not (is_eventful and events.draw(play, trigger)):
        play.tell(play.phrase(trigger + "_quiet"))


def dock(play: Play) -> None:
    """Go alongside the station here. Raises Refused."""
    if not is_port(play):
        raise Refused("There is no station here.")
    play.action = f"Dock at {play.node.name}"
    play.title = play.node.name
    play.motif = Motif.DOCKED
    play.state.back = Screen.DOCK
    play.state.berth = BERTH
    play.show(Screen.DOCK)
    upkeep.pass_ashore(play)
    is_first = play.node.index not in play.state.star_map.spent
    navigation.mark_spent(play)
    if not (is_first and play.is_lucky(0.5) and events.draw(play, "dock")):
        play.tell(play.phrase("dock"))


def rest(play: Play) -> None:
    """Let two watches pass in peace, once at each place. Raises Refused."""
    if play.state.rested:
        raise Refused("The crew has rested here. It is time to move on.")
    play.state.rested = True
    play.action = "Rest and repair"
    play.motif = Motif.REPAIR
    upkeep.pass_time(play, 2)
    if play.state.food > 0:
        vitals.change_health(play, REST_HEALTH, "")
    vitals.change_hull(play, REST_HULL, "")
    if not (play.is_lucky(0.3) and events.draw(play, "rest")):
        play.tell(play.phrase("rest"))


def scan(play: Play) -> None:
    """Chart unknown stars from afar; sometimes the scan finds more."""
    play.action = "Long scan"
    play.motif = Motif.SCAN
    upkeep.pass_time(play, SCAN_WATCHES)
    found = navigation.reveal(play, 2 + play.stats["scanner"] // 2)
    play.messages.append(f"Charted: {found} new star{'s' if found != 1 else ''}")
    if not (play.is_lucky(0.5) and events.draw(play, "scan")):
        play.tell(play.phrase("scan"))


def use(play: Play, name: str) -> None:
    """Use one piece of an item. Raises Refused."""
    item = play.content.items.get(name)
    if item is None or not (item.hull or item.fuel or item.food or item.health or item.effect or item.cure):
        raise Refused("That cannot be used, only carried, sold or fitted.")
    if cargo.unload(play, name, 1) == 0:
        raise Refused(f"There is no {item.name} in the hold.")
    play.action = f"Use {item.name}"
    play.count(f"used:{name}")
    play.motif = Motif.REPAIR
    vitals.change_hull(play, item.hull, "")
    vitals.change_health(play, item.health, "wounds")
    vitals.change_supplies(play, item.fuel, item.food)
    vitals.cure(play, item.cure)
    for effect, turns in item.effect.items():
        vitals.give_effect(play, effect, turns)
    play.tell(item.note)


def fit(play: Play, name: str) -> None:
    """Fit a modification from the hold. Raises Refused."""
    yard.fit(play, name)
    mod = play.content.mods[name]
    play.action = f"Fit {mod.name}"
    play.motif = Motif.REPAIR
    play.tell(f"{mod.name} is bolted in: {mod.note}.")


def stores_line(play: Play) -> str:
    """Say in one line what lies in the hold."""
    hold = cargo.hold_of(play.content, play.state)
    things = ", ".join(f"{stack.quantity} {stack.name}" for stack in hold.stacks[:8]) or "nothing"
    more = f" and {len(hold.stacks) - 8} more kinds" if len(hold.stacks) > 8 else ""
    return f"The hold: {things}{more}. {hold.used:g} of {hold.capacity:g} taken."


def _meets_something(play: Play, is_new: bool) -> bool:
    return play.is_lucky(ARRIVAL_CHANCE if is_new else RETURN_CHANCE) and events.draw(play, "arrive")


def _meets_patrol(play: Play) -> bool:
    """Run into one of those who hunt here, more likely where it is dangerous."""
    patrols = play.region.patrols
    if not patrols or not play.is_lucky(PATROL_BASE + PATROL_STEP * play.region.danger):
        return False
    battle.start(play, play.rng.choices(list(patrols), list(patrols.values()))[0])
    return True


def _dig(play: Play) -> None:
    finds = play.region.finds
    if not finds:
        return
    pieces = play.roll((2, 4)) + play.stats["mining"]
    for item in play.rng.choices(list(finds), list(finds.values()), k=2):
        cargo.stow(play, item, max(1, pieces // 2))


def is_port(play: Play) -> bool:
    """Say whether a ship can dock here."""
    return play.node.kind is NodeKind.STATION


def is_fuel(play: Play, name: str) -> bool:
    """Say whether an item of the hold can go into the tank."""
    item = play.content.items.get(name)
    return item is not None and item.fuel > 0
