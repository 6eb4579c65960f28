"""What a check found wrong, and where."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One thing that is not as it must be."""

    check: str
    """`RS04` or `CKV_AWS_18`."""
    place: str
    """`us-east-1/service/alb/balancer`, a stack's address, a file."""
    wrong: str
    """What is wrong, in half a sentence."""
    remedy: str
    """What to do."""
    file: Path
    environment: str = ""
    system: str = ""
    protection: str = ""

    @property
    def subject(self) -> tuple[str, str]:
        """What it is about: environments may have the same places."""
        return (self.environment, self.place)
