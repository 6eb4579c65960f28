"""The database's table `payment_intents`, written through the RDS Data API by the application's login.

Its primary key is what makes draining safe to repeat: an intent is in it once, whoever brings it.
"""

from __future__ import annotations

import re
from functools import cached_property
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from .aws import client
from .configuration import Configuration
from .destination import Destination
from .errors import DrainError, Poisoned
from .intents import Intent

INSERT = (
    "INSERT INTO payment_intents "
    "(idempotency_key, ordering_key, sequence, accepted_in, fingerprint, payload) VALUES "
    "(:key, :ordering_key, :sequence, :accepted_in, :fingerprint, :payload)"
)
SELECT = "SELECT fingerprint FROM payment_intents WHERE idempotency_key = :key"
#: Binary keys: MySQL's texts are equal without regard to case, and two payments would be one.
CREATE = (
    "CREATE TABLE IF NOT EXISTS payment_intents (idempotency_key VARBINARY(128) NOT NULL PRIMARY KEY, "
    "ordering_key VARBINARY(128) NOT NULL, sequence VARCHAR(64) NOT NULL, accepted_in VARCHAR(32) NOT NULL, "
    "fingerprint CHAR(64) NOT NULL, payload MEDIUMTEXT NOT NULL, "
    "drained_at TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP)"
)

#: MySQL's errors (reference manual, "Server Error Message Reference") as the Data API passes them on.
_ERROR_CODE = re.compile(r"[Ee]rror code: (\d+)")
_DUPLICATE, _NO_TABLE = 1062, 1146
#: What is wrong with one row: too long, out of range, wrong characters, null, a check or a foreign key, JSON.
_OF_THE_ROW = {1048, 1263, 1264, 1265, 1292, 1366, 1406, 1452, 1644, 3140, 3141, 3819}

Parameters = list[dict[str, Any]]


class Ledger:
    """The table, in the database of a cluster that writes."""

    def __init__(self, configuration: Configuration, into: Destination) -> None:
        self._configuration = configuration
        self._into = into

    def insert(self, intent: Intent) -> bool:
        """Insert an intent; False when it is there already.

        Raises Poisoned when the database refuses this one, or has another payment under its key;
        DrainError when it takes none.
        """
        row = _texts(
            key=intent.key,
            ordering_key=intent.ordering_key,
            sequence=intent.sequence,
            accepted_in=intent.region,
            fingerprint=intent.fingerprint,
            payload=intent.payload,
        )
        code = self._run(INSERT, row)[1]
        if code == _NO_TABLE:
            self._certainly(CREATE, [])
            code = self._run(INSERT, row)[1]
        if code is None:
            return True
        if code == _NO_TABLE:
            raise DrainError(f"payment_intents is not there in {self._into.cluster_arn}")
        self._check(intent)
        return False

    def _check(self, intent: Intent) -> None:
        """Make sure that what is there is this very intent."""
        records = self._certainly(SELECT, _texts(key=intent.key)).get("records", [])
        found = [record[0].get("stringValue") for record in records]
        if found != [intent.fingerprint]:
            raise Poisoned(f"payment_intents has another payment under {intent.key}")

    def _certainly(self, sql: str, parameters: Parameters) -> dict[str, Any]:
        answer, code = self._run(sql, parameters)
        if code is not None:
            raise DrainError(f"error {code} from {self._into.cluster_arn}: {sql}")
        return answer

    def _run(self, sql: str, parameters: Parameters) -> tuple[dict[str, Any], int | None]:
        """Run a statement; return its answer, or the error of MySQL's that is expected of it."""
        try:
            answer = client("rds-data", self._into.region).execute_statement(
                resourceArn=self._into.cluster_arn,
                secretArn=self._secret,
                database=self._configuration.database,
                sql=sql,
                parameters=parameters,
            )
        except (BotoCoreError, ClientError) as error:
            said = _ERROR_CODE.search(str(error))
            code = int(said[1]) if said else None
            if code in (_DUPLICATE, _NO_TABLE):
                return {}, code
            if code in _OF_THE_ROW:
                raise Poisoned(str(error)) from error
            where = self._into.region
            raise DrainError(f"rds-data:ExecuteStatement in {where}: {error}") from error
        return dict(answer), None

    @cached_property
    def _secret(self) -> str:
        region = self._into.region
        try:
            found = client("secretsmanager", region).describe_secret(SecretId=self._configuration.secret)
        except (BotoCoreError, ClientError) as error:
            raise DrainError(f"secretsmanager:DescribeSecret in {region}: {error}") from error
        return str(found["ARN"])


def _texts(**values: str) -> Parameters:
    return [{"name": name, "value": {"stringValue": value}} for name, value in values.items()]
