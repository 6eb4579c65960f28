"""What is wrong on purpose: `exceptions.toml`, read and held to its own rules.

An exception names the check, the places, a reason and what decided it (a requirement or a decision). One that
has no reason, or excuses nothing any more, is a finding itself.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from shared.errors import Problem, UserError
from shared.policy.finding import Finding
from shared.policy.model import Platform
from shared.policy.registry import EVERYWHERE, checks
from shared.workspace import here

FILE = Path(__file__).resolve().with_name("exceptions.toml")
ID = "EXCEPTIONS"
_KEYS = {"check", "places", "wrong", "systems", "protection", "reason", "by"}
_THEIRS = re.compile(r"CKV2?_AWS_\d+")
_DECISION = re.compile(r"docs/decisions/(\d{4})")
_REQUIREMENT = re.compile(r"^\| ([ABC]\d+[a-z]?)(?: \(\w+\))? \|", re.MULTILINE)
_PROFILES = ("destroyable", "production")
_SHORTEST_REASON = 20


@dataclass(frozen=True, kw_only=True)
class Exemption:
    """One entry of the file."""

    number: int
    """Its position, from 1."""
    check: str
    places: tuple[str, ...]
    """Patterns of places: `*/routing/peering/connection`."""
    reason: str
    by: str
    """Id of a requirement (`A3`), or a decision (`docs/decisions/0007`)."""
    wrong: str = ""
    """Text that the finding must have in it, so that another one of the same check at the place stays one."""
    systems: tuple[str, ...] = EVERYWHERE
    protection: str = ""
    """The profile that it is for; empty: both."""

    def covers(self, finding: Finding) -> bool:
        """Return whether a finding is meant."""
        return (
            finding.check == self.check
            and self.wrong in finding.wrong
            and finding.system in self.systems
            and self.protection in ("", finding.protection)
            and any(fnmatchcase(finding.place, pattern) for pattern in self.places)
        )

    def judged_by(self, platforms: Iterable[Platform]) -> bool:
        """Return whether these environments are all that it could be about, so that it must match."""
        there = {each.system for each in platforms if self.protection in ("", each.protection)}
        return set(self.systems) <= there


def load(path: Path = FILE) -> list[Exemption]:
    """Return the exceptions. Raises UserError with everything that is wrong in the file."""
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise UserError(Problem(where=str(path), what=f"it cannot be read: {error}")) from error
    entries = list(enumerate(document.get("exception", []), start=1))
    known = _Known.read()
    problems = [
        Problem(
            where=f"{path.name}, exception {number}",
            what=what,
            remedy="docs/policy.md says what belongs there",
        )
        for number, entry in entries
        for what in known.complaints(entry)
    ]
    problems += [
        Problem(where=path.name, what=f"{key} means nothing") for key in document.keys() - {"exception"}
    ]
    if problems:
        raise UserError(problems)
    return [_made(number, entry) for number, entry in entries]


def _made(number: int, entry: Mapping[str, Any]) -> Exemption:
    return Exemption(
        number=number,
        check=entry["check"],
        places=tuple(entry["places"]),
        reason=" ".join(entry["reason"].split()),
        by=entry["by"],
        wrong=entry.get("wrong", ""),
        systems=tuple(entry.get("systems", EVERYWHERE)),
        protection=entry.get("protection", ""),
    )


@dataclass(frozen=True, kw_only=True)
class _Known:
    """What an exception may refer to."""

    checks: frozenset[str]
    requirements: frozenset[str]
    decisions: frozenset[str]

    @classmethod
    def read(cls) -> _Known:
        """Return the checks there are, and the ids in the documents."""
        docs = here().root / "docs"
        written = (docs / "requirements.md").read_text(encoding="utf-8")
        return cls(
            checks=frozenset(each.id for each in checks()),
            requirements=frozenset(_REQUIREMENT.findall(written)),
            decisions=frozenset(path.name[:4] for path in (docs / "decisions").glob("[0-9]*.md")),
        )

    def complaints(self, entry: Any) -> Iterator[str]:
        """Yield what is wrong with an entry of the file."""
        if not isinstance(entry, dict):
            yield "it is no table"
            return
        unknown = sorted(entry.keys() - _KEYS)
        if unknown:
            yield f"{', '.join(unknown)} means nothing"
        if not self._is_a_check(entry.get("check")):
            yield f"check is {entry.get('check')!r}, which is neither one of ours nor checkov's"
        if not _patterns(entry.get("places")):
            yield "places is no list of patterns"
        if not _text(entry.get("wrong", "anything")):
            yield "wrong is no text"
        if len(_text(entry.get("reason"))) < _SHORTEST_REASON:
            yield "it has no reason"
        if not self._decided(_text(entry.get("by"))):
            yield f"by is {entry.get('by')!r}, which is no requirement and no decision"
        if not set(_patterns(entry.get("systems", list(EVERYWHERE)))) <= set(EVERYWHERE):
            yield f"systems is {entry.get('systems')!r}; there are {', '.join(EVERYWHERE)}"
        if entry.get("protection", _PROFILES[0]) not in _PROFILES:
            yield f"protection is {entry.get('protection')!r}; there are {' and '.join(_PROFILES)}"

    def _is_a_check(self, name: Any) -> bool:
        return isinstance(name, str) and (name in self.checks or _THEIRS.fullmatch(name) is not None)

    def _decided(self, by: str) -> bool:
        decision = _DECISION.fullmatch(by)
        return decision[1] in self.decisions if decision else by in self.requirements


def _text(value: Any) -> str:
    return value.strip() if isinstance(value, str) else ""


def _patterns(value: Any) -> tuple[str, ...]:
    fine = isinstance(value, list) and value and all(_text(each) for each in value)
    return tuple(value) if fine else ()


def stale(
    entries: Sequence[Exemption],
    excused: Iterable[tuple[Finding, Exemption]],
    platforms: Sequence[Platform],
) -> list[Finding]:
    """Return the patterns that excuse nothing although everything that they are about was looked at."""
    taken = {
        (entry.number, pattern)
        for finding, entry in excused
        for pattern in entry.places
        if fnmatchcase(finding.place, pattern)
    }
    return [
        Finding(
            check=ID,
            place=f"exception {entry.number} ({entry.check})",
            wrong=f"stale exception: nothing is wrong at {pattern}",
            remedy="Remove it: what it was for is mended, or is called something else now.",
            file=FILE,
        )
        for entry in entries
        if entry.judged_by(platforms)
        for pattern in entry.places
        if (entry.number, pattern) not in taken
    ]
