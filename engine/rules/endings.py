"""How a voyage ends: the one place that sets game_over."""

from engine.rules.outcome import VoyageEnd
from engine.rules.play import Play
from engine.rules.scene import Motif
from engine.rules.state import Screen


def finish(play: Play, cause: str) -> None:
    """End the voyage with an ending of the content."""
    state = play.state
    state.game_over = True
    state.victory = play.content.endings[cause].victory
    state.end_cause = cause
    state.battle = None
    state.current_event = ""
    play.motif = Motif.VICTORY if state.victory else Motif.LOST
    play.show(Screen.OVER)


def end_of(play: Play) -> VoyageEnd | None:
    """Give the end as players read it, or None while the voyage goes on."""
    state = play.state
    if not state.game_over:
        return None
    ending = play.content.endings[state.end_cause]
    sentence = ending.sentence.format(
        captain=state.captain,
        ship=play.content.ships[state.ship_type].name,
        node=play.node.name,
        region=play.region.name,
        turn=state.turn_count,
    )
    return VoyageEnd(ending.id, ending.title, sentence, ending.victory)


def judge_death(play: Play) -> None:
    """See whether the captain or the ship is lost, and go where that leads."""
    state = play.state
    if state.game_over:
        return
    if state.health <= 0:
        finish(play, state.last_blow or "wounds")
    elif state.in_pod_mode:
        if state.pod_hp <= 0:
            finish(play, "pod_breach")
        elif state.pod_air <= 0:
            finish(play, "pod_air")
    elif state.ship_condition <= 0 and state.screen is not Screen.LOSS:
        _lose_ship(play)


def _lose_ship(play: Play) -> None:
    state = play.state
    state.ship_condition = 0
    state.battle = None
    state.current_event = ""
    if not state.has_flight_pod:
        finish(play, state.last_blow or "hull_failed")
        return
    play.tell(play.phrase("ship_breaks"))
    play.motif = Motif.LOST
    play.show(Screen.LOSS)
