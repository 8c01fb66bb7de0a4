"""The ship's and the crew's numbers: every change of them goes through here, within its limits."""

from engine.rules.play import Play
from engine.rules.state import TempEffect
from engine.rules.stats import watches

LONGEST_EFFECT = 99


def give_effect(play: Play, name: str, turns: int) -> None:
    """Start a temporary effect, or make a running one last longer; it never stacks with itself."""
    running = {effect.id: effect.turns for effect in play.state.temp_effects}
    kind = play.content.effects[name]
    play.messages.append(f"{kind.name} for {watches(turns)}: {kind.note}")
    running[name] = min(LONGEST_EFFECT, max(running.get(name, 0), turns))
    play.state.temp_effects = tuple(TempEffect(kind, left) for kind, left in running.items())


def cure(play: Play, names: tuple[str, ...]) -> None:
    """End temporary effects."""
    play.state.temp_effects = tuple(effect for effect in play.state.temp_effects if effect.id not in names)


def change_wealth(play: Play, credits: int) -> None:
    """Earn or lose credits, never more than there are."""
    state = play.state
    if credits >= 0:
        state.credits_earned += credits
    else:
        credits = -min(state.wealth, -credits)
        state.credits_spent -= credits
    state.wealth += credits


def change_supplies(play: Play, fuel: int, food: int) -> None:
    """Change fuel and food within the tank and the larder."""
    state, stats = play.state, play.stats
    state.fuel = max(0, min(state.fuel + fuel, max(state.fuel, stats["tank"])))
    state.food = max(0, min(state.food + food, max(state.food, stats["larder"])))


def change_hull(play: Play, hull: int, blow: str) -> None:
    """Mend or damage the ship; the pod, in pod mode."""
    state = play.state
    if hull < 0:
        state.last_blow = blow
    if state.in_pod_mode:
        state.pod_hp = max(0, min(state.pod_hp + hull, max(state.pod_hp, play.stats["hull"])))
    else:
        state.ship_condition = max(0, min(state.ship_condition + hull, play.stats["hull"]))


def change_health(play: Play, health: int, blow: str) -> None:
    """Heal or wound the crew."""
    if health < 0:
        play.state.last_blow = blow
    play.state.health = max(0, min(100, play.state.health + health))


def grow_augmentation(play: Play, name: str) -> None:
    """Grow an augmentation into the pod. Without a pod it is sold for scrap."""
    entry = play.content.augmentations[name]
    if play.state.has_flight_pod and name not in play.state.pod_augmentations:
        play.state.pod_augmentations += (name,)
        play.messages.append(f"Pod augmentation: {entry.name} ({entry.note})")
    else:
        change_wealth(play, entry.price // 3)
        play.messages.append(f"{entry.name} is sold for parts.")
