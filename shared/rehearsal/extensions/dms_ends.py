"""DMS: what an endpoint leads to, and whether it answers (TestConnection, DescribeConnections).

moto 5.2.5 finds every connection successful without looking, and fails for one that is tested twice
(`'list' object has no attribute 'to_dict'`).

AWS: DMS API reference, TestConnection, Connection (`testing`, `successful`, `failed` with
LastFailureMessage); user guide, "Using secrets to access endpoints" (JSON with `host`, `port`, `username`,
`password`).
"""

from __future__ import annotations

import json
import threading
from typing import Any

import psycopg
from moto.core.exceptions import JsonRESTError, ServiceException
from moto.dms.models import DatabaseMigrationServiceBackend, Endpoint, FakeConnection
from moto.secretsmanager.models import secretsmanager_backends

from shared.rehearsal.extensions.faults import Fault
from shared.rehearsal.replication.ends import End

_to_dict = FakeConnection.to_dict
_TLS = {"none": "disable", "require": "require", "verify-ca": "verify-ca", "verify-full": "verify-full"}
_KEYS = ("host", "port", "username", "password")


class NoEndError(Exception):
    """An endpoint leads nowhere; the message says why, without any value of the secret."""


def install() -> None:
    """Replace the test, and what is shown of it."""
    DatabaseMigrationServiceBackend.test_connection = test_connection
    DatabaseMigrationServiceBackend.describe_connections = describe_connections
    FakeConnection.to_dict = to_dict


def end_of(backend: DatabaseMigrationServiceBackend, arn: str) -> End:
    """Return the database that an endpoint describes. Raises NoEndError."""
    endpoint = next((one for one in backend.endpoints.values() if one.endpoint_arn == arn), None)
    if endpoint is None:
        raise NoEndError(f"there is no endpoint {arn}")
    if endpoint.engine_name not in {"postgres", "aurora-postgresql"}:
        raise NoEndError(f"nothing replicates {endpoint.engine_name} here")
    # with a secret, the provider says the database among the engine's settings only
    database = settings_of(endpoint).get("DatabaseName") or endpoint.database_name
    if not database:
        raise NoEndError(f"{endpoint.endpoint_identifier} names no database")
    login = _login(backend, endpoint)
    certificate = backend.certificates.get(endpoint.certificate_arn)
    return End(
        host=str(login["host"]),
        port=int(login["port"]),
        username=str(login["username"]),
        password=str(login["password"]),
        database=str(database),
        tls=_TLS[endpoint.ssl_mode or "none"],
        authority=certificate["CertificatePem"] if certificate else None,
        script=settings_of(endpoint).get("AfterConnectScript") or "",
    )


def settings_of(endpoint: Endpoint) -> dict[str, Any]:
    """Return the endpoint's PostgreSQLSettings."""
    found: dict[str, Any] = endpoint.postgre_sql_settings or {}
    return found


def _login(backend: DatabaseMigrationServiceBackend, endpoint: Endpoint) -> dict[str, Any]:
    """Return host, port, username and password: of the secret, or of the endpoint itself."""
    secret = settings_of(endpoint).get("SecretsManagerSecretId")
    if not secret:
        given = (endpoint.server_name, endpoint.port, endpoint.username, endpoint.password)
        found = dict(zip(_KEYS, given, strict=True))
    else:
        try:
            value = secretsmanager_backends[backend.account_id][backend.region_name].get_secret_value(
                secret_id=secret, version_id="", version_stage=""
            )["SecretString"]
            found = json.loads(value)
        except (JsonRESTError, ServiceException, KeyError, ValueError) as error:
            raise NoEndError(f"the secret {secret} cannot be used: {type(error).__name__}") from None
    missing = [key for key in _KEYS if not found.get(key)]
    if missing:
        raise NoEndError(f"{secret or endpoint.endpoint_identifier} has no {', '.join(missing)}")
    return found


def test_connection(
    self: DatabaseMigrationServiceBackend, replication_instance_arn: str, endpoint_arn: str
) -> FakeConnection:
    """Begin to connect, and say that it is being tested."""
    instance = self.replication_instances.get(replication_instance_arn)
    endpoint = next((one for one in self.endpoints.values() if one.endpoint_arn == endpoint_arn), None)
    if instance is None or endpoint is None:
        raise Fault("ResourceNotFoundFault", "The instance or the endpoint could not be found.")
    connection = FakeConnection(
        replication_instance_arn=instance.arn,
        endpoint_arn=endpoint.endpoint_arn,
        replication_instance_identifier=instance.id,
        endpoint_identifier=endpoint.endpoint_identifier,
    )
    self.connections[:] = [
        one
        for one in self.connections
        if (one.endpoint_arn, one.replication_instance_arn) != (endpoint_arn, replication_instance_arn)
    ]
    connection.found = ("testing", "")
    self.connections.append(connection)
    threading.Thread(target=_test, args=(self, connection), name="dms connection", daemon=True).start()
    return connection


def _test(backend: DatabaseMigrationServiceBackend, connection: FakeConnection) -> None:
    try:
        with end_of(backend, connection.endpoint_arn).connect():
            connection.found = ("successful", "")
    except (NoEndError, psycopg.Error) as error:
        connection.found = ("failed", f"Test Endpoint failed: Application-Message: {str(error).strip()}")


def describe_connections(
    self: DatabaseMigrationServiceBackend,
    filters: list[dict[str, Any]],
    max_records: int | None,
    marker: str | None,
) -> list[FakeConnection]:
    """Return the connections that every filter lets through."""
    names = {"endpoint-arn": "endpoint_arn", "replication-instance-arn": "replication_instance_arn"}
    return [
        one
        for one in self.connections
        if all(getattr(one, names[wanted["Name"]]) in wanted["Values"] for wanted in filters)
    ]


def to_dict(self: FakeConnection) -> dict[str, Any]:
    """Return the connection with what came of its test."""
    status, message = self.found
    return {**_to_dict(self), "Status": status, "LastFailureMessage": message}
