"""Everything that was looked at, in one table: own checks, checkov's, and what is excused."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from shared.policy import exceptions
from shared.policy.exceptions import Exemption
from shared.policy.finding import Finding
from shared.policy.model import Platform
from shared.policy.registry import OWN, Check, checks
from shared.policy.scanner import Scan


@dataclass(frozen=True, kw_only=True)
class Row:
    """One check in numbers."""

    check: str
    title: str
    looked_at: int
    """Resources, stacks or files; the same one in two environments counts twice."""
    wrong: int
    excepted: int


@dataclass(frozen=True, kw_only=True)
class Tally:
    """One environment in numbers; a place that two checks judge counts twice."""

    environment: str
    own_passed: int
    own_wrong: int
    own_excepted: int
    checkov_passed: int
    checkov_wrong: int
    checkov_excepted: int


@dataclass(frozen=True, kw_only=True)
class Report:
    """What was found."""

    rows: tuple[Row, ...]
    findings: tuple[Finding, ...]
    """What is wrong and not excused."""
    excused: tuple[tuple[Finding, Exemption], ...]
    tallies: tuple[Tally, ...]
    """One an environment."""
    scan: Scan | None
    """None: checkov is not installed."""

    def as_json(self) -> dict[str, Any]:
        """Return the report for programs."""
        return {
            "checks": [row.__dict__ for row in self.rows],
            "findings": [_plain(each) for each in self.findings],
            "excepted": [
                {**_plain(each), "reason": entry.reason, "by": entry.by} for each, entry in self.excused
            ],
            "environments": [tally.__dict__ for tally in self.tallies],
            "checkov": None if self.scan is None else {"version": self.scan.version},
        }


def _plain(finding: Finding) -> dict[str, str]:
    return {key: str(value) for key, value in finding.__dict__.items()}


def judge(check: Check, platforms: Iterable[Platform]) -> tuple[set[tuple[str, str]], list[Finding]]:
    """Return what a check looked at (environment and place), and what it finds wrong."""
    looked_at: set[tuple[str, str]] = set()
    found = []
    for platform in platforms:
        for judged in check.judge(platform):
            finding = Finding(
                check=check.id,
                place=judged.place.place,
                wrong=judged.wrong,
                remedy=check.remedy,
                file=judged.place.file,
                environment=platform.environment,
                system=platform.system,
                protection=platform.protection,
            )
            looked_at.add(finding.subject)
            found += [finding] if judged.wrong else []
    return looked_at, list(dict.fromkeys(found))


@dataclass(frozen=True, kw_only=True)
class _Sorted:
    """What is wrong, and what is wrong on purpose."""

    entries: Sequence[Exemption]
    findings: list[Finding] = field(default_factory=list)
    excused: list[tuple[Finding, Exemption]] = field(default_factory=list)

    def add(self, found: Iterable[Finding]) -> tuple[int, int]:
        """Sort what a check found, and return how much of it is wrong, and how much excepted."""
        before = len(self.findings), len(self.excused)
        for finding in found:
            entry = next((entry for entry in self.entries if entry.covers(finding)), None)
            if entry is None:
                self.findings.append(finding)
            else:
                self.excused.append((finding, entry))
        return len(self.findings) - before[0], len(self.excused) - before[1]


def examine(
    platforms: Sequence[Platform], entries: Sequence[Exemption], scan: Scan | None, *, whole: bool = True
) -> Report:
    """Hold the environments against all checks; `whole`: what excuses nothing is a finding, too.

    A check that looked at nothing in all systems that it is for is a finding: its subject has a new name.
    """
    rows: list[Row] = []
    found = _Sorted(entries=entries)
    well: Counter[str] = Counter()
    systems = {platform.system for platform in platforms}
    for check in checks():
        looked_at, wrong = judge(check, platforms)
        if not looked_at and set(check.systems) <= systems:
            wrong.append(_blind(check, platforms[0]))
        well.update(where for where, _ in looked_at - {each.subject for each in wrong})
        rows.append(_row(check.id, check.title, len(looked_at), found.add(wrong)))
    if scan is not None:
        for id_ in sorted({each.check for each in scan.findings}):
            theirs = [each for each in scan.findings if each.check == id_]
            rows.append(_row(id_, scan.titles[id_], scan.looked_at[id_], found.add(theirs)))
    if whole and scan is not None:
        stale = exceptions.stale(entries, found.excused, platforms)
        title = "Every exception excuses something"
        rows.append(_row(exceptions.ID, title, len(entries), found.add(stale)))
    return Report(
        rows=tuple(rows),
        findings=tuple(found.findings),
        excused=tuple(found.excused),
        tallies=tuple(_tally(each, well, found, scan) for each in platforms),
        scan=scan,
    )


def _row(check: str, title: str, looked_at: int, counts: tuple[int, int]) -> Row:
    return Row(check=check, title=title, looked_at=looked_at, wrong=counts[0], excepted=counts[1])


def _tally(platform: Platform, well: Mapping[str, int], found: _Sorted, scan: Scan | None) -> Tally:
    name = platform.environment
    wrong = [_is_ours(each) for each in found.findings if each.environment == name]
    excepted = [_is_ours(each) for each, _ in found.excused if each.environment == name]
    return Tally(
        environment=name,
        own_passed=well[name],
        own_wrong=wrong.count(True),
        own_excepted=excepted.count(True),
        checkov_passed=0 if scan is None else scan.passed.get(name, 0),
        checkov_wrong=wrong.count(False),
        checkov_excepted=excepted.count(False),
    )


def _is_ours(finding: Finding) -> bool:
    return finding.check.startswith(OWN)


def _blind(check: Check, platform: Platform) -> Finding:
    return Finding(
        check=check.id,
        place="everywhere",
        wrong="it looked at nothing in any environment",
        remedy="What it is for has another type or name now: change the check.",
        file=platform.file,
    )
