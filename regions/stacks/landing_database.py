"""`REGION/database` of a database migration: Aurora PostgreSQL."""

from __future__ import annotations

from cdktf import App

from modules.backup import TAG_KEY, TAG_VALUE
from modules.postgres_cluster import PostgresCluster, PostgresClusterInputs
from modules.postgres_support import PostgresSupportInputs
from regions.stacks.landing import LandingStack
from shared.contracts import LandedDatabase
from shared.settings import DatabaseMigration


class LandingDatabaseStack(LandingStack):
    """One cluster: the platform, production and, by its gateway, the data centre may connect."""

    name = "database"

    def __init__(self, scope: App, environment: DatabaseMigration, role: str) -> None:
        super().__init__(scope, environment, role)
        own, foundation = environment.landing, self.foundation
        # nobody comes from the data centre when no route leads there
        data_centre = environment.on_premises.cidrs if own.vpn_gateway_id else ()
        clients = (own.vpc_cidr, environment.production.vpc_cidr, *data_centre)
        cluster = PostgresCluster(
            self,
            "aurora",
            PostgresClusterInputs(
                naming=self.naming,
                settings=environment.database,
                database_name=environment.on_premises.database,
                support=PostgresSupportInputs(
                    naming=self.naming,
                    account_id=environment.account_id,
                    vpc_id=foundation.vpc_id,
                    subnet_ids=foundation.private_subnet_ids,
                    client_cidrs=clients,
                    kms_key_arn=foundation.kms_key_arn,
                    log_retention_days=environment.log_retention_days,
                ),
                zones=own.availability_zones,
                tags={TAG_KEY: TAG_VALUE},
                destroyable=self.destroyable,
            ),
        ).outputs
        self.publish(
            LandedDatabase(
                aurora_cluster_identifier=cluster.cluster_identifier,
                aurora_cluster_arn=cluster.cluster_arn,
                aurora_cluster_endpoint=cluster.endpoint,
                aurora_cluster_reader_endpoint=cluster.reader_endpoint,
                aurora_security_group_id=cluster.security_group_id,
            )
        )
