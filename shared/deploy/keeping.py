"""Keeps the plans of a run as a set: `plan --out`; `saved` applies it.

`review.md` is for people. `plans.json` names every stack of the queue with what pins it: the code it was
made from, the state it was made on, the plan's digest, and for a deferred stack the resources that it may
create once it can be planned.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from shared.deploy import asking, deferred, markdown, plan_set, plans, recovery
from shared.deploy.plan_set import FILE_NAME
from shared.deploy.plans import PlanSummary
from shared.deploy.saying import say
from shared.errors import UserError

if TYPE_CHECKING:
    from pathlib import Path

    from shared.deploy.run import Run
    from shared.deploy.work import Work

REVIEW_NAME = "review.md"
_ANOTHER = "name a folder that you may write into; it is made if need be"
#: With these ends of a planning, and no others, a set says what the whole queue will do.
_WHOLE = frozenset({"planned", "unchanged", "deferred"})


def check_folder(folder: Path | None) -> None:
    """Raise UserError when plans cannot be kept in `folder`: before any time is spent on planning."""
    if folder is None:
        return
    try:
        nearest = next(part for part in (folder, *folder.absolute().parents) if part.exists())
    except OSError as error:
        raise UserError(f"--out {folder}: {error.strerror}", remedy=_ANOTHER) from error
    if not nearest.is_dir():
        raise UserError(f"--out {folder}: {nearest} is a file", remedy=_ANOTHER)
    if not os.access(nearest, os.W_OK | os.X_OK):
        raise UserError(f"--out {folder}: {nearest} cannot be written", remedy=_ANOTHER)


def complete(run: Run) -> bool:
    """Tell whether every stack of the queue came to an end that a set can hold."""
    return all(work.status in _WHOLE for work in run.works.values())


def keep(run: Run, folder: Path) -> Path:
    """Write the set into `folder`, which then holds this one only; its owner alone may read the files.

    Plans may hold secrets in plain text. Raises UserError, with none of them left there, when they cannot be
    written.
    """
    try:
        return _keep(run, folder)
    except OSError as error:
        for work in run.works.values():
            with contextlib.suppress(OSError):
                plans.file_of(folder, work.address).unlink()
        what = f"--out {folder}: the plans cannot be kept: {error}"
        raise UserError(what, remedy=_ANOTHER) from error


def _keep(run: Run, folder: Path) -> Path:
    # somebody's own folder keeps its mode; the files are the owner's only all the same
    with contextlib.suppress(FileExistsError):
        folder.mkdir(parents=True, mode=0o700)
    plan_set.forget(folder)
    document: dict[str, Any] = {
        "environment": run.manifest.environment,
        "suffix": run.manifest.suffix,
        "command": run.command,
        "settings": plan_set.settings(run),
        "allow": sorted(run.options.allow),
        "known": [entry.address for entry in run.manifest.stacks],
        "stages": list(run.manifest.stage_names),
        "queue": list(run.works),
        "stacks": [_record(run, work, folder) for work in run.works.values()],
    }
    (folder / REVIEW_NAME).write_text(markdown.page(run), encoding="utf-8")
    # last: with this there is a set
    path = folder / FILE_NAME
    path.write_text(json.dumps(document, indent=2) + "\n", encoding="utf-8")
    for record in document["stacks"]:
        if record["status"] == "deferred":
            number = asking.number(len(record["creates"]), "resource")
            what = f"agreed to is that it creates {number}, named in {FILE_NAME}; all else is asked about"
            say(run.console, f"{record['stack']} is deferred: {what}")
    return path


def _record(run: Run, work: Work, folder: Path) -> dict[str, Any]:
    state = run.states.get(work.address)
    record = {
        "stack": work.address,
        "stage": run.manifest.stage_names[work.stage - 1],
        "status": work.status,
        "reasons": work.reasons,
        "state": state.version if state else None,
        "code": work.entry.digest,
        "creates": deferred.creations(run, work) if work.status == "deferred" else [],
        "file": "",
        "sha256": "",
        "inputs": "",
        "traces": recovery.traces(run, work),
        "plan": asdict(work.summary or PlanSummary()),
    }
    if work.plan is not None:
        target = plans.file_of(folder, work.address)
        shutil.copyfile(work.plan, target)
        target.chmod(0o600)
        record |= {"file": target.name, "sha256": plans.digest(target)}
        record |= {"state": work.state_version, "inputs": work.inputs}
    return record
