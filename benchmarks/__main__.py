"""`python -m benchmarks [NAME …] [--json FILE] [--quick]`: run benchmarks, print a readable table."""

import argparse
import importlib
import json
import os
import platform
from pathlib import Path

NAMES = (
    "turn",
    "rules",
    "picture",
    "starmap",
    "memory",
    "store",
    "faults",
    "tape",
    "runs",
    "charts",
    "tracker",
)


def main() -> None:
    """Run the named benchmarks, or all."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(available())}; none: all")
    parser.add_argument("--json", type=Path, metavar="FILE", help="also write the figures there")
    parser.add_argument("--quick", action="store_true", help="fewer runs: at most 50 s per NAME")
    options = parser.parse_args()
    unknown = set(options.names) - set(available())
    if unknown:
        parser.error(f"no such benchmark: {', '.join(sorted(unknown))}")
    print(f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}")
    figures: list[dict[str, object]] = []
    for name in options.names or available():
        rows = importlib.import_module(f"benchmarks.{name}").run(options.quick)
        show(rows)
        figures += rows
    if options.json is not None:
        options.json.write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")


def available() -> list[str]:
    """List the benchmarks that this checkout has."""
    folder = Path(__file__).parent
    return [name for name in NAMES if (folder / f"{name}.py").exists()]


def show(rows: list[dict[str, object]]) -> None:
    """Print one line per figure."""
    for row in rows:
        value = row["value"]
        number = f"{value:,.3f}" if isinstance(value, float) else f"{value:,}"
        print(
            f"{row['figure']!s:32} {number:>16} {row['unit']!s:12} peer: {row['peer']} ({row['runs']} runs)"
        )


if __name__ == "__main__":
    main()
