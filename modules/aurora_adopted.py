"""The global database around a cluster that exists already and stays somebody else's to change.

The cluster becomes the global database's primary; nothing of it is managed here. The promotion
goes on for a minute after Terraform's resource is done, and the secondary's creation is refused
with InvalidDBClusterStateFault until then: running the rollout again goes on from there.
"""

from __future__ import annotations

from dataclasses import dataclass

from cdktf_cdktf_provider_aws.data_aws_rds_cluster import DataAwsRdsCluster
from cdktf_cdktf_provider_aws.rds_global_cluster import RdsGlobalCluster
from constructs import Construct

from modules.aurora_primary import AuroraPrimaryOutputs
from shared.blocks import resource
from shared.naming import Naming


@dataclass(frozen=True, kw_only=True)
class AuroraAdoptedInputs:
    """Which cluster is adopted."""

    naming: Naming
    cluster_arn: str
    engine_version: str
    """Must be the adopted cluster's: the secondary is made with it, and a check compares."""
    destroyable: bool


class AuroraAdopted(Construct):
    """A global cluster made from an existing one."""

    def __init__(self, scope: Construct, id_: str, inputs: AuroraAdoptedInputs) -> None:
        super().__init__(scope, id_)
        identifier = inputs.cluster_arn.rsplit(":", 1)[-1]
        existing = resource(
            DataAwsRdsCluster,
            self,
            "existing",
            cluster_identifier=identifier,
            lifecycle={
                "postcondition": [
                    {
                        "condition": f'${{self.engine_version == "{inputs.engine_version}"}}',
                        "error_message": (
                            f"{identifier} runs another patch than {inputs.engine_version}: "
                            "Aurora MySQL switches over between equal patches only"
                        ),
                    }
                ]
            },
        )
        world = resource(
            RdsGlobalCluster,
            self,
            "global",
            global_cluster_identifier=inputs.naming.name("aurora-global", "payments"),
            source_db_cluster_identifier=existing.arn,
            # Members are detached before the global cluster goes; the adopted cluster stays.
            force_destroy=True,
            deletion_protection=not inputs.destroyable,
            lifecycle={
                # After adoption AWS answers with the current writer's version; the upgrade owns it.
                "ignore_changes": ["engine_version", "source_db_cluster_identifier"]
            },
        )
        self.outputs = AuroraPrimaryOutputs(
            cluster_identifier=existing.cluster_identifier,
            cluster_arn=existing.arn,
            endpoint=existing.endpoint,
            reader_endpoint=existing.reader_endpoint,
            global_cluster_identifier=world.id,
            global_writer_endpoint=world.endpoint,
            engine_version=inputs.engine_version,
        )
