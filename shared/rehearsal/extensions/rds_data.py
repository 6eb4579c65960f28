"""RDS Data API: statements are executed, where and as whom AWS would execute them.

moto 5.2.5 answers every statement with no records, whatever the cluster, the secret and the SQL. Here a
global database has one database, which its writer's cluster reaches and no other; a cluster outside
one has its own.

AWS: RDS Data API reference (ExecuteStatement and its errors; BadRequestException is deprecated);
"Limitations for the Amazon RDS Data API" (queries need the writer instance: those to a secondary of a
global database fail, reading ones too); "Storing database credentials in AWS Secrets Manager" (a
secret has `username` and `password`). Which password it is, nobody checks here.
"""

from __future__ import annotations

import json
import threading
from typing import Any
from weakref import WeakKeyDictionary

from moto.core.exceptions import ServiceException
from moto.rds.models import DBCluster, GlobalCluster, rds_backends
from moto.rds.responses import RDSResponse
from moto.rdsdata.responses import RDSDataServiceResponse
from moto.secretsmanager.exceptions import SecretsManagerClientError
from moto.secretsmanager.models import secretsmanager_backends

from shared.rehearsal.extensions.faults import Fault
from shared.rehearsal.extensions.rds_data_sql import FAULT, Database
from shared.rehearsal.extensions.rds_global import find_global_cluster, global_cluster_of, is_secondary

#: A cluster's or a global cluster's database; it goes when that goes.
_DATABASES: WeakKeyDictionary[DBCluster | GlobalCluster, Database] = WeakKeyDictionary()
_LOCK = threading.Lock()


def install() -> None:
    """Replace the execution of statements; a member that is detached keeps its data."""
    remove_from_global_cluster = RDSResponse.remove_from_global_cluster  # `rds_global` replaced it

    def remove(self: RDSResponse) -> Any:
        shared = find_global_cluster(self)
        before = list(shared.members)
        answer = remove_from_global_cluster(self)
        for member in before:
            if member not in shared.members:
                _DATABASES[member] = _database(shared, before).copy()
        return answer

    RDSResponse.remove_from_global_cluster = remove
    RDSDataServiceResponse.execute_statement = execute_statement


def execute_statement(self: RDSDataServiceResponse) -> str:
    """Execute one statement, outside a transaction."""
    if self._get_param("transactionId"):
        raise Fault(
            "TransactionNotFoundException", f"Transaction {self._get_param('transactionId')} is not found"
        )
    if self._get_param("formatRecordsAs") == "JSON":
        raise NotImplementedError("formatRecordsAs")
    cluster = _cluster(self, self._get_param("resourceArn"))
    _check_secret(self, self._get_param("secretArn"))
    shared = global_cluster_of(cluster)
    name = self._get_param("database")
    known = {cluster.database_name, getattr(shared, "database_name", None)}
    if name and name not in known:
        raise Fault(FAULT, f"Unknown database '{name}'; Error code: 1049; SQLState: 42000")
    found = _database(cluster, [cluster]) if shared is None else _database(shared, shared.members)
    answer = found.execute(self._get_param("sql"), self._get_param("parameters") or [], name or "")
    if not self._get_param("includeResultMetadata"):
        answer.pop("columnMetadata", None)
    return json.dumps(answer)


def _cluster(response: RDSDataServiceResponse, arn: str) -> DBCluster:
    """Return the cluster, if statements can be sent to it."""
    clusters = rds_backends[response.current_account][response.region].clusters.values()
    cluster = next((one for one in clusters if one.db_cluster_arn == arn), None)
    if cluster is None:
        raise Fault("NotFoundException", f"The cluster {arn} is not found in {response.region}")
    if not cluster.http_endpoint_enabled:
        raise Fault("HttpEndpointNotEnabledException", f"HttpEndpoint is not enabled for resource {arn}")
    if not cluster._members:
        raise Fault("DatabaseNotFoundException", f"The DB cluster {arn} doesn't have a DB instance")
    if is_secondary(cluster) or cluster.status != "available":
        raise Fault(
            "DatabaseUnavailableException", f"The writer instance in the DB cluster {arn} isn't available"
        )
    return cluster


def _check_secret(response: RDSDataServiceResponse, name: str) -> None:
    backend = secretsmanager_backends[response.current_account][response.region]
    try:
        value = backend.get_secret_value(name, None, None).get("SecretString") or ""
    except (ServiceException, SecretsManagerClientError) as error:
        raise Fault("SecretsErrorException", f"The secret {name} wasn't found: {error}") from error
    try:
        login = json.loads(value)
        complete = bool(login["username"] and login["password"])
    except (ValueError, TypeError, LookupError):
        complete = False
    if not complete:
        raise Fault("InvalidSecretException", f"The secret {name} has no username and password")


def _database(owner: DBCluster | GlobalCluster, members: list[DBCluster]) -> Database:
    """Return the owner's; one that was adopted with a member is taken over from it."""
    with _LOCK:
        if owner not in _DATABASES:
            own = [_DATABASES.pop(member) for member in members if member in _DATABASES]
            _DATABASES[owner] = own[0] if own else Database()
        return _DATABASES[owner]
