"""`REGION/backup`: a vault, and a copy of the database a day."""

from __future__ import annotations

from cdktf import App

from modules.backup import DailyBackup, DailyBackupInputs
from regions.stacks.landing import LandingStack
from shared.contracts import Backup
from shared.settings import DatabaseMigration


class LandingBackupStack(LandingStack):
    """In a state of its own: what keeps the copies is not taken down with what is copied."""

    name = "backup"

    def __init__(self, scope: App, environment: DatabaseMigration, role: str) -> None:
        super().__init__(scope, environment, role)
        backup = DailyBackup(
            self,
            "daily",
            DailyBackupInputs(
                naming=self.naming,
                account_id=environment.account_id,
                kms_key_arn=self.foundation.kms_key_arn,
                schedule=environment.backup.schedule,
                retention_days=environment.backup.retention_days,
                destroyable=self.destroyable,
            ),
        ).outputs
        self.publish(Backup(backup_vault_name=backup.vault_name, backup_plan_id=backup.plan_id))
