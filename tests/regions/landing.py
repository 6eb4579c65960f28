"""What tests of the third system share: short names of its stacks."""

from tests.synthesized import Document, Synthesis

REGION = "us-east-1"
STACKS = ("foundation", "routing", "database", "replication", "cutover", "backup")


def stack(synthesis: Synthesis, name: str) -> Document:
    """A stack by the second part of its address."""
    return synthesis[f"{synthesis.environment.home.region}/{name}"]
