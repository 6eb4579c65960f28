"""Writes `docs/runbooks/region-migration.md`: `python -m regions.runbook_page`.

The documented example's settings and names, with ids that are plainly nobody's.
"""

from __future__ import annotations

from pathlib import Path

from modules.migration_runbook import RunbookInputs, RunbookSide, runbook
from shared.naming import Naming
from shared.settings import RegionMigration, load, systems

FOLDER = Path(__file__).resolve().parents[1] / "docs" / "runbooks"
PAGE = FOLDER / "region-migration.md"
EXAMPLE = "region-migration"


def page() -> str:
    """Return the page's text."""
    return head("migration", "runbook_page", "migrate.runbook") + runbook(example())


def head(name: str, module: str, command: str) -> str:
    """Return what stands above a generated runbook: `name` is that of its template and of its output."""
    return f"""<!-- Generated from modules/templates/{name}_runbook.md.j2 by `python -m regions.{module}`;
     a test keeps it up to date. Ids here are made up. A deployment's own page: `invoke {command}`,
     or the output `{name}_runbook`. -->

"""


def example() -> RunbookInputs:
    """Return what a deployment of the documented environment would fill in."""
    environment = systems.migration(load(EXAMPLE), "the runbook")
    naming = Naming(suffix=environment.environment_suffix)
    account, region = environment.account_id, environment.target.region
    service, alarms, migration = environment.service, environment.alarms, environment.migration
    machine = naming.name("statemachine", "migration")
    return RunbookInputs(
        source=_side(environment, naming, "source"),
        target=_side(environment, naming, "target"),
        environment_suffix=environment.environment_suffix,
        env_options=environment.env_options,
        account_id=account,
        hosted_zone_id="Z0EXAMPLEZONE",
        record_name=environment.domain.record_name,
        peering_id="pcx-0123456789example",
        global_cluster_identifier=naming.name("aurora-global", "payments"),
        database_name=environment.database.name,
        engine_version=environment.database.engine_version,
        image_repository=service.image_repository,
        image=service.image,
        application_secret=service.credentials_secret_name,
        state_machine_arn=f"arn:aws:states:{region}:{account}:stateMachine:{machine}",
        checkpoint_parameter=naming.path("migration", "checkpoint"),
        approval_parameter=naming.path("migration", "approval"),
        phases=migration.phases,
        bake_seconds=migration.bake_seconds,
        replication_lag_ms=alarms.replication_lag_ms,
        healthy_hosts_minimum=alarms.healthy_hosts_minimum,
    )


def _side(environment: RegionMigration, naming: Naming, role: str) -> RunbookSide:
    region = {"source": environment.source.region, "target": environment.target.region}[role]

    def arn(service: str, resource: str) -> str:
        return f"arn:aws:{service}:{region}:{environment.account_id}:{resource}"

    alb, cluster = naming.name("alb", "payments"), naming.name("aurora", role)
    return RunbookSide(
        region=region,
        set_identifier=naming.name("record", role),
        alb_dns_name=f"{alb}-example.{region}.elb.amazonaws.com",
        alb_zone_id=f"ZEXAMPLE{role.upper()}",
        alb_arn_suffix=f"app/{alb}/0123456789example",
        https_listener_arn=arn(
            "elasticloadbalancing", f"listener/app/{alb}/0123456789example/443443443example"
        ),
        target_group_arn=arn(
            "elasticloadbalancing", f"targetgroup/{naming.name('tg', 'payments')}/0123456789example"
        ),
        asg_name=naming.name("asg", "payments"),
        cluster_identifier=cluster,
        cluster_arn=arn("rds", f"cluster:{cluster}"),
        healthy_hosts_alarm=naming.name("alarm", "healthy-hosts"),
        replication_lag_alarm=naming.name("alarm", "replication-lag"),
        certificate_arn=arn("acm", f"certificate/{role}-example"),
        kms_key_id=f"{role}-key-example",
        topic_arn=arn("sns", naming.name("sns", "alarms")),
    )


def main() -> None:
    """Write the page."""
    PAGE.parent.mkdir(exist_ok=True)
    PAGE.write_text(page(), encoding="utf-8")


if __name__ == "__main__":  # pragma: no cover - the tests call main
    main()
