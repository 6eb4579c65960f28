"""A rollout that finds nothing to do: ours and `cdktf deploy '*'`, in one run.

Run it with `python -m benchmarks.noop_rollout`.

Deploys the system on the embedded AWS first (some minutes) and stops it at the end.
"""

from __future__ import annotations

import sys

from benchmarks.peers import cdktf, embedded_environment, run, seconds, show

REPEAT = 3
PEER = "cdktf deploy '*' (0.21.0)"
INVOKE = (sys.executable, "-m", "invoke")


def main() -> None:
    """Deploy, measure each three times, take the embedded AWS away."""
    binary = str(cdktf())
    run([*INVOKE, "rehearse", "--keep"])
    try:
        _measure(binary)
    finally:
        run([*INVOKE, "embedded.stop"])


def _measure(binary: str) -> None:
    aws = embedded_environment()
    ours = [*INVOKE, "rollout", "--yes", "--region-concurrency", "parallel"]
    staged = [*INVOKE, "rollout", "--yes"]
    peer = [binary, "deploy", "*", "--auto-approve", "--skip-provider-lock"]
    # the first run of each initializes its folders and is not counted
    run(peer, aws)
    run(ours, aws)
    rows = {
        PEER: seconds(lambda: run(peer, aws), REPEAT),
        "invoke rollout --yes": seconds(lambda: run(staged, aws), REPEAT),
        "… --region-concurrency parallel": seconds(lambda: run(ours, aws), REPEAT),
    }
    show("A rollout of ten stacks that finds nothing to do", rows, PEER)


if __name__ == "__main__":
    main()
