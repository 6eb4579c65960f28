"""How the two databases are reached: host and login from Secrets Manager, kept in memory only."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

from shared.errors import Problem, UserError
from shared.operations.cutover.facts import AURORA, ON_PREMISES

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from shared.deploy.states import ClientFactory
    from shared.settings import DatabaseMigration

_KEYS = ("host", "port", "username", "password")


@dataclass(frozen=True, kw_only=True)
class Login:
    """How one database is reached."""

    side: str
    host: str
    port: int
    username: str
    password: str = field(repr=False)
    database: str
    ca_certificate: str | None
    """PEM: the certificate and the name are checked. None: the connection is encrypted only."""
    exempt: tuple[str, ...]
    """Roles that a freeze lets in: DMS's, and the operator's own."""

    @property
    def replicator(self) -> str:
        """Return the role that DMS writes with."""
        return self.exempt[0]


def read(environment: DatabaseMigration, clients: ClientFactory) -> dict[str, Login]:
    """Return side -> login. Raises UserError with every secret that cannot be used, and why."""
    problems: list[Problem] = []
    found: dict[str, Login] = {}
    client = clients.client("secretsmanager", environment.landing.region)
    for side, (replicators, operators, certificate) in _names(environment).items():
        documents = []
        for name in dict.fromkeys(one for one in (replicators, operators) if one):
            document, wrong = _secret(client, name)
            documents.append(document)
            problems += [Problem(where=f"secret {name}", what=what) for what in wrong]
        if all(documents):
            found[side] = _login(side, documents, environment.on_premises.database, certificate)
    if problems:
        raise UserError(problems)
    return found


def _names(environment: DatabaseMigration) -> dict[str, tuple[str, str | None, str | None]]:
    """Return side -> secret of DMS's login, secret of the owner's, authority of the certificate."""
    source, dms = environment.on_premises, environment.replication
    owner = environment.database.operator_secret_name
    return {
        ON_PREMISES: (source.secret_name, source.operator_secret_name, source.ca_certificate),
        AURORA: (dms.target_secret_name, owner, dms.target_ca_certificate),
    }


def _login(
    side: str, documents: Sequence[Mapping[str, Any]], database: str, certificate: str | None
) -> Login:
    """Return the login of the last secret; the first one is DMS's."""
    first, last = documents[0], documents[-1]
    return Login(
        side=side,
        host=str(last["host"]),
        port=int(last["port"]),
        username=str(last["username"]),
        password=str(last["password"]),
        database=database,
        ca_certificate=certificate,
        exempt=tuple(dict.fromkeys((str(first["username"]), str(last["username"])))),
    )


def _secret(client: Any, name: str) -> tuple[Mapping[str, Any], list[str]]:
    """Return the document, empty when it cannot be used, and what is wrong with it; never a value of it."""
    try:
        text = str(client.get_secret_value(SecretId=name).get("SecretString"))
    except (BotoCoreError, ClientError) as error:
        return {}, [f"it cannot be read: {error}"]
    try:
        document = json.loads(text)
    except ValueError:
        document = None
    if not isinstance(document, dict):
        return {}, [f"it is not JSON with {', '.join(_KEYS)}"]
    missing = [key for key in _KEYS if not document.get(key)]
    if missing:
        return {}, [f"it has no {', '.join(missing)}"]
    if not str(document["port"]).isdigit():
        return {}, ["its port is not a number"]
    return document, []
