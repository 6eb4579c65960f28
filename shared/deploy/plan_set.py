"""A set of saved plans as it lies in its folder, and what moved since it was made."""

from __future__ import annotations

import contextlib
import json
import shlex
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from shared.deploy import plans, recovery
from shared.deploy.plans import Change, PlanSummary
from shared.errors import Problem, Refused, UserError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from shared.deploy.run import Run
    from shared.deploy.work import Work

FILE_NAME = "plans.json"
APPLIED_NAME = "applied.json"
_MAKE_ANEW = "plan again and review again"


@dataclass(frozen=True, kw_only=True)
class Record:
    """One stack of a set."""

    status: str
    """`planned`, `unchanged` or `deferred`."""
    state: str | None
    """Version of the state at the review; None: there was none."""
    code: str
    creates: frozenset[str]
    """Addresses that a deferred stack may create."""
    reasons: tuple[str, ...]
    file: str
    sha256: str
    inputs: str
    traces: Mapping[str, str | None]
    """What failed or killed applies had made before the plan, which knows of it: address -> id, None for what
    they only began to make."""
    plan: PlanSummary


@dataclass(frozen=True, kw_only=True)
class PlanSet:
    """A set of plans, whole."""

    folder: Path
    again: str
    """The command that makes the set anew."""
    allow: tuple[str, ...]
    """Leave that was given for these plans: `replace:STACK:ADDRESS`."""
    settings: Mapping[str, Any]
    known: tuple[str, ...]
    """Every stack that the code had."""
    stacks: Mapping[str, Record]
    """By address, in the queue's order."""
    applied: Mapping[str, str]
    """Address -> version of the state after the stack was applied out of this set."""

    def changed(self, run: Run) -> list[Problem]:
        """Return what changed for the whole set: settings, and which stacks there are."""
        now = [entry.address for entry in run.manifest.stacks]
        found: list[tuple[str | None, str]] = [
            (None, f"{name} was {self.settings.get(name)} when the plans were made, and is {value} now")
            for name, value in settings(run).items()
            if self.settings.get(name) != value
        ]
        found += [(a, "is no longer a stack of this environment") for a in self.stacks if a not in now]
        found += [(a, "was added to the code since") for a in now if a not in self.known]
        return [Problem(where=where, what=what, remedy=self._remedy) for where, what in found]

    def moved(self, run: Run, work: Work) -> list[Problem]:
        """Return what of this stack is not as it was when the set was made, or applied."""
        record = self.stacks[work.address]
        state = run.states.get(work.address)
        version = state.version if state else None
        faults = []
        if work.address in self.applied:
            if version != self.applied[work.address]:
                faults.append("it was applied out of this set, and its state was written since")
        else:
            if record.status == "planned":
                faults += self._plan_faults(run, work, record)
            if version != record.state:
                faults.append("its state was written since")
        if work.entry.digest != record.code:
            faults.append("its code changed since")
        return [Problem(where=work.address, what=fault, remedy=self._remedy) for fault in faults]

    def _plan_faults(self, run: Run, work: Work, record: Record) -> list[str]:
        file = self.folder / record.file
        faults = []
        if not file.is_file() or plans.digest(file) != record.sha256:
            faults.append("its plan file is missing or is not the one that was saved")
        if run.inputs(work) != record.inputs:
            faults.append("an upstream published other values since")
        if recovery.traces(run, work).items() - record.traces.items():
            faults.append("an apply of it was killed, and what that made is in no state yet")
        return faults

    @property
    def _remedy(self) -> str:
        return f"`invoke {self.again}` plans again; review that"


def settings(run: Run) -> dict[str, Any]:
    """Return what the plans depend on beside the stacks' own code."""
    return {
        "account": run.manifest.account_id,
        "protection": run.options.protection,
        "stages": ", ".join(run.manifest.stage_names),
        "engine": f"{run.program.name} {run.program.version}",
    }


def load(run: Run, folder: Path) -> PlanSet:
    """Return the set in `folder`. Raises UserError when there is none, or it is damaged or another's."""
    path = folder / FILE_NAME
    place = run.manifest.place
    try:
        if not path.is_file():
            remedy = f"`invoke plan --out {folder}{place}` makes them"
            raise UserError(f"{folder} holds no saved plans", remedy=remedy)
        document = json.loads(path.read_text(encoding="utf-8"))
        whose = (document["environment"], document["suffix"])
        found = PlanSet(
            folder=folder,
            again=_again(document, folder, place),
            allow=tuple(document["allow"]),
            settings=dict(document["settings"]),
            known=tuple(document["known"]),
            stacks={record["stack"]: _record(record) for record in document["stacks"]},
            applied=_applied(folder),
        )
    except OSError as error:
        raise UserError(f"{path} cannot be read: {error}", remedy=_MAKE_ANEW) from error
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise UserError(f"{path} is damaged: {error!r}", remedy=_MAKE_ANEW) from error
    if whose != (run.manifest.environment, run.manifest.suffix):
        raise Refused(f"these plans are for {whose[0]}, suffix {whose[1]}")
    return found


def _again(document: Mapping[str, Any], folder: Path, place: str) -> str:
    leave = [allowed.partition(":")[::2] for allowed in document["allow"]]
    options = "".join(f" --allow-{kind} {shlex.quote(what)}" for kind, what in leave)
    return f"{document['command']} --out {shlex.quote(str(folder))}{options}{place}"


def _applied(folder: Path) -> dict[str, str]:
    path = folder / APPLIED_NAME
    return dict(json.loads(path.read_text(encoding="utf-8"))) if path.is_file() else {}


def _record(stored: Mapping[str, Any]) -> Record:
    return Record(
        status=stored["status"],
        state=stored["state"],
        code=stored["code"],
        creates=frozenset(stored["creates"]),
        reasons=tuple(stored["reasons"]),
        file=stored["file"],
        sha256=stored["sha256"],
        inputs=stored["inputs"],
        traces=dict(stored.get("traces", {})),
        plan=_summary(stored["plan"]),
    )


def _summary(stored: Mapping[str, Any]) -> PlanSummary:
    changes = tuple(
        Change(**{**change, "attributes": tuple(change["attributes"]), "forcing": tuple(change["forcing"])})
        for change in stored["changes"]
    )
    return PlanSummary(changes=changes, outputs=dict(stored["outputs"]))


def forget(folder: Path) -> None:
    """Delete an earlier set: the plans that its own list names, and what was applied out of it."""
    path = folder / FILE_NAME
    with contextlib.suppress(OSError, ValueError, KeyError, TypeError):
        for record in json.loads(path.read_text(encoding="utf-8"))["stacks"]:
            plans.file_of(folder, record["stack"]).unlink(missing_ok=True)
    path.unlink(missing_ok=True)
    (folder / APPLIED_NAME).unlink(missing_ok=True)
