"""`python -m engine.balance`: fly 2,000 voyages with each simulated player and write docs/balance.md."""

import argparse
import sys
import time
from pathlib import Path

from engine.balance.report import judge, table
from engine.balance.simulation import PLAYERS, simulate
from engine.content import load_content

PAGE = Path(__file__).parents[2] / "docs" / "balance.md"


def main() -> int:
    """Run the simulation, write the page, say which aims are missed. Returns 1 when one is."""
    parser = argparse.ArgumentParser(prog="python -m engine.balance", description=__doc__)
    parser.add_argument("--games", type=int, default=2000, help="voyages for each player (2000)")
    parser.add_argument("--dry", action="store_true", help="print the page, do not write it")
    arguments = parser.parse_args()
    started = time.perf_counter()
    tallies = {player: simulate(player, arguments.games) for player in PLAYERS}
    seconds = time.perf_counter() - started
    content = load_content()
    page = table(content, tallies, arguments.games, seconds)
    if arguments.dry:
        sys.stdout.write(page)
    else:
        PAGE.write_text(page, encoding="utf-8")
        sys.stdout.write(f"{PAGE} written in {seconds:.0f} s\n")
    missed = judge(content, tallies)
    sys.stdout.writelines(f"missed: {sentence}\n" for sentence in missed)
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
