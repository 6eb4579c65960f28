"""AWS Backup: a vault with the region's key, and a copy a day of whatever has the tag.

Copies only: if AWS Backup also kept the continuous backup, it would own the cluster's retention and window,
and every plan would want them back. Point-in-time recovery stays Aurora's own.
"""

from __future__ import annotations

from dataclasses import dataclass

from cdktf_cdktf_provider_aws.backup_plan import BackupPlan
from cdktf_cdktf_provider_aws.backup_selection import BackupSelection
from cdktf_cdktf_provider_aws.backup_vault import BackupVault
from constructs import Construct

from modules.role import Role, RoleInputs
from shared.blocks import resource
from shared.naming import Naming

_POLICY = "arn:aws:iam::aws:policy/service-role/AWSBackupServiceRolePolicyForBackup"
TAG_KEY, TAG_VALUE = "Purpose", "database-migration"
"""What is copied."""


@dataclass(frozen=True, kw_only=True)
class DailyBackupInputs:
    """When, for how long, and with which key."""

    naming: Naming
    account_id: str
    kms_key_arn: str
    schedule: str
    """AWS Backup's cron expression, in UTC."""
    retention_days: int
    destroyable: bool
    """Whether the vault may go with copies in it."""


@dataclass(frozen=True, kw_only=True)
class DailyBackupOutputs:
    """The vault and the plan."""

    vault_name: str
    plan_id: str


class DailyBackup(Construct):
    """Vault, plan, the role that copies, and what it copies."""

    def __init__(self, scope: Construct, id_: str, inputs: DailyBackupInputs) -> None:
        super().__init__(scope, id_)
        naming = inputs.naming
        vault = resource(
            BackupVault,
            self,
            "vault",
            name=naming.name("vault", "migration"),
            kms_key_arn=inputs.kms_key_arn,
            force_destroy=inputs.destroyable,
        )
        plan = resource(
            BackupPlan,
            self,
            "plan",
            name=naming.name("backup", "daily"),
            rule=[
                {
                    "rule_name": naming.name("backup-rule", "daily"),
                    "target_vault_name": vault.name,
                    "schedule": inputs.schedule,
                    "lifecycle": {"delete_after": inputs.retention_days},
                }
            ],
        )
        role = Role(
            self,
            "role",
            RoleInputs(
                name=naming.name("role", "backup"),
                service="backup.amazonaws.com",
                account_id=inputs.account_id,
                managed_policies=(_POLICY,),
            ),
        )
        resource(
            BackupSelection,
            self,
            "selection",
            name=naming.name("backup-selection", "tagged"),
            plan_id=plan.id,
            iam_role_arn=role.outputs.arn,
            selection_tag=[{"type": "STRINGEQUALS", "key": TAG_KEY, "value": TAG_VALUE}],
            depends_on=list(role.outputs.permissions),
        )
        self.outputs = DailyBackupOutputs(vault_name=vault.name, plan_id=plan.id)
