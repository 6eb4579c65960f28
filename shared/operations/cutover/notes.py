"""How far the cutover is: the parameter `/migration/SUFFIX/state`, written on the version that was read."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from shared.errors import UserError
from shared.operations.common.calls import told
from shared.operations.common.machine import as_object
from shared.operations.cutover import stages
from shared.operations.cutover.facts import Note

if TYPE_CHECKING:
    from collections.abc import Mapping

    from shared.deploy.states import ClientFactory
    from shared.operations.cutover.handles import Handles

LARGEST = 4096
"""Bytes of a parameter of the standard tier (Systems Manager, Parameter Store)."""
_RESERVE = 512
"""Bytes for what the function writes into it: another stage, and whoever asked (256 letters)."""


class ChangedMeanwhileError(UserError):
    """Somebody else wrote the state: they go on, not we. Nothing is taken back for it."""


@dataclass(frozen=True, kw_only=True)
class Limits:
    """What people set in `/migration/SUFFIX/config`, as far as operators go by it."""

    lag_limit_seconds: int
    lag_window_minutes: int


class Notes:
    """The parameter, for one command."""

    def __init__(self, handles: Handles, clients: ClientFactory, *, by: str) -> None:
        self._handles = handles
        self._client = clients.client("ssm", handles.region)
        self._by = by

    def read(self) -> Note:
        """Return the note. Raises UserError when it cannot be understood, and botocore's errors."""
        return understood(self._handles.state_parameter, *_value(self._client, self._handles.state_parameter))

    def write(self, note: Note, *, stage: str, step: str, **kept: Any) -> Note:
        """Write the next note after `note`, with what it kept and `kept`; returns it.

        Parameter Store knows no condition, so its version is looked at before and its number afterwards.
        Raises ChangedMeanwhileError when somebody else wrote, whose note then stands again, and UserError
        when SSM does not.
        """
        name = self._handles.state_parameter
        now = datetime.now(UTC)
        document = {
            **note.kept,
            **kept,
            "stage": stage,
            "step": step,
            # to the microsecond, so that no two notes are the same text
            "at": now.isoformat(timespec="microseconds"),
            "by": self._by,
        }
        text = json.dumps(document, separators=(",", ":"))
        if len(text.encode()) > LARGEST - _RESERVE:
            raise UserError(
                f"{name} would have {len(text.encode())} bytes; Parameter Store takes {LARGEST}, and the "
                f"function `cutover` needs {_RESERVE} of them",
                remedy="too many roles may connect to the database by themselves: let them by a common role",
            )
        with told(f"{name} could not be written", f"look: `{self._handles.command('status')}`"):
            current = _value(self._client, name)[1]
            if current != note.version:
                raise self._beaten(f"{name} has version {current}, and {note.version} was looked at")
            version = self._put(name, text)
            # the first after `note` counts; it is ours, too, when its answer was lost and it was put again
            ours = version == note.version + 1
            if not ours and (first := _value(self._client, f"{name}:{note.version + 1}")[0]) != text:
                self._put(name, first)
                raise self._beaten(f"{name} has version {version}, and {note.version + 1} was to be written")
        return Note(stage=stage, step=step, at=now, by=self._by, version=version, kept=document)

    def _beaten(self, what: str) -> ChangedMeanwhileError:
        return ChangedMeanwhileError(
            f"{what}: somebody else is at it", remedy=f"look: `{self._handles.command('status')}`"
        )

    def _put(self, name: str, text: str) -> int:
        made = self._client.put_parameter(Name=name, Value=text, Type="SecureString", Overwrite=True)
        return int(made["Version"])


def understood(name: str, text: str, version: int) -> Note:
    """Return the note of a parameter's value. Raises UserError for one that means nothing."""
    document = as_object(text)
    stage = document.get("stage")
    if stage not in stages.ALL:
        raise UserError(
            f"{name} has the stage {stage!r}", remedy=f"one of {', '.join(stages.ALL)}, in a JSON object"
        )
    return Note(
        stage=str(stage),
        step=str(document.get("step", "")),
        at=_moment(document.get("at")),
        by=str(document.get("by", "")),
        version=version,
        kept=document,
    )


def limits(handles: Handles, clients: ClientFactory) -> Limits:
    """Return what `/migration/SUFFIX/config` says. Raises UserError when it does not."""
    name = handles.config_parameter
    with told(f"{name} cannot be read", "it is made by the stack cutover"):
        document = as_object(_value(clients.client("ssm", handles.region), name)[0])
    wanted = ("lag_limit_seconds", "lag_window_minutes")
    wrong = [key for key in wanted if not _positive(document.get(key))]
    if wrong:
        raise UserError(f"{name} has no whole number above 0 for {', '.join(wrong)}")
    return Limits(**{key: int(document[key]) for key in wanted})


def _value(client: Any, name: str) -> tuple[str, int]:
    found: Mapping[str, Any] = client.get_parameter(Name=name, WithDecryption=True)["Parameter"]
    return str(found["Value"]), int(found["Version"])


def _positive(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value > 0


def _moment(value: object) -> datetime | None:
    try:
        moment = datetime.fromisoformat(str(value))
    except ValueError:
        return None
    return moment if moment.tzinfo else None
