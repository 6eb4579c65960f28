"""A secret with a password that nobody knew before."""

from __future__ import annotations

import json
import secrets
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from shared.rehearsal.prerequisites import ClientFactory


def make(
    clients: ClientFactory,
    region: str,
    name: str,
    username: str,
    *,
    replicate_to: str | None = None,
    **further: Any,
) -> str:
    """Make a secret with a random password, which is returned; `further` keys are put in beside it."""
    password = secrets.token_urlsafe(24)
    replicas = {"AddReplicaRegions": [{"Region": replicate_to}]} if replicate_to else {}
    clients.client("secretsmanager", region).create_secret(
        Name=name,
        SecretString=json.dumps({"username": username, "password": password, **further}),
        **replicas,
    )
    return password
