"""How long `invoke --list` takes.

Run it with `python -m benchmarks.listing`.
"""

from __future__ import annotations

import sys

from benchmarks.peers import run, seconds, show

REPEAT = 7
BARE = "python -c pass"


def main() -> None:
    """Measure against an interpreter that does nothing."""
    rows = {
        BARE: seconds(lambda: run([sys.executable, "-c", "pass"]), REPEAT),
        "invoke --list": seconds(lambda: run([sys.executable, "-m", "invoke", "--list"]), REPEAT),
    }
    show("Listing the commands", rows, BARE)


if __name__ == "__main__":
    main()
