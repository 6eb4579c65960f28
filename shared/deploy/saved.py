"""A set of saved plans that is reviewed now and applied later, exactly as it is."""

from __future__ import annotations

import contextlib
import json
import shutil
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from shared.deploy import plans
from shared.deploy.log import safe
from shared.deploy.plans import Change, PlanSummary
from shared.errors import Problem, Refused, UserError

if TYPE_CHECKING:
    from pathlib import Path

    from shared.deploy.run import Run
    from shared.deploy.work import Work

FILE_NAME = "plans.json"
_AGAIN = "plan again and review again"
_KEYS = ("file", "sha256", "state", "inputs", "code")


def keep(run: Run, folder: Path) -> Path:
    """Copy the plans of the run into `folder` with what pins them; only the owner may read it.

    Plans may hold secrets in plain text. Deferred stacks are not part of the set.
    """
    # somebody's own folder keeps its mode; the files are the owner's only all the same
    with contextlib.suppress(FileExistsError):
        folder.mkdir(parents=True, mode=0o700)
    stacks = []
    for work in run.with_status("planned"):
        assert work.plan is not None  # noqa: S101 - that is what planned means
        target = folder / work.plan.name
        shutil.copy2(work.plan, target)
        target.chmod(0o600)
        stacks.append(
            {
                "stack": work.address,
                "file": target.name,
                "sha256": plans.digest(target),
                "state": work.state_version,
                "inputs": work.inputs,
                "code": work.entry.digest,
                "plan": asdict(work.summary or PlanSummary()),
            }
        )
    path = folder / FILE_NAME
    document = {"environment": run.manifest.environment, "suffix": run.manifest.suffix, "stacks": stacks}
    path.write_text(json.dumps(document, indent=2) + "\n", encoding="utf-8")
    return path


def check_folder(folder: Path | None) -> None:
    """Raise UserError when plans cannot be kept in `folder`: before any time is spent on planning."""
    if folder is None:
        return
    for part in (folder, *folder.parents):
        if part.exists() and not part.is_dir():
            raise UserError(
                f"--out {folder}: {part} is a file", remedy="name a folder; it is made if need be"
            )


def restore(run: Run, folder: Path) -> None:
    """Take the plans of `folder` into the run. Raises Refused with everything that moved since."""
    path = folder / FILE_NAME
    if not path.is_file():
        raise UserError(
            f"{folder} holds no saved plans",
            remedy=f"`invoke plan --out {folder}{run.manifest.place}` makes them",
        )
    records = _records(run, path)
    known = {entry.address for entry in run.manifest.stacks}
    gone = [
        Problem(where=address, what="is no longer a stack of this environment", remedy=_AGAIN)
        for address in records
        if address not in known
    ]
    if gone:
        raise Refused(gone)
    run.enqueue(records)
    run.observe()
    problems = [p for work in run.works.values() for p in _moved(run, work, records[work.address], folder)]
    if problems:
        raise Refused(problems)
    for work in run.works.values():
        record = records[work.address]
        work.plan = run.folder / "plans" / f"{safe(work.address)}.tfplan"
        shutil.copy2(folder / record["file"], work.plan)
        work.summary, work.inputs, work.status = record["plan"], record["inputs"], "planned"
        work.exact = True


def _records(run: Run, path: Path) -> dict[str, dict[str, Any]]:
    """Return the set's plans by stack, whole; raises UserError when the file is damaged."""
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
        place = (document["environment"], document["suffix"])
        records = {
            record["stack"]: {key: record[key] for key in _KEYS} | {"plan": _summary(record["plan"])}
            for record in document["stacks"]
        }
    except (ValueError, KeyError, TypeError) as error:
        raise UserError(f"{path} is damaged: {error!r}", remedy=_AGAIN) from error
    if place != (run.manifest.environment, run.manifest.suffix):
        raise Refused(f"these plans are for {place[0]}, suffix {place[1]}")
    return records


def _moved(run: Run, work: Work, record: dict[str, Any], folder: Path) -> list[Problem]:
    file = folder / record["file"]
    state = run.states.get(work.address)
    faults = []
    if not file.is_file() or plans.digest(file) != record["sha256"]:
        faults.append("its plan file is missing or is not the one that was saved")
    if (state.version if state else None) != record["state"]:
        faults.append("its state was written since")
    if run.inputs(work) != record["inputs"]:
        faults.append("an upstream published other values since")
    if work.entry.digest != record["code"]:
        faults.append("its code changed since")
    return [Problem(where=work.address, what=fault, remedy=_AGAIN) for fault in faults]


def _summary(stored: dict[str, Any]) -> PlanSummary:
    changes = tuple(
        Change(**{**change, "attributes": tuple(change["attributes"]), "forcing": tuple(change["forcing"])})
        for change in stored["changes"]
    )
    return PlanSummary(changes=changes, outputs=stored["outputs"])
