"""A fight: the enemy shows its next move, the players answer it, both take what comes."""

import msgspec

from engine.content.models import Enemy
from engine.rules import cargo, events, quests, vitals
from engine.rules.endings import finish
from engine.rules.errors import Refused
from engine.rules.outcome import Choice
from engine.rules.play import RISKY, SAFE, Play, choice
from engine.rules.scene import Motif
from engine.rules.state import Battle, Screen

BRACED = 0.3  # share of the damage that reaches a braced ship
HEAVY = 2.2
AIMED = 1.5
PATIENCE = 20  # rounds after which an enemy gives up
EVADE_BASE, EVADE_STEP = 0.42, 0.07
FLEE_BASE, FLEE_STEP, FLEE_ROUND = 0.34, 0.08, 0.06
FLEE_FUEL = 4
TORPEDO = "torpedo"
TORPEDO_DAMAGE = (22, 30)
HEAT_DAYS = 35  # after so many watches, enemies hit one point harder
SIGNS = {
    "strike": "It is lining up on you.",
    "drain": "It reaches for your fuel.",
    "steal": "It wants your cargo.",
    "burn": "It is about to set you alight.",
    "mend": "It turns away to mend itself.",
    "wait": "It hesitates.",
}


def start(play: Play, enemy: str, after: str = "") -> None:
    """Begin a fight. `after` is the event that a win leads to."""
    kind = play.content.enemies[enemy]
    play.state.battle = Battle(enemy, kind.hull, move=kind.pattern[0], after=after)
    play.title = kind.name
    play.motif = Motif.BATTLE
    play.danger = kind.danger
    play.tell(kind.intro)
    play.show(Screen.BATTLE)


def offer(play: Play) -> list[Choice]:
    """List what can be done in the fight."""
    fight = play.state.battle
    assert fight is not None  # the battle screen has a battle
    kind = play.content.enemies[fight.enemy]
    stats = play.stats
    low, high = _shot(stats["attack"], kind, aimed=fight.aimed)
    choices = [
        choice("fire", "Fire", f"{low}–{high} damage · enemy hull {fight.hull}", "🔥", RISKY),
        choice("brace", "Brace", "Take under a third of the blow; your next shot hits harder", "🛡️", SAFE),
        choice("evade", "Evade", f"{_evade_chance(play, kind):.0%} to dodge and shoot back", "🌀"),
    ]
    if kind.parley and play.state.wealth >= kind.parley and fight.round <= 2:
        choices.append(choice("pay", f"Pay {kind.parley} credits", "They let you go", "💰"))
    elif play.state.inventory.get(TORPEDO, 0) > 0:
        choices.append(choice("torpedo", "Launch a torpedo", "22–30 damage, armour does not help", "🚀"))
    play.default = "flee"
    choices.append(choice("flee", "Run", f"{_flee_chance(play, kind):.0%} · {_flee_price(play)}", "💨"))
    return choices


def take(play: Play, identity: str) -> None:
    """Fight one round. Raises Refused."""
    fight = play.state.battle
    assert fight is not None
    kind = play.content.enemies[fight.enemy]
    play.title, play.motif, play.danger = kind.name, Motif.BATTLE, kind.danger
    match identity:
        case "fire":
            play.action = "Fire"
            _shoot(play, kind, _roll_shot(play, kind), "fire_hit")
            _answer(play, kind, 1.0)
        case "brace":
            play.action = "Brace for impact"
            play.tell(play.phrase("brace"))
            _answer(play, kind, BRACED)
            _aim(play)
        case "evade":
            _evade(play, kind)
        case "torpedo":
            _launch(play, kind)
        case "pay":
            _parley(play, kind)
        case _:
            _flee(play, kind)


def _aim(play: Play) -> None:
    """Steady the guns behind the shields for the next shot."""
    if play.state.battle is not None:
        play.state.battle = msgspec.structs.replace(play.state.battle, aimed=True)


def sign_of(play: Play) -> str:
    """Say what the enemy is about to do and how it stands."""
    fight = play.state.battle
    assert fight is not None
    kind = play.content.enemies[fight.enemy]
    warning = f"⚠️ {kind.warning}" if fight.move == "heavy" else SIGNS[fight.move]
    return f"{warning} ({kind.name}: hull {fight.hull}/{kind.hull})"


def _evade(play: Play, kind: Enemy) -> None:
    play.action = "Evade"
    if play.is_lucky(_evade_chance(play, kind)):
        play.tell(play.phrase("evade"))
        _shoot(play, kind, max(1, _roll_shot(play, kind) * 2 // 3), "")
        _answer(play, kind, 0.0)
    else:
        play.tell(play.phrase("evade_fails"))
        _answer(play, kind, 1.0)


def _launch(play: Play, kind: Enemy) -> None:
    if cargo.unload(play, TORPEDO, 1) == 0:
        raise Refused("There is no torpedo in the hold.")
    play.action = "Launch a torpedo"
    play.count(f"used:{TORPEDO}")
    _shoot(play, kind, play.roll(TORPEDO_DAMAGE), "torpedo")
    _answer(play, kind, 1.0)


def _parley(play: Play, kind: Enemy) -> None:
    if not kind.parley:
        raise Refused(f"{kind.name} does not bargain.")
    if play.state.wealth < kind.parley:
        raise Refused(f"They want {kind.parley} credits; you have {play.state.wealth}.")
    play.action = f"Pay {kind.parley} credits"
    vitals.change_wealth(play, -kind.parley)
    play.tell(play.phrase("paid"))
    _get_away(play, kind)


def _flee(play: Play, kind: Enemy) -> None:
    play.action = "Run"
    play.state.fuel -= _flee_fuel(play)
    if play.is_lucky(_flee_chance(play, kind)):
        play.tell(play.phrase("flee"))
        play.count("flee")
        _get_away(play, kind)
    else:
        play.tell(play.phrase("flee_fails"))
        _answer(play, kind, 1.0)


def _shoot(play: Play, kind: Enemy, damage: int, phrase: str) -> None:
    fight = play.state.battle
    assert fight is not None
    play.state.battle = msgspec.structs.replace(fight, hull=max(0, fight.hull - damage), aimed=False)
    if phrase:
        play.tell(play.phrase(phrase))
    play.messages.append(f"{kind.name}: −{damage} hull")
    if fight.hull <= damage:
        _win(play, kind)


def _answer(play: Play, kind: Enemy, share: float) -> None:
    """Let the enemy make the move that it showed; `share` of it reaches the ship."""
    fight = play.state.battle
    if fight is None:
        return
    attack = kind.attack + play.state.day // HEAT_DAYS
    if fight.move in ("strike", "heavy", "burn"):
        _hit(play, kind, attack * (HEAVY if fight.move == "heavy" else 1.0), share)
    if fight.move == "burn" and share > BRACED:
        vitals.give_effect(play, "hull_fire", 3)
    elif fight.move == "drain" and share > 0:
        play.state.fuel = max(0, play.state.fuel - round(8 * share) - 1)
        play.tell("The siphon drinks from your tank.")
    elif fight.move == "steal" and share > BRACED:
        _rob(play)
    if fight.round >= PATIENCE:
        play.tell(play.phrase("bored"))
        _get_away(play, kind)
        return
    hull = min(kind.hull, fight.hull + kind.hull // 8) if fight.move == "mend" else fight.hull
    step = (fight.step + 1) % len(kind.pattern)
    play.state.battle = msgspec.structs.replace(
        fight, hull=hull, round=fight.round + 1, step=step, move=kind.pattern[step]
    )


def _hit(play: Play, kind: Enemy, attack: float, share: float) -> None:
    if share <= 0:
        return
    damage = attack * (0.8 + 0.4 * play.rng.random()) * share - play.stats["shield"] * share
    vitals.change_hull(play, -max(1, round(damage)), kind.blow)
    if share == 1.0 and play.is_lucky(0.25):
        vitals.change_health(play, -play.roll((2, 6)), kind.blow)


def _rob(play: Play) -> None:
    held = sorted(item for item in play.state.inventory if play.content.goods[item].value > 0)
    if not held:
        play.tell("The grapples find an empty hold.")
        return
    item = held[int(play.rng.random() * len(held))]
    taken = cargo.unload(play, item, 1 + play.state.inventory[item] // 3)
    play.messages.append(f"Stolen: {taken} {play.content.goods[item].name}")


def _win(play: Play, kind: Enemy) -> None:
    fight = play.state.battle
    assert fight is not None
    state = play.state
    state.ships_destroyed += 1
    play.count(f"kill:{kind.id}")
    quests.count_kill(play, kind.id)
    play.tell(kind.death)
    _leave(play)
    vitals.change_wealth(play, play.roll(kind.bounty))
    for item, amount in kind.loot.items():
        rolled = play.roll(amount)
        if rolled > 0:
            cargo.stow(play, item, rolled)
    if kind.victory:
        finish(play, kind.victory)
    elif fight.after:
        events.present(play, fight.after)


def _get_away(play: Play, kind: Enemy) -> None:
    """Leave a fight that was not won; some enemies do not forget."""
    for name, wait in kind.grudge.items():
        events.postpone(play, name, wait)
    _leave(play)


def _leave(play: Play) -> None:
    play.state.battle = None
    play.state.back = Screen.NODE
    play.show(Screen.NODE)


def _shot(attack: int, kind: Enemy, *, aimed: bool) -> tuple[int, int]:
    power = attack * (AIMED if aimed else 1.0)
    return max(1, round(power * 0.8) - kind.armour), max(1, round(power * 1.25) - kind.armour)


def _roll_shot(play: Play, kind: Enemy) -> int:
    fight = play.state.battle
    return play.roll(_shot(play.stats["attack"], kind, aimed=fight is not None and fight.aimed))


def _evade_chance(play: Play, kind: Enemy) -> float:
    return min(0.9, max(0.1, EVADE_BASE + EVADE_STEP * (play.stats["speed"] - kind.speed)))


def _flee_fuel(play: Play) -> int:
    """Count the fuel of an escape: what there is, where that is less than it takes."""
    return min(FLEE_FUEL, play.state.fuel)


def _flee_price(play: Play) -> str:
    """Say what an escape costs; without fuel the ship drifts off on its last momentum."""
    fuel = _flee_fuel(play)
    if fuel == FLEE_FUEL:
        return f"{fuel} fuel"
    return f"your last {fuel} fuel" if fuel else "drifting, the tank is empty"


def _flee_chance(play: Play, kind: Enemy) -> float:
    fight = play.state.battle
    rounds = fight.round if fight is not None else 1
    chance = FLEE_BASE + FLEE_STEP * (play.stats["speed"] - kind.speed) + FLEE_ROUND * rounds
    return min(0.9, max(0.08, chance))
