"""Where things lie in the repository: synthesized stacks, run records, working files.

Everything that a command writes is below one of three git-ignored folders: `cdktf.out/` (what was
synthesized), `.regionshift/` (records and logs) and `cfn-outputs/` (outputs for other programs).
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Workspace:
    """The paths below one repository root."""

    root: Path
    """Folder that holds `regions/`, `environments/` and `tasks.py`."""

    @property
    def working(self) -> Path:
        """Return the folder of records and logs."""
        return self.root / ".regionshift"

    @property
    def synthesis_records(self) -> Path:
        """Return the folder with what each synthesis was made from, and its log."""
        return self.working / "synthesis"

    @property
    def flat_outputs(self) -> Path:
        """Return the file with the target region's outputs under the requirement's names."""
        return self.root / "cfn-outputs" / "flat-outputs.json"

    def synthesis(self, environment: str, suffix: str) -> Path:
        """Return the folder of the stacks synthesized for one environment and suffix."""
        return self.root / "cdktf.out" / f"{environment}-{suffix}"

    def graph(self, environment: str, part: str = "") -> Path:
        """Return the drawing of one environment's stacks, or of a part of it from within."""
        return self.working / f"graph-{environment}{f'-{part}' if part else ''}.svg"


def here() -> Workspace:
    """Return the workspace of the repository that this file belongs to."""
    return Workspace(Path(__file__).resolve().parents[1])
