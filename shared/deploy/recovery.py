"""What a killed apply made and did not write down, taken over instead of made twice.

Terraform writes a remote state at most every 20 seconds during an apply (TF_STATE_PERSIST_INTERVAL
cannot be lower), so a kill -9 leaves resources that no state knows. The log of the killed apply
names them: with its id when the creation was reported, without when it was under way. The next
plan imports what is certainly ours; what turns out not to exist is created.
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
#: What is said of an import when the thing is not there; NotFound and NoSuch are parts of AWS's codes.
_ABSENT = re.compile(r"Cannot import non-existent remote object|NotFound|NoSuch")
#: What is said when a type has no import, or ids of another form.
_NO_WAY = re.compile(
    r"[Uu]nexpected format|[Ww]rong format|[Ii]nvalid.* import|does(?:n't| not) support import"
)
_AGAIN = "it is made again; see in AWS whether there is one too many"


def lost(run: Run, work: Work) -> dict[str, str]:
    """Return address -> import id of what the plan would create and a killed apply made already.

    What may be there and is not certainly ours is noted, with what to do. The stack's plan is the
    one that `work.summary` tells of.
    """
    creates = {c.address for c in work.summary.changes if c.kind == "create"} if work.summary else set()
    made = {address: id_ for address, id_ in traces(run, work).items() if address in creates}
    if not made:
        return {}
    found = {}
    planned = orphans.planned(run.terraform(work).show(_plan_file(run, work)))
    owner = orphans.mark(run.manifest, work.entry)
    for address in sorted(made.keys() & planned):
        finding = orphans.look(planned[address], made[address], owner, run.clients)
        if finding.id:
            found[address] = finding.id
        elif finding.doubt:
            run.note(work, f"a killed run began to make {address}; it is not taken over: {finding.doubt}")
    return found


def killed(processes: list[EngineProcess]) -> list[EngineProcess]:
    """Return the applies since the last one that came to a good end, oldest first."""
    found: list[EngineProcess] = []
    for process in reversed(processes):
        if process.phase in _WRITERS:
            # one that failed by itself may have been stopped before it took over what was left
            if process.code == 0:
                break
            found.append(process)
    return found[::-1]


def traces(run: Run, work: Work) -> dict[str, str | None]:
    """Return address -> id of what earlier applies made, None for what they only began to make.

    A creation that failed is left out: what is there under that name may be somebody else's.
    """
    made: dict[str, str | None] = {}
    doomed: dict[str, str | None] = {}
    for process in killed(run.history(work.address)):
        for event in _events(process):
            hook, step = event.get("hook", {}), (event.get("hook", {}).get("action"), event.get("type"))
            address = hook.get("resource", {}).get("addr", "")
            if step == ("create", "apply_start"):
                made.setdefault(address, None)
            elif step == ("create", "apply_complete"):
                made[address] = hook.get("id_value")
            elif step == ("create", "apply_errored") and made.get(address) is None:
                made.pop(address, None)
            elif step == ("delete", "apply_start"):
                doomed[address] = hook.get("id_value")
            # of a replacement that creates first, it is the old one that is deleted
            elif step == ("delete", "apply_complete") and made.get(address) == doomed.get(address):
                made.pop(address, None)
    return made


def _events(process: EngineProcess) -> Iterator[Event]:
    path = process.folder / "logs" / f"{log.safe(process.address)}.{process.phase}.jsonl"
    if path.is_file():
        for line in path.read_text(encoding="utf-8", errors="replace").splitlines():
            yield log.parse(line)


def take_over(run: Run, work: Work, found: Mapping[str, str], plan: Callable[[], list[Event]]) -> list[Event]:
    """Plan with imports of what was found, and return the plan's log.

    What does not exist is left out and planned as a creation, and so is what cannot be imported,
    which is noted. Raises EngineError for every other failure: to plan a creation after it could
    make a thing twice.
    """
    directory = run.manifest.directory(work.entry)
    left = dict(found)
    while left:
        write(directory, left)
        try:
            events = plan()
        except EngineError as failure:
            refused = _refused(failure, left)
            if not refused:
                raise
            for address, text in refused.items():
                _say_refused(run, work, address, left.pop(address), text, then=_AGAIN)
            continue
        finally:
            # a saved plan holds the configuration that it was made from
            clean(directory)
        run.note(work, f"takes over what a killed run made and did not write down: {', '.join(left)}")
        return events
    return plan()


def _refused(failure: EngineError, found: Mapping[str, str]) -> dict[str, str]:
    """Return address -> error of the imports that cannot be; nothing if anything else failed, too."""
    refused: dict[str, str] = {}
    for text in filter(str.strip, re.split(r"(?m)^(?=Error: )", failure.text)):
        # some errors name the resource, some only the id that it was looked for by
        named = [address for address, id_ in found.items() if _names(text, address) or _names(text, id_)]
        if not named or not _hopeless(EngineError(failure.phase, text)):
            return {}
        refused.update(dict.fromkeys(named, text))
    return refused


def _hopeless(failure: EngineError) -> bool:
    """Tell whether an import failed because the thing is not there, or can never be imported so."""
    known = _ABSENT.search(failure.text) or _NO_WAY.search(failure.text)
    return known is not None and not failure.transient


def _say_refused(run: Run, work: Work, address: str, id_: str, text: str, *, then: str) -> None:
    if _ABSENT.search(text):
        run.terraform(work).log.say(f"{address} is not taken over: {id_} is not there")
    else:
        run.note(work, f"{address} ({id_}), which a killed run made, cannot be imported: {then}")


def _names(text: str, word: str) -> bool:
    """Return whether `word` stands in `text` by itself, not as a part of a longer name."""
    return re.search(rf"(?<![\w./-]){re.escape(word)}(?![\w/-])", text) is not None


def unknown(run: Run, work: Work, plan: Callable[[Path], list[Event]]) -> dict[str, str]:
    """Return address -> import id of what killed applies made and a destruction would not find.

    `plan` makes a plan of a deployment, which is looked at and deleted. Nothing is written: the state is
    changed only when the destruction was agreed to.
    """
    state = run.states.get(work.address)
    standing = state.addresses if state else frozenset()
    # the state's summary knows no indexes
    left = {a: id_ for a, id_ in traces(run, work).items() if a.endswith("]") or a not in standing}
    if not left:
        return {}
    file = _plan_file(run, work)
    try:
        work.summary = plans.from_log(plan(file))
        return lost(run, work)
    except EngineError as failure:
        listed = ", ".join(f"{address} ({id_ or 'id not known'})" for address, id_ in left.items())
        raise EngineError(
            failure.phase,
            f"{failure.text}\nA killed run may have left what no state knows: {listed}. "
            "Finding it needs a plan. Deploy the stack again before destroying it; or delete these by hand, "
            f"remove the records that name them, {_records(run, work)}, and run again.",
        ) from failure
    finally:
        file.unlink(missing_ok=True)


def _records(run: Run, work: Work) -> str:
    return ", ".join(dict.fromkeys(str(process.folder) for process in killed(run.history(work.address))))


def adopt(run: Run, work: Work) -> None:
    """Write `work.orphans` into the state, so that the destruction finds them.

    Raises EngineError, with the rest still in `work.orphans`, when one is there and cannot be written.
    """
    terraform = run.terraform(work)
    for address, id_ in list(work.orphans.items()):
        try:
            terraform.adopt(address, id_)
        except EngineError as failure:
            if not _hopeless(failure):
                raise
            _say_refused(run, work, address, id_, failure.text, then="delete it by hand")
        else:
            run.note(work, f"took over {address}, which a killed run made and did not write down")
        del work.orphans[address]


def _plan_file(run: Run, work: Work) -> Path:
    return plans.file_of(run.folder / "plans", work.address)


def write(directory: Path, found: Mapping[str, str]) -> None:
    """Write the import blocks into the stack's folder."""
    blocks = [{"to": address, "id": id_} for address, id_ in found.items()]
    (directory / FILE_NAME).write_text(json.dumps({"import": blocks}, indent=2), encoding="utf-8")


def clean(directory: Path) -> None:
    """Remove the import blocks."""
    (directory / FILE_NAME).unlink(missing_ok=True)
