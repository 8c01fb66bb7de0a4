"""The page docs/balance.md, and whether the aims are met."""

from statistics import median, quantiles

from engine.balance.simulation import Tally
from engine.content import Content

LENGTH_AIM = (25, 60)  # median turns of the random player
WIN_AIM = (0.20, 0.50)  # share of voyages that the careful player wins
CAUSE_AIM = 0.40  # largest share of the deaths that one cause may have
NO_DEATH = frozenset({"unfinished", "restart", "idle"})


def judge(content: Content, tallies: dict[str, Tally]) -> list[str]:
    """List the aims that are missed."""
    missed = []
    middle = median(tallies["random"].lengths)
    if not LENGTH_AIM[0] <= middle <= LENGTH_AIM[1]:
        missed.append(f"the random player's median voyage is {middle:.0f} turns")
    won = share_won(content, tallies["careful"])
    if not WIN_AIM[0] <= won <= WIN_AIM[1]:
        missed.append(f"the careful player wins {won:.0%}")
    for player, tally in tallies.items():
        for cause, share in _deaths(content, tally):
            if share > CAUSE_AIM:
                missed.append(f"{share:.0%} of the {player} player's deaths are {cause!r}")
        if tally.causes["unfinished"]:
            missed.append(f"{tally.causes['unfinished']} voyages of the {player} player do not end")
    unseen = never_seen(content, tallies)
    if unseen:
        missed.append(f"never seen: {', '.join(unseen)}")
    return missed


def share_won(content: Content, tally: Tally) -> float:
    """Give the share of voyages that were won."""
    won = sum(count for cause, count in tally.causes.items() if _is_victory(content, cause))
    return won / max(1, len(tally.lengths))


def never_seen(content: Content, tallies: dict[str, Tally]) -> list[str]:
    """List the events that no player ever met."""
    seen = {event for tally in tallies.values() for event in tally.events}
    return sorted(event for event in content.events if event not in seen)


def table(content: Content, tallies: dict[str, Tally], games: int, seconds: float) -> str:
    """Write the page."""
    missed = judge(content, tallies)
    lines = [
        "# Balance",
        "",
        f"`make balance` flies {games:,} seeded voyages with each simulated player ({seconds:.0f} s here) "
        "and writes this page. The random player clicks anything; the careful one reads the buttons, keeps "
        "the gauges up, gathers keystones and flies to the Gate; the bold one does the same and takes every "
        "risk on the way. They take the first quest on the board and seek no other victory, so people can "
        "do better.",
        "",
        "Aims: the random player's median voyage lasts 25 to 60 turns, the careful player wins 20 to 50 %, "
        "no cause has over 40 % of the deaths, every voyage ends, no event is never seen. "
        + (f"Missed: {'; '.join(missed)}." if missed else "All are met."),
        "",
        *_length_rows(content, tallies),
        "",
        *_cause_rows(content, tallies),
        "",
        *_event_rows(tallies, games),
    ]
    return "\n".join(lines) + "\n"


def _length_rows(content: Content, tallies: dict[str, Tally]) -> list[str]:
    rows = [
        "| player | won | turns: quarter | median | three quarters | stars visited (median) |",
        "|---|---|---|---|---|---|",
    ]
    for player, tally in tallies.items():
        low, middle, high = quantiles(tally.lengths, n=4)
        rows.append(
            f"| {player} | {share_won(content, tally):.1%} | {low:.0f} | {middle:.0f} | {high:.0f} "
            f"| {median(tally.visited):.0f} |"
        )
    return rows


def _cause_rows(content: Content, tallies: dict[str, Tally]) -> list[str]:
    rows = ["| ending | " + " | ".join(tallies) + " |", "|---|" + "---|" * len(tallies)]
    causes = {cause for tally in tallies.values() for cause in tally.causes}
    victories = sorted(cause for cause in causes if _is_victory(content, cause))
    shares = {player: dict(_deaths(content, tally)) for player, tally in tallies.items()}
    for cause in victories:
        cells = [f"{tally.causes[cause] / len(tally.lengths):.1%} of voyages" for tally in tallies.values()]
        rows.append(f"| {content.endings[cause].title} (victory) | " + " | ".join(cells) + " |")
    for cause in sorted(causes - set(victories) - {"unfinished"}):
        cells = [f"{shares[player].get(cause, 0):.1%} of deaths" for player in tallies]
        rows.append(f"| {content.endings[cause].title} | " + " | ".join(cells) + " |")
    return rows


def _event_rows(tallies: dict[str, Tally], games: int) -> list[str]:
    seen = sum((tally.events for tally in tallies.values()), start=type(tallies["random"].events)())
    voyages = games * len(tallies)
    rarest, commonest = seen.most_common()[-5:], seen.most_common(5)
    return [
        f"Events seen: {len(seen)}. Commonest in {voyages:,} voyages: "
        + ", ".join(f"{name} {count:,}" for name, count in commonest)
        + ". Rarest: "
        + ", ".join(f"{name} {count:,}" for name, count in rarest)
        + ".",
    ]


def _deaths(content: Content, tally: Tally) -> list[tuple[str, float]]:
    """Give each cause of death with its share of all deaths."""
    deaths = {
        cause: count
        for cause, count in tally.causes.items()
        if cause not in NO_DEATH and not _is_victory(content, cause)
    }
    total = sum(deaths.values())
    return [(cause, count / total) for cause, count in deaths.items()]


def _is_victory(content: Content, cause: str) -> bool:
    return cause in content.endings and content.endings[cause].victory
