"""`python -m bot run | worker | demo | doctor | move | backup | feed check`. Exit codes are for scripts."""

import argparse
import asyncio
import sys
from collections.abc import Sequence
from pathlib import Path

from bot.settings import Settings, SettingsError, load_settings
from engine_client.feeds.check import check_feed

MAX_PORT = 65_535


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one subcommand; give its exit code."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    if words[:2] == ["feed", "check"]:
        return check_feed(words[2:])
    options = _parser().parse_args(words)
    try:
        settings = load_settings()
    except SettingsError as error:
        _complain(f"A setting is wrong, so nothing was started.\n{error}")
        return 2
    if "start" not in options:
        _complain("Say `python -m bot feed check FILE|URL`; with --help it tells more.")
        return 2
    try:
        return options.start(options, settings)
    except KeyboardInterrupt:
        return 130


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m bot", description="Dead Reckoning, the Discord bot.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    run = commands.add_parser("run", help="run the bot with the token from .env")
    run.set_defaults(start=_run)
    worker = commands.add_parser("worker", help="build tapes for bots that share a PostgreSQL database")
    worker.set_defaults(start=_worker)
    demo = commands.add_parser("demo", help="play in the browser, without a token")
    demo.add_argument(
        "--port", type=_port, default=8421, help="port of the page on this machine (0: any free one)"
    )
    demo.add_argument("--no-browser", action="store_true", help="print the address, open nothing")
    demo.set_defaults(start=_demo)
    doctor = commands.add_parser("doctor", help="say in plain words what is missing")
    doctor.set_defaults(start=_doctor)
    move = commands.add_parser("move", help="move the SQLite file into an empty PostgreSQL database")
    move.add_argument("--to", required=True, metavar="URL", help="postgresql://user@host/name")
    move.set_defaults(start=_move)
    backup = commands.add_parser("backup", help="copy the SQLite file, also while the bot runs")
    backup.add_argument("file", type=Path, metavar="FILE", help="the copy; it must not exist yet")
    backup.set_defaults(start=_backup)
    commands.add_parser("feed", help="feed check FILE|URL: show what a feed's mapping makes of an answer")
    return parser


def _port(text: str) -> int:
    if not text.isdecimal() or int(text) > MAX_PORT:
        raise argparse.ArgumentTypeError(f"a port is 0 to {MAX_PORT}, not {text!r}")
    return int(text)


def _run(_options: argparse.Namespace, settings: Settings) -> int:
    from bot import running

    token = settings.discord_token.get_secret_value()
    if not token:
        _complain(
            "DISCORD_TOKEN is empty. Put the bot's token into .env, or try `make demo`, which needs none."
        )
        return 2
    return running.run(settings, token)


def _worker(_options: argparse.Namespace, settings: Settings) -> int:
    from bot import worker

    return worker.run(settings)


def _demo(options: argparse.Namespace, settings: Settings) -> int:
    from bot import running

    return asyncio.run(running.demo(settings, port=options.port, open_browser=not options.no_browser))


def _doctor(_options: argparse.Namespace, settings: Settings) -> int:
    from bot.doctor import examine

    findings = asyncio.run(examine(settings))
    for finding in findings:
        sys.stdout.write(f"{finding}\n")
    return 1 if any(finding.bad for finding in findings) else 0


def _move(options: argparse.Namespace, settings: Settings) -> int:
    from bot.upkeep import run_move

    return run_move(settings, options.to)


def _backup(options: argparse.Namespace, settings: Settings) -> int:
    from bot.upkeep import run_backup

    return run_backup(settings, options.file)


def _complain(sentence: str) -> None:
    sys.stderr.write(sentence + "\n")


if __name__ == "__main__":
    sys.exit(main())
