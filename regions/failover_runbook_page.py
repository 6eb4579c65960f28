"""Writes `docs/runbooks/regional-failover.md`: `python -m regions.failover_runbook_page`.

The documented example's settings and names, with ids that are plainly nobody's.
"""

from __future__ import annotations

from modules.aurora_support import FIREWALL_DESCRIPTION, MYSQL_PORT
from modules.failover_runbook import FailoverRunbookInputs, FailoverRunbookSide, failover_runbook
from modules.pin import KEY
from regions.runbook_page import FOLDER, head
from shared.naming import Naming
from shared.settings import DisasterRecovery, load, systems

PAGE = FOLDER / "regional-failover.md"
EXAMPLE = "disaster-recovery"


def page() -> str:
    """Return the page's text."""
    return head("failover", "failover_runbook_page", "failover.runbook") + failover_runbook(example())


def example() -> FailoverRunbookInputs:
    """Return what a deployment of the documented environment would fill in."""
    environment = systems.recovery(load(EXAMPLE), "the runbook")
    naming = Naming(suffix=environment.environment_suffix)
    account, region = environment.account_id, environment.standby.region
    machine = naming.name("statemachine", "failover")
    recovery = environment.failover.recovery_time
    return FailoverRunbookInputs(
        primary=_side(environment, naming, "primary"),
        standby=_side(environment, naming, "standby"),
        environment_suffix=environment.environment_suffix,
        env_options=environment.env_options,
        account_id=account,
        hosted_zone_id="Z0EXAMPLEZONE",
        record_name=environment.domain.record_name,
        global_cluster_identifier=naming.name("aurora-global", "payments"),
        database_name=environment.database.name,
        engine_version=environment.database.engine_version,
        instance_class=environment.database.instance_class,
        application_secret=environment.service.credentials_secret_name,
        intents_table=naming.name("table", "intents"),
        pin_bucket=f"pin-primary-{environment.environment_suffix}-example",
        pin_key=KEY,
        state_machine_arn=f"arn:aws:states:{region}:{account}:stateMachine:{machine}",
        checkpoint_parameter=naming.path("failover", "checkpoint"),
        failover_function=naming.name("function", "failover"),
        drain_function=naming.name("function", "drain"),
        firewall_description=FIREWALL_DESCRIPTION,
        database_port=MYSQL_PORT,
        recovery_time=str(recovery),
        recovery_seconds=recovery.seconds,
        replication_lag_ms=environment.alarms.replication_lag_ms,
        healthy_hosts_minimum=environment.alarms.healthy_hosts_minimum,
        retention_days=environment.intents.retention_days,
        backup_retention_days=environment.database.backup_retention_days,
    )


def _side(environment: DisasterRecovery, naming: Naming, role: str) -> FailoverRunbookSide:
    place = environment.sides[role]

    def arn(service: str, resource: str) -> str:
        return f"arn:aws:{service}:{place.region}:{environment.account_id}:{resource}"

    alb, cluster = naming.name("alb", "payments"), naming.name("aurora", role)
    return FailoverRunbookSide(
        region=place.region,
        vpc_cidr=str(place.vpc_cidr),
        alb_dns_name=f"{alb}-example.{place.region}.elb.amazonaws.com",
        https_listener_arn=arn(
            "elasticloadbalancing", f"listener/app/{alb}/0123456789example/443443443example"
        ),
        target_group_arn=arn(
            "elasticloadbalancing", f"targetgroup/{naming.name('tg', 'payments')}/0123456789example"
        ),
        cluster_identifier=cluster,
        cluster_arn=arn("rds", f"cluster:{cluster}"),
        healthy_hosts_alarm=naming.name("alarm", "healthy-hosts"),
        replication_lag_alarm=naming.name("alarm", "replication-lag"),
        probe_function=naming.name("function", "probe"),
        probe_unwell_alarm=naming.name("alarm", "probe-unwell"),
        probe_unasked_alarm=naming.name("alarm", "probe-unasked"),
        kms_key_arn=arn("kms", f"key/{role}-example"),
        topic_arn=arn("sns", naming.name("sns", "alarms")),
    )


def main() -> None:
    """Write the page."""
    PAGE.parent.mkdir(exist_ok=True)
    PAGE.write_text(page(), encoding="utf-8")


if __name__ == "__main__":  # pragma: no cover - the tests call main
    main()
