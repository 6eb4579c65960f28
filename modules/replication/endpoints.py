"""The ends of the replication: each database once as a source and once as a target.

Host and login come from a secret that exists; DMS reads it with a role of its own. Nothing of it is in a
state. The connection is always encrypted: `verify-full` with the authority's certificate, else `require`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from cdktf_cdktf_provider_aws.data_aws_secretsmanager_secret import DataAwsSecretsmanagerSecret
from cdktf_cdktf_provider_aws.dms_certificate import DmsCertificate
from cdktf_cdktf_provider_aws.dms_endpoint import DmsEndpoint
from constructs import Construct

from modules.role import Role, RoleInputs, Statement
from shared.blocks import resource
from shared.naming import Naming
from shared.settings.landingsections import ReplicationSettings

#: Foreign keys and triggers would refuse, or repeat, what was right in the other database.
_AS_A_REPLICA = "SET session_replication_role='replica'"
#: DMS's own tables in either database; marks of loopback prevention, too.
CONTROL_SCHEMA = "dms_control"


@dataclass(frozen=True, kw_only=True)
class DatabaseEndsInputs:
    """One database, as DMS sees it."""

    naming: Naming
    account_id: str
    region: str
    kms_key_arn: str
    purpose: str
    """`on-premises` or `aurora`."""
    engine: Literal["postgres", "aurora-postgresql"]
    database: str
    secret_name: str
    ca_certificate: str | None
    settings: ReplicationSettings


@dataclass(frozen=True, kw_only=True)
class DatabaseEndsOutputs:
    """ARNs of its endpoints."""

    source_arn: str
    target_arn: str


class DatabaseEnds(Construct):
    """The role that reads the secret, the certificate, and both endpoints."""

    def __init__(self, scope: Construct, id_: str, inputs: DatabaseEndsInputs) -> None:
        super().__init__(scope, id_)
        self._inputs = inputs
        self._secret = resource(DataAwsSecretsmanagerSecret, self, "secret", name=inputs.secret_name)
        self._role = self._reader().outputs
        self._tls = self._encryption()
        settings = inputs.settings
        source = self._endpoint(
            "source",
            {
                "plugin_name": settings.plugin,
                "capture_ddls": settings.capture_ddl,
                "ddl_artifacts_schema": CONTROL_SCHEMA,
                # Without it a source that is idle keeps its whole log until the disk is full.
                "heartbeat_enable": True,
                "heartbeat_frequency": settings.heartbeat_minutes,
                "heartbeat_schema": settings.heartbeat_schema,
                # A large object is never cut: the task stops instead.
                "fail_tasks_on_lob_truncation": True,
            },
        )
        target = self._endpoint("target", {"after_connect_script": _AS_A_REPLICA})
        self.outputs = DatabaseEndsOutputs(source_arn=source.endpoint_arn, target_arn=target.endpoint_arn)

    def _reader(self) -> Role:
        inputs = self._inputs
        return Role(
            self,
            "role",
            RoleInputs(
                name=inputs.naming.name("role", f"dms-{inputs.purpose}"),
                # The region's principal (DMS user guide, using secrets to access endpoints).
                service=f"dms.{inputs.region}.amazonaws.com",
                account_id=inputs.account_id,
                statements=(
                    Statement(
                        sid="ReadTheLogin",
                        actions=("secretsmanager:GetSecretValue", "secretsmanager:DescribeSecret"),
                        resources=(self._secret.arn,),
                    ),
                    Statement(
                        sid="DecryptTheLogin",
                        actions=("kms:Decrypt", "kms:DescribeKey"),
                        resources=(inputs.kms_key_arn,),
                    ),
                ),
            ),
        )

    def _encryption(self) -> dict[str, Any]:
        inputs = self._inputs
        if inputs.ca_certificate is None:
            return {"ssl_mode": "require"}
        certificate = resource(
            DmsCertificate,
            self,
            "certificate",
            certificate_id=inputs.naming.name("certificate", inputs.purpose),
            certificate_pem=inputs.ca_certificate,
        )
        return {"ssl_mode": "verify-full", "certificate_arn": certificate.certificate_arn}

    def _endpoint(self, kind: Literal["source", "target"], settings: dict[str, Any]) -> DmsEndpoint:
        inputs = self._inputs
        return resource(
            DmsEndpoint,
            self,
            kind,
            endpoint_id=inputs.naming.name("endpoint", f"{inputs.purpose}-{kind}"),
            endpoint_type=kind,
            engine_name=inputs.engine,
            database_name=inputs.database,
            secrets_manager_arn=self._secret.arn,
            secrets_manager_access_role_arn=self._role.arn,
            kms_key_arn=inputs.kms_key_arn,
            postgres_settings=settings,
            depends_on=list(self._role.permissions),
            **self._tls,
        )
