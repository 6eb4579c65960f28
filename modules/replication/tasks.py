"""The two tasks: everything to Aurora, and, for the way back, every change from Aurora.

Terraform starts neither: the first one is started when the schema is there, the second one at the cutover,
before Aurora's first write. Both are made now, so that there is nothing to make in the night of the cutover.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, Literal

from cdktf_cdktf_provider_aws.dms_replication_task import DmsReplicationTask
from constructs import Construct

from modules.replication import task_settings
from modules.replication.endpoints import DatabaseEndsOutputs
from shared.blocks import resource
from shared.naming import Naming
from shared.settings.landingsections import ReplicationSettings


@dataclass(frozen=True, kw_only=True)
class ReplicationTasksInputs:
    """What is replicated, between which ends."""

    naming: Naming
    settings: ReplicationSettings
    instance_arn: str
    on_premises: DatabaseEndsOutputs
    aurora: DatabaseEndsOutputs


@dataclass(frozen=True, kw_only=True)
class ReplicationTasksOutputs:
    """The tasks."""

    forward_arn: str
    forward_id: str
    """Last part of the ARN, which is the task's dimension in CloudWatch."""
    reverse_arn: str


class ReplicationTasks(Construct):
    """`forward`: full load and changes. `reverse`: changes only."""

    def __init__(self, scope: Construct, id_: str, inputs: ReplicationTasksInputs) -> None:
        super().__init__(scope, id_)
        self._inputs = inputs
        settings = inputs.settings
        ours, theirs = inputs.aurora, inputs.on_premises
        forward = self._task(
            "forward",
            "full-load-and-cdc",
            (theirs.source_arn, ours.target_arn),
            task_settings.forward(settings),
        )
        reverse = self._task(
            "reverse", "cdc", (ours.source_arn, theirs.target_arn), task_settings.reverse(settings)
        )
        self.outputs = ReplicationTasksOutputs(
            forward_arn=forward.replication_task_arn,
            forward_id=inputs.naming.name("task", "forward"),
            reverse_arn=reverse.replication_task_arn,
        )

    def _task(
        self,
        purpose: str,
        kind: Literal["full-load-and-cdc", "cdc"],
        ends: tuple[str, str],
        settings: dict[str, Any],
    ) -> DmsReplicationTask:
        inputs = self._inputs
        name = inputs.naming.name("task", purpose)
        return resource(
            DmsReplicationTask,
            self,
            purpose,
            replication_task_id=name,
            # The end of the ARN is the dimension in CloudWatch: DMS would invent one.
            resource_identifier=name,
            migration_type=kind,
            replication_instance_arn=inputs.instance_arn,
            source_endpoint_arn=ends[0],
            target_endpoint_arn=ends[1],
            table_mappings=json.dumps(task_settings.mappings(inputs.settings)),
            replication_task_settings=json.dumps(settings),
            start_replication_task=False,
        )
