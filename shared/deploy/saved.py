"""A set of saved plans that is reviewed now and applied later, exactly as it is."""

from __future__ import annotations

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


def keep(run: Run, folder: Path) -> Path:
    """Copy the plans of the run into `folder` with what pins them; only the owner may read it.

    Plans may hold secrets in plain text. Deferred stacks are not part of the set.
    """
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    folder.chmod(0o700)
    stacks = []
    for work in run.with_status("planned"):
        assert work.plan is not None  # noqa: S101 - that is what planned means
        target = folder / work.plan.name
        shutil.copy2(work.plan, target)
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


def restore(run: Run, folder: Path) -> None:
    """Take the plans of `folder` into the run. Raises Refused with everything that moved since."""
    path = folder / FILE_NAME
    if not path.is_file():
        raise UserError(f"{folder} holds no saved plans", remedy=f"`invoke plan --out {folder}` makes them")
    document = json.loads(path.read_text(encoding="utf-8"))
    if (document["environment"], document["suffix"]) != (run.manifest.environment, run.manifest.suffix):
        raise Refused(f"these plans are for {document['environment']}, suffix {document['suffix']}")
    records = {record["stack"]: record for record in document["stacks"]}
    run.enqueue(record["stack"] for record in document["stacks"])
    run.observe()
    problems = [p for work in run.works.values() for p in _moved(run, work, records[work.address], folder)]
    if problems:
        raise Refused(problems)
    for work in run.works.values():
        record = records[work.address]
        work.plan = run.folder / "plans" / f"{safe(work.address)}.tfplan"
        shutil.copy2(folder / record["file"], work.plan)
        work.summary, work.inputs, work.status = _summary(record["plan"]), record["inputs"], "planned"


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
    remedy = "plan again and review again"
    return [Problem(where=work.address, what=fault, remedy=remedy) for fault in faults]


def _summary(stored: dict[str, Any]) -> PlanSummary:
    changes = tuple(
        Change(**{**change, "attributes": tuple(change["attributes"]), "forcing": tuple(change["forcing"])})
        for change in stored["changes"]
    )
    return PlanSummary(changes=changes, outputs=stored["outputs"])
