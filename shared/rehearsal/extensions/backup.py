"""AWS Backup: selections, changed plans, and tags under an ARN's own path.

moto 5.2.5 has no backup selections, no recovery points and no UpdateBackupPlan, and ListTags reads the wrong
part of the path when the request does not end with a slash, so that every plan shows tags to add.

AWS: Backup API reference, CreateBackupSelection, GetBackupSelection, DeleteBackupSelection,
ListBackupSelections, ListRecoveryPointsByBackupVault, UpdateBackupPlan, ListTags.
"""

from __future__ import annotations

import json
import time
import uuid
from typing import Any
from urllib.parse import unquote

from moto.backup import urls
from moto.backup.models import BackupBackend, Plan
from moto.backup.responses import BackupResponse

from shared.rehearsal.extensions.faults import Fault

_init = BackupBackend.__init__


def install() -> None:
    """Add the actions and their paths; a selection's path is looked for before the plan's."""
    BackupBackend.__init__ = init
    for action in (
        create_backup_selection,
        get_backup_selection,
        delete_backup_selection,
        list_backup_selections,
        update_backup_plan,
        list_tags,
        list_recovery_points_by_backup_vault,
    ):
        setattr(BackupResponse, action.__name__, action)
    dispatch = urls.response.dispatch
    urls.url_paths = {
        "{0}/backup/plans/(?P<plan>[^/]+)/selections/?$": dispatch,
        "{0}/backup/plans/(?P<plan>[^/]+)/selections/(?P<selection>[^/]+)/?$": dispatch,
        # with the slash and without: SDKs differ, and the server takes each by itself
        "{0}/backup-vaults/(?P<name>[^/]+)/recovery-points$": dispatch,
        "{0}/backup-vaults/(?P<name>[^/]+)/recovery-points/$": dispatch,
        **urls.url_paths,
    }


def init(self: BackupBackend, region_name: str, account_id: str) -> None:
    """Make a backend with room for selections: (plan, selection) -> selection."""
    _init(self, region_name, account_id)
    self.selections = {}


def create_backup_selection(self: BackupResponse) -> str:
    """Keep a selection of a plan that exists."""
    asked, plan = json.loads(self.body), _parts(self)[0]
    self.backup_backend.get_backup_plan(plan, None)
    made = {
        "BackupPlanId": plan,
        "SelectionId": str(uuid.uuid4()),
        "CreationDate": time.time(),
        "CreatorRequestId": asked.get("CreatorRequestId", ""),
        "BackupSelection": asked["BackupSelection"],
    }
    self.backup_backend.selections[plan, made["SelectionId"]] = made
    return json.dumps({key: made[key] for key in ("BackupPlanId", "SelectionId", "CreationDate")})


def get_backup_selection(self: BackupResponse) -> str:
    """Return a selection."""
    return json.dumps(_selection(self))


def delete_backup_selection(self: BackupResponse) -> str:
    """Forget a selection."""
    found = _selection(self)
    del self.backup_backend.selections[found["BackupPlanId"], found["SelectionId"]]
    return "{}"


def list_backup_selections(self: BackupResponse) -> str:
    """Return the selections of a plan."""
    plan = _parts(self)[0]
    found = [
        {
            "BackupPlanId": plan,
            "SelectionId": one["SelectionId"],
            "SelectionName": one["BackupSelection"]["SelectionName"],
            "IamRoleArn": one["BackupSelection"]["IamRoleArn"],
            "CreationDate": one["CreationDate"],
        }
        for (owner, _), one in self.backup_backend.selections.items()
        if owner == plan
    ]
    return json.dumps({"BackupSelectionsList": found})


def update_backup_plan(self: BackupResponse) -> str:
    """Give a plan another content, under its own id."""
    backend, identifier = self.backup_backend, _parts(self)[0]
    before = backend.get_backup_plan(identifier, None)
    plan = Plan(json.loads(self.body)["BackupPlan"], before.creator_request_id, backend)
    plan.backup_plan_id, plan.backup_plan_arn = before.backup_plan_id, before.backup_plan_arn
    backend.plans[identifier] = plan
    return json.dumps(plan.to_dict())


def list_tags(self: BackupResponse) -> str:
    """Return the tags of the ARN that is the rest of the path."""
    arn = unquote(self.path.split("/tags/", 1)[1].strip("/"))
    return json.dumps({"Tags": self.backup_backend.list_tags(resource_arn=arn)})


def list_recovery_points_by_backup_vault(self: BackupResponse) -> str:
    """Return no copy: no job runs here. A vault that goes with what is in it is looked into first."""
    name = unquote(self.path.split("/backup-vaults/", 1)[1].split("/")[0])
    self.backup_backend.describe_backup_vault(name)
    return json.dumps({"RecoveryPoints": []})


def _parts(response: BackupResponse) -> list[str]:
    """Return what the path has after `/plans/`: the plan, and perhaps `selections` and a selection."""
    return [unquote(part) for part in response.path.split("/plans/", 1)[1].strip("/").split("/")]


def _selection(response: BackupResponse) -> dict[str, Any]:
    plan, _, identifier = _parts(response)
    found: dict[str, Any] | None = response.backup_backend.selections.get((plan, identifier))
    if found is None:
        raise Fault("ResourceNotFoundException", f"Cannot find Backup selection {identifier}")
    return found
