"""What the function knows about the deployment: the document in CONFIG."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any


@dataclass(frozen=True, kw_only=True)
class Configuration:
    """Ids of what the migration moves, and what an input means that does not say."""

    source: str
    """Region that is left."""
    target: str
    """Region that is moved to."""
    hosted_zone_id: str
    record_name: str
    set_identifiers: Mapping[str, str]
    """`source` and `target` -> the record's set identifier."""
    global_cluster: str
    cluster_arns: Mapping[str, str]
    """Region -> ARN of its cluster."""
    checkpoint_parameter: str
    defaults: Mapping[str, Any]
    """The environment's settings, under the input's names."""


@cache
def read(text: str) -> Configuration:
    """Parse the document. Raises TypeError for a missing or an unknown key: a defect of the stack."""
    return Configuration(**json.loads(text))
