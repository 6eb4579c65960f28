"""The instances of an Aurora cluster, spread over the zones.

The first has tier 0: it is the first choice whenever the cluster needs a writer. Which instance writes
right after the creation of a primary is Aurora's to say.
"""

from __future__ import annotations

from dataclasses import dataclass

from cdktf import ITerraformDependable
from cdktf_cdktf_provider_aws.rds_cluster_instance import RdsClusterInstance
from constructs import Construct

from shared.blocks import resource
from shared.naming import Naming

_MONITORING_SECONDS = 60


@dataclass(frozen=True, kw_only=True)
class AuroraInstancesInputs:
    """How many, how big, and of which cluster."""

    naming: Naming
    side: str
    cluster_identifier: str
    engine: str
    instance_class: str
    count: int
    zones: tuple[str, ...]
    monitoring_role_arn: str
    kms_key_arn: str


@dataclass(frozen=True, kw_only=True)
class AuroraInstancesOutputs:
    """The instances, for whom has to come after them."""

    instances: tuple[ITerraformDependable, ...]


class AuroraInstances(Construct):
    """Instances in different zones with rising promotion tiers."""

    def __init__(self, scope: Construct, id_: str, inputs: AuroraInstancesInputs) -> None:
        super().__init__(scope, id_)
        made = tuple(self._instance(index, inputs) for index in range(inputs.count))
        self.outputs = AuroraInstancesOutputs(instances=made)

    def _instance(self, index: int, inputs: AuroraInstancesInputs) -> RdsClusterInstance:
        return resource(
            RdsClusterInstance,
            self,
            str(index),
            identifier=inputs.naming.name("aurora-instance", f"{inputs.side}-{index}"),
            cluster_identifier=inputs.cluster_identifier,
            engine=inputs.engine,
            instance_class=inputs.instance_class,
            availability_zone=inputs.zones[index % len(inputs.zones)],
            promotion_tier=index,
            # One side upgraded by itself would make the switchover impossible.
            auto_minor_version_upgrade=False,
            publicly_accessible=False,
            performance_insights_enabled=True,
            performance_insights_kms_key_id=inputs.kms_key_arn,
            monitoring_interval=_MONITORING_SECONDS,
            monitoring_role_arn=inputs.monitoring_role_arn,
            copy_tags_to_snapshot=True,
            apply_immediately=True,
        )
