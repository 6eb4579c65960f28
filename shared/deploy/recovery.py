"""What a killed apply made and did not write down, taken over instead of made twice.

Terraform writes a remote state at most every 20 seconds during an apply (TF_STATE_PERSIST_INTERVAL
cannot be lower), so a kill -9 leaves resources that no state knows. The log of the killed apply
names them: with its id when the creation was reported, without when it was under way. The next
plan imports them; one that turns out not to exist is created.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from shared.deploy import log, orphans, plans
from shared.deploy.transient import EngineError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

    from shared.deploy.journal import EngineProcess
    from shared.deploy.log import Event
    from shared.deploy.run import Run
    from shared.deploy.work import Work

FILE_NAME = "regionshift_import.tf.json"
_WRITERS = frozenset({"apply", "destroy"})


def lost(run: Run, work: Work) -> dict[str, str]:
    """Return address -> import id of what the plan would create and a killed apply made already."""
    creates = {c.address for c in work.summary.changes if c.kind == "create"} if work.summary else set()
    if not creates:
        return {}
    made: dict[str, str] = {}
    begun: set[str] = set()
    for process in killed(run.history(work.address)):
        for address, id_ in _creations(process):
            if id_:
                made[address] = id_
            else:
                begun.add(address)
    if not creates & (begun | set(made)):
        return {}
    plan = run.folder / "plans" / f"{log.safe(work.address)}.tfplan"
    planned = orphans.planned(run.terraform(work).show(plan))
    return {
        address: id_
        for address in sorted(creates & (begun | set(made)))
        if address in planned
        and (id_ := orphans.import_id(planned[address], made.get(address), work.entry, run.clients))
    }


def killed(processes: list[EngineProcess]) -> list[EngineProcess]:
    """Return the applies since the last one that ended by itself, oldest first."""
    found: list[EngineProcess] = []
    for process in reversed(processes):
        if process.phase in _WRITERS:
            if process.clean:
                break
            found.append(process)
    return found[::-1]


def _creations(process: EngineProcess) -> Iterator[tuple[str, str | None]]:
    """Yield (address, id) of each creation in the log; id None when it was only begun."""
    path = process.folder / "logs" / f"{log.safe(process.address)}.{process.phase}.jsonl"
    if not path.is_file():
        return
    for line in path.read_text(encoding="utf-8", errors="replace").splitlines():
        event = log.parse(line)
        hook = event.get("hook", {})
        if hook.get("action") == "create" and event.get("type") in {"apply_start", "apply_complete"}:
            yield hook["resource"]["addr"], hook.get("id_value")


def take_over(run: Run, work: Work, found: Mapping[str, str], plan: Callable[[], list[Event]]) -> list[Event]:
    """Plan with imports of what was found, and return the plan's log.

    What cannot be imported is left out and planned as a creation: it does not exist, or its kind
    is one that a second creation does not mind.
    """
    directory = run.manifest.directory(work.entry)
    left = dict(found)
    while left:
        write(directory, left)
        try:
            events = plan()
        except EngineError as failure:
            # some errors name the resource, some only the id that it was looked for by
            refused = {a for a, id_ in left.items() if _names(failure.text, a) or _names(failure.text, id_)}
            if not refused:
                raise
            left = {address: id_ for address, id_ in left.items() if address not in refused}
            continue
        finally:
            # a saved plan holds the configuration that it was made from
            clean(directory)
        run.note(work, f"takes over what a killed run made and did not write down: {', '.join(left)}")
        return events
    return plan()


def _names(text: str, word: str) -> bool:
    """Return whether `word` stands in `text` by itself, not as a part of a longer name."""
    return re.search(rf"(?<![\w./-]){re.escape(word)}(?![\w/-])", text) is not None


def adopt(run: Run, work: Work) -> None:
    """Write into the state what killed applies made, so that a destruction finds it."""
    terraform = run.terraform(work)
    plan = run.folder / "plans" / f"{log.safe(work.address)}.tfplan"
    work.summary = plans.from_log(terraform.plan(plan, on_event=lambda _event: None))
    for address, id_ in lost(run, work).items():
        try:
            terraform.adopt(address, id_)
        except EngineError as failure:
            terraform.log.say(f"{address} is not taken over: {failure.headline}")
        else:
            run.note(work, f"took over {address}, which a killed run made and did not write down")
    plan.unlink(missing_ok=True)


def write(directory: Path, found: Mapping[str, str]) -> None:
    """Write the import blocks into the stack's folder."""
    blocks = [{"to": address, "id": id_} for address, id_ in found.items()]
    (directory / FILE_NAME).write_text(json.dumps({"import": blocks}, indent=2), encoding="utf-8")


def clean(directory: Path) -> None:
    """Remove the import blocks."""
    (directory / FILE_NAME).unlink(missing_ok=True)
