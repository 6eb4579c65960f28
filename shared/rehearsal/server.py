"""The embedded AWS as a process: `python -m shared.rehearsal.server --account 123456789012`.

Prints one line of JSON on standard output when it serves (`{"endpoint": ..., "port": ..., "pid": ...}`)
or when it cannot (`{"error": ...}`, exit code 2). Everything else goes to standard error.

moto reads its settings while it is imported, so they are set before the first import of it.
"""

from __future__ import annotations

import argparse
import gc
import json
import os
import signal
import socket
import sys
import threading
from collections.abc import Sequence
from typing import Any

from shared.errors import EXIT_USER_ERROR
from shared.rehearsal.repeats import Repeats

#: Never 0.0.0.0, which is moto's default: anybody on the network could use it.
HOST = "127.0.0.1"

#: Settings of moto that make a rehearsal both realistic and fast.
SETTINGS = {
    # An ACM certificate is issued as soon as it is asked about (moto waits 60 s).
    "MOTO_ACM_VALIDATION_WAIT": "0",
    # EC2 refuses instance types and images that do not exist, as AWS does.
    "MOTO_EC2_ENABLE_INSTANCE_TYPE_VALIDATION": "true",
    "MOTO_ENABLE_AMI_VALIDATION": "true",
}


def arguments(argv: Sequence[str] | None = None) -> argparse.Namespace:
    """Parse the command line."""
    parser = argparse.ArgumentParser(prog="python -m shared.rehearsal.server", description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="port on 127.0.0.1; 0 takes a free one")
    parser.add_argument("--account", required=True, help="the account that every caller is in (12 digits)")
    parser.add_argument("--identity", default="", help="returned at /moto-api/regionshift beside the pid")
    parser.add_argument("--stock", action="store_true", help="plain moto, without any extension")
    parser.add_argument("--without", action="append", default=[], metavar="EXTENSION", help="leave one out")
    parser.add_argument(
        "--time-scale", type=_positive, default=1.0, help="0.05: a metric period of 60 s lasts 3 s"
    )
    parser.add_argument(
        "--switchover-seconds", type=float, default=2.0, help="how long a global database takes to switch"
    )
    parser.add_argument(
        "--stop-with-parent", action="store_true", help="end when standard input is closed by the parent"
    )
    return parser.parse_args(argv)


def _positive(text: str) -> float:
    value = float(text)
    if value <= 0:
        raise argparse.ArgumentTypeError(f"{text} has to be above 0")
    return value


def application(options: argparse.Namespace) -> Any:
    """Return moto as a WSGI application with the chosen extensions installed."""
    from moto.core.config import default_user_config
    from moto.moto_server import werkzeug_app

    from shared.rehearsal import extensions
    from shared.rehearsal.extensions import pace

    # The managed policies that the roles attach (AmazonSSMManagedInstanceCore, ...) exist in AWS.
    default_user_config["iam"] = {"load_aws_managed_policies": True}
    default_user_config["lambda"] = {"use_docker": False}
    default_user_config["stepfunctions"] = {"execute_state_machine": True}
    pace.configure(scale=options.time_scale, switchover=options.switchover_seconds)
    if not options.stock:
        extensions.install(without=options.without)
    # after the extensions: one of them replaces what makes a service's application
    moto = werkzeug_app.DomainDispatcherApplication(werkzeug_app.create_backend_app)
    return _with_identity(moto if options.stock else Repeats(moto), options.identity)


def _with_identity(moto: Any, identity: str) -> Any:
    """Answer who we are, so that a pid is never signalled because a file happens to name it."""
    body = json.dumps({"identity": identity, "pid": os.getpid()}).encode()

    def answer(environ: dict[str, Any], start_response: Any) -> Any:
        if environ.get("PATH_INFO") != "/moto-api/regionshift":
            return moto(environ, start_response)
        start_response("200 OK", [("Content-Type", "application/json")])
        return [body]

    return answer


def _stop_with_parent() -> None:
    """End this process when the parent, who holds the other end of standard input, is gone."""
    sys.stdin.read()
    os.kill(os.getpid(), signal.SIGTERM)


def _end(_signal: int, _frame: object) -> None:
    """Leave `serve_forever` by way of SystemExit, so that the interpreter is shut down in order."""
    sys.exit(0)


def _look_for_garbage_less_often() -> None:
    """Spare an eighth of the processor time: most objects are moto's code and stay, the others are AWS's."""
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)


def _say(**document: Any) -> None:
    sys.stdout.write(json.dumps(document) + "\n")
    sys.stdout.flush()


def main() -> None:
    """Serve until the process is ended. Exits with 2 when the port cannot be had."""
    options = arguments()
    signal.signal(signal.SIGTERM, _end)
    try:
        # Bound before the slow imports: a port that is taken is refused at once.
        listener = socket.create_server((HOST, options.port), backlog=128)
    except OSError as error:
        _say(error=str(error))
        raise SystemExit(EXIT_USER_ERROR) from None
    port = listener.getsockname()[1]
    # MOTO_PORT is where moto calls itself (Step Functions tasks, EventBridge targets).
    os.environ.update(SETTINGS, MOTO_ACCOUNT_ID=options.account, MOTO_PORT=str(port))
    if options.stop_with_parent:
        threading.Thread(target=_stop_with_parent, daemon=True).start()

    from moto.moto_server.werkzeug_app import MotoRequestHandler
    from werkzeug.serving import make_server

    server = make_server(
        HOST,
        port,
        application(options),
        threaded=True,
        request_handler=MotoRequestHandler,
        fd=listener.fileno(),
    )
    _look_for_garbage_less_often()
    _say(endpoint=f"http://{HOST}:{port}", port=port, pid=os.getpid())
    # moto prints now and then; nobody reads our standard output any more.
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    server.serve_forever()


if __name__ == "__main__":
    main()
