"""Synthesis of all apps of region-migration: ours and `cdktf synth`, in one run.

Run it with `python -m benchmarks.synth`.
"""

from __future__ import annotations

import shutil
import sys

from benchmarks.peers import ROOT, cdktf, run, seconds, show

REPEAT = 3
PEER = "cdktf synth (0.21.0)"


def main() -> None:
    """Measure three runs of each, interleaved with nothing else, and print the table."""
    binary = str(cdktf())
    invoke = [sys.executable, "-m", "invoke", "synth"]

    def cold() -> None:
        shutil.rmtree(ROOT / "cdktf.out", ignore_errors=True)
        run(invoke)

    def peer() -> None:
        shutil.rmtree(ROOT / "cdktf.out", ignore_errors=True)
        run([binary, "synth"])

    rows = {PEER: seconds(peer, REPEAT), "invoke synth, cold": seconds(cold, REPEAT)}
    rows["invoke synth, nothing changed"] = seconds(lambda: run(invoke), REPEAT)
    show("Synthesis of all apps of region-migration", rows, PEER)


if __name__ == "__main__":
    main()
