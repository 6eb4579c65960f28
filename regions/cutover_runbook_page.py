"""Writes `docs/runbooks/database-cutover.md`: `python -m regions.cutover_runbook_page`.

The documented example's settings and names, with ids that are plainly nobody's.
"""

from __future__ import annotations

from modules.cutover_runbook import CutoverRunbookInputs, cutover_runbook
from regions.runbook_page import FOLDER, head
from regions.stacks.cutover_runbook import Name, runbook_inputs
from shared.contracts import LandedDatabase, Replication
from shared.naming import Naming
from shared.settings import load, systems

PAGE = FOLDER / "database-cutover.md"
EXAMPLE = "database-migration"


def page() -> str:
    """Return the page's text."""
    return head("cutover", "cutover_runbook_page", "cutover.runbook") + cutover_runbook(example())


def example() -> CutoverRunbookInputs:
    """Return what a deployment of the documented environment would fill in."""
    environment = systems.landing(load(EXAMPLE), "the runbook")
    naming = Naming(suffix=environment.environment_suffix)
    region, account = environment.landing.region, environment.account_id

    def arn(service: str, resource: str) -> str:
        return f"arn:aws:{service}:{region}:{account}:{resource}"

    cluster, forward = naming.name("aurora", "payments"), naming.name("task", "forward")
    database = LandedDatabase(
        aurora_cluster_identifier=cluster,
        aurora_cluster_arn=arn("rds", f"cluster:{cluster}"),
        aurora_cluster_endpoint=f"{cluster}.cluster-example.{region}.rds.amazonaws.com",
        aurora_cluster_reader_endpoint=f"{cluster}.cluster-ro-example.{region}.rds.amazonaws.com",
        aurora_security_group_id="sg-0123456789example",
    )
    replication = Replication(
        dms_replication_instance_arn=arn("dms", "rep:INSTANCEEXAMPLE"),
        dms_replication_instance_id=naming.name("dms", "payments"),
        dms_security_group_id="sg-9876543210example",
        dms_source_endpoint_arn=arn("dms", "endpoint:SOURCEEXAMPLE"),
        dms_target_endpoint_arn=arn("dms", "endpoint:TARGETEXAMPLE"),
        dms_forward_task_arn=arn("dms", f"task:{forward}"),
        dms_forward_task_id=forward,
        dms_reverse_task_arn=arn("dms", f"task:{naming.name('task', 'reverse')}"),
    )
    name = Name(
        hosted_zone_id="Z0EXAMPLEZONE",
        on_premises_set_identifier=naming.name("record", "on-premises"),
        aurora_set_identifier=naming.name("record", "aurora"),
        function=naming.name("function", "cutover"),
        config_parameter=naming.path("migration", "config"),
        state_parameter=naming.path("migration", "state"),
        lag_source_alarm=naming.name("alarm", "lag-source"),
        lag_target_alarm=naming.name("alarm", "lag-target"),
        topic_arn=arn("sns", naming.name("sns", "migration")),
        kms_key_arn=arn("kms", "key/landing-example"),
    )
    return runbook_inputs(environment, database, replication, name)


def main() -> None:
    """Write the page."""
    PAGE.parent.mkdir(exist_ok=True)
    PAGE.write_text(page(), encoding="utf-8")


if __name__ == "__main__":  # pragma: no cover - the tests call main
    main()
