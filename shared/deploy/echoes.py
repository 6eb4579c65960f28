"""What an engine that was asked to stop in the middle says of everything that it left undone."""

from __future__ import annotations

import re

#: Terraform says so once for each resource and provisioner that it no longer begins.
_HALTED = re.compile(r"Error: execution halted\s*\Z")
#: What providers and provisioners say of a call that was under way.
_CANCELED = re.compile(
    r"(?:context|request|operation)(?: was)? cancell?ed|signal: (?:killed|interrupt)", re.IGNORECASE
)


def without(text: str) -> str:
    """Return the errors in `text` that are not an echo of the cancellation; empty when all are."""
    errors = re.split(r"(?m)^(?=Error: )", text)
    return "".join(error for error in errors if not _HALTED.match(error) and not _CANCELED.search(error))
