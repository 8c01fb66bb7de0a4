"""`python -m engine_client.server`: an engine in a process of its own, over HTTP.

The command line and the order of start and stop; the application is `serving`, the engine `engine_process`.
"""

import argparse
import asyncio
import contextlib
import logging
import os
import socket
import sys
from collections.abc import Sequence

from prometheus_client import CollectorRegistry
from pydantic import ValidationError

from engine_client.engine_process import EngineNotOpened, open_engine
from engine_client.server_settings import ServerSettings
from engine_client.serving.app import build_app
from engine_client.serving.operations import readiness_of
from engine_client.serving.running import CannotListen, EngineServer, listen, serve_until_signal
from engine_client.telemetry.logs import password_in, set_up_log
from engine_client.telemetry.metrics import Metrics
from engine_client.telemetry.shown import operations_of

log = logging.getLogger("engine_client.server")  # __name__ is __main__ here

HOST, PORT = "127.0.0.1", 8430
THREAD_TURN_SECONDS = 0.0005  # drawing threads must not hold the event loop for the interpreter's usual 5 ms


def main(arguments: Sequence[str] | None = None) -> int:
    """Serve until a signal comes; give the exit code."""
    options = _parser().parse_args(arguments)
    try:
        settings = ServerSettings()
    except ValidationError as error:
        return _refuse("A setting is wrong, so nothing was started.\n" + _explain(error))
    try:
        listener = listen(options.host, options.port, settings.engine_token.get_secret_value())
    except CannotListen as error:
        return _refuse(str(error))
    _prepare_process(settings)
    with listener:
        return asyncio.run(_run(settings, listener))


async def _run(settings: ServerSettings, listener: socket.socket) -> int:
    try:
        metrics = Metrics(CollectorRegistry())
        async with open_engine(settings, metrics) as engine:
            shown = operations_of(metrics, readiness_of(engine))
            app = build_app(engine, token=settings.engine_token.get_secret_value(), shown=shown)
            shown.lag.start()
            host, port = listener.getsockname()[:2]
            log.info("the engine listens on %s port %d", host, port)
            await serve_until_signal(EngineServer(app), listener)
    except EngineNotOpened as error:
        return _refuse(str(error))
    log.info("stopped; every accepted turn is stored")
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m engine_client.server", description="Serves the game engine over HTTP."
    )
    parser.add_argument("--host", default=HOST, help=f"address to listen on (default {HOST})")
    parser.add_argument("--port", type=int, default=PORT, help=f"port, 0 for any free one (default {PORT})")
    return parser


def _prepare_process(settings: ServerSettings) -> None:
    """Set up the log and the threads' turn length; raise the soft limit of open files to the hard one."""
    sys.setswitchinterval(THREAD_TURN_SECONDS)
    cloud = [os.environ.get(name, "") for name in ("AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN")]
    held = [settings.engine_token.get_secret_value(), password_in(settings.database_url), *cloud]
    quieter = {"alembic": logging.WARNING, "uvicorn.error": logging.WARNING}
    as_json = settings.log_format == "json"
    set_up_log(settings.log_level, as_json=as_json, secrets=filter(None, held), quieter=quieter)
    uvicorn = logging.getLogger("uvicorn.error")
    uvicorn.addFilter(lambda record: record.exc_info is None)  # the application logs errors, with a reference
    with contextlib.suppress(ImportError, ValueError, OSError):
        import resource

        _soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


def _explain(error: ValidationError) -> str:
    """Say in one line per variable what is wrong with it; values are not repeated, one is a secret."""
    return "\n".join(
        f"{'_'.join(map(str, fault['loc'])).upper()}: {fault['msg']}"
        for fault in error.errors(include_url=False)
    )


def _refuse(sentence: str) -> int:
    sys.stderr.write(sentence + "\n")
    return 2


if __name__ == "__main__":
    sys.exit(main())
