"""Synthesis of the three apps of region-migration: ours and `cdktf synth`, in one run.

Run it with `python -m benchmarks.synth`. The peer is measured as its users have it (one run an app,
bindings as they are shipped) and with our lazy bindings, which every run of our apps gets.
"""

from __future__ import annotations

import shutil
import sys

from benchmarks.peers import ROOT, cdktf, run, seconds, show

REPEAT = 3
APPS = ("source", "target", "global_dns")
SHIPPED = "cdktf synth, one run an app, bindings as shipped"
LAZY = "cdktf synth, one run an app, our lazy bindings"
TOGETHER = "cdktf synth, all apps in one, our lazy bindings"


def main() -> None:
    """Measure three runs of each and print the table."""
    binary = str(cdktf())
    invoke = [sys.executable, "-m", "invoke", "synth"]

    def clean() -> None:
        shutil.rmtree(ROOT / "cdktf.out", ignore_errors=True)

    def cold() -> None:
        clean()
        run(invoke)

    def peer(*, shipped: bool) -> None:
        clean()
        for app in APPS:
            # imported first, the package runs its own __init__ and ours finds it there
            code = "import cdktf_cdktf_provider_aws\n" if shipped else ""
            code += f"import runpy; runpy.run_module('regions.region_migration.{app}', run_name='__main__')\n"
            script = ROOT / ".regionshift" / "bench" / f"{app}.py"
            script.write_text(f"import sys; sys.path.insert(0, {str(ROOT)!r})\n{code}")
            run([binary, "synth", "--app", f"{sys.executable} {script}", "--output", f"cdktf.out/{app}"])

    def together() -> None:
        clean()
        run([binary, "synth"])

    # what Python compiles the first time is not counted
    peer(shipped=True)
    rows = {
        SHIPPED: seconds(lambda: peer(shipped=True), REPEAT),
        LAZY: seconds(lambda: peer(shipped=False), REPEAT),
        TOGETHER: seconds(together, REPEAT),
        "invoke synth, cold": seconds(cold, REPEAT),
    }
    rows["invoke synth, nothing changed"] = seconds(lambda: run(invoke), REPEAT)
    show("Synthesis of the three apps of region-migration", rows, SHIPPED)


if __name__ == "__main__":
    main()
