"""AWS Backup's selections, changed plans and tags."""

from urllib.parse import quote

import pytest
import requests
from botocore.exceptions import ClientError

SCOPE = "20260101/us-east-1/backup/aws4_request"
ROLE = "arn:aws:iam::123456789012:role/backup"


def plan(aws, **further):
    backup = aws.client("backup")
    backup.create_backup_vault(BackupVaultName="vault")
    rule = {"RuleName": "daily", "TargetBackupVaultName": "vault"}
    return backup.create_backup_plan(BackupPlan={"BackupPlanName": "p", "Rules": [rule]}, **further)


def test_a_selection_is_kept_listed_and_forgotten(aws):
    backup = aws.client("backup")
    identifier = plan(aws)["BackupPlanId"]
    wanted = {
        "SelectionName": "tagged",
        "IamRoleArn": ROLE,
        "ListOfTags": [{"ConditionType": "STRINGEQUALS", "ConditionKey": "Purpose", "ConditionValue": "x"}],
    }
    made = backup.create_backup_selection(BackupPlanId=identifier, BackupSelection=wanted)["SelectionId"]
    found = backup.get_backup_selection(BackupPlanId=identifier, SelectionId=made)
    assert found["BackupSelection"] == wanted
    (listed,) = backup.list_backup_selections(BackupPlanId=identifier)["BackupSelectionsList"]
    assert (listed["SelectionId"], listed["SelectionName"]) == (made, "tagged")
    backup.delete_backup_selection(BackupPlanId=identifier, SelectionId=made)
    with pytest.raises(ClientError, match="ResourceNotFoundException"):
        backup.get_backup_selection(BackupPlanId=identifier, SelectionId=made)
    assert backup.list_backup_selections(BackupPlanId=identifier)["BackupSelectionsList"] == []


def test_a_selection_of_no_plan_is_refused(aws):
    with pytest.raises(ClientError, match="ResourceNotFoundException"):
        aws.client("backup").create_backup_selection(
            BackupPlanId="none", BackupSelection={"SelectionName": "s", "IamRoleArn": ROLE}
        )


def test_a_plan_is_changed_under_its_id(aws):
    backup = aws.client("backup")
    before = plan(aws)
    rule = {
        "RuleName": "nightly",
        "TargetBackupVaultName": "vault",
        "ScheduleExpression": "cron(0 3 ? * * *)",
    }
    changed = backup.update_backup_plan(
        BackupPlanId=before["BackupPlanId"], BackupPlan={"BackupPlanName": "p", "Rules": [rule]}
    )
    assert changed["BackupPlanArn"] == before["BackupPlanArn"]
    found = backup.get_backup_plan(BackupPlanId=before["BackupPlanId"])["BackupPlan"]["Rules"]
    assert [one["RuleName"] for one in found] == ["nightly"]


def test_tags_are_found_however_the_path_ends(aws):
    made = plan(aws, BackupPlanTags={"a": "b"})
    # boto3 ends the path with a slash, the SDK in Go (the provider's) does not
    path = f"/tags/{quote(made['BackupPlanArn'], safe='')}"
    signed = {"Authorization": f"AWS4-HMAC-SHA256 Credential=AKIAEXAMPLE00000/{SCOPE}"}
    for ending in ("", "/"):
        answer = requests.get(f"{aws.server.endpoint}{path}{ending}", headers=signed, timeout=10)
        assert answer.json() == {"Tags": {"a": "b"}}


def test_a_vault_has_no_copies_yet(aws):
    backup = aws.client("backup")
    backup.create_backup_vault(BackupVaultName="vault")
    assert backup.list_recovery_points_by_backup_vault(BackupVaultName="vault")["RecoveryPoints"] == []
    # the SDK in Go ends the path without a slash
    signed = {"Authorization": f"AWS4-HMAC-SHA256 Credential=AKIAEXAMPLE00000/{SCOPE}"}
    answer = requests.get(
        f"{aws.server.endpoint}/backup-vaults/vault/recovery-points", headers=signed, timeout=10
    )
    assert answer.json() == {"RecoveryPoints": []}
    with pytest.raises(ClientError, match="ResourceNotFoundException"):
        backup.list_recovery_points_by_backup_vault(BackupVaultName="none")
