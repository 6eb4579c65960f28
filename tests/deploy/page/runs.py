"""Runs as they would have been recorded."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from shared.deploy.drift import Difference, Drifted
from shared.deploy.plans import Change
from shared.deploy.report import RunReport, StackReport
from shared.deploy.work import Span
from shared.errors import Problem

US, EU = "us-east-1", "eu-west-1"
FOUNDATION, DATABASE, SERVICE, TARGET = (
    f"{US}/foundation",
    f"{US}/database",
    f"{US}/service",
    f"{EU}/database",
)
FOLDER = Path("/runs/one")


def span(phase: str, begin: float, end: float, waits_for: str = "") -> Span:
    return Span(phase=phase, begin=begin, end=end, waits_for=waits_for)


def change(address: str, kind: str = "create", **more: Any) -> Change:
    return Change(address=address, kind=kind, type=address.partition(".")[0], **more)


def stack(address: str = FOUNDATION, status: str = "applied", *spans: Span, **more: Any) -> StackReport:
    """A stack that was at work for these spans; in the stage that its region is of."""
    changes = more.get("changes", ())
    usual: dict[str, Any] = {
        "stage": "source" if address.startswith(US) else "target",
        "counts": {"add": len(changes), "change": 0, "replace": 0, "destroy": 0, "import": 0, "outputs": 0},
        "seconds": {one.phase: one.end - one.begin for one in spans},
        "log": str(FOLDER / "logs" / f"{address.replace('/', '-')}.log"),
        "spans": spans,
    }
    return StackReport(address=address, status=status, **{**usual, **more})


def run(*stacks: StackReport, **more: Any) -> RunReport:
    usual: dict[str, Any] = {
        "command": "rollout",
        "environment": "region-migration",
        "suffix": "abc123",
        "started": "2026-03-14T09:26:53+00:00",
        "seconds": 40.0,
        "exit_code": 0,
        "folder": FOLDER,
    }
    return RunReport(stacks=stacks, **{**usual, **more})


def rollout(**more: Any) -> RunReport:
    """Four stacks: one waited for another, one for its turn as well, one for its stage."""
    return run(
        stack(
            FOUNDATION,
            "applied",
            span("init", 0, 1),
            span("plan", 1, 4),
            span("apply", 6, 12),
            changes=(change("aws_vpc.main"), change("aws_kms_key.k")),
            outputs={"vpc_id": "create"},
        ),
        stack(
            DATABASE,
            "applied",
            span("upstream", 4, 12, FOUNDATION),
            span("plan", 12, 14),
            span("apply", 14, 30),
            needs=(FOUNDATION,),
            waited_for=FOUNDATION,
            changes=(change("aws_rds_cluster.c"),),
            notes=("a retry after ThrottlingException",),
        ),
        stack(
            SERVICE,
            "unchanged",
            span("upstream", 4, 12, FOUNDATION),
            span("slot", 12, 15),
            span("plan", 15, 18),
            needs=(FOUNDATION,),
        ),
        stack(
            TARGET,
            "applied",
            span("stage", 4, 30),
            span("plan", 30, 34),
            span("apply", 34, 39),
            needs=(DATABASE,),
            changes=(
                change("aws_rds_cluster.c", "replace", attributes=("engine",), forcing=("engine",)),
                change("aws_x.y", "delete"),
            ),
            counts={"add": 0, "change": 0, "replace": 1, "destroy": 1, "import": 0, "outputs": 0},
        ),
        questions=(span("question", 4, 6),),
        **more,
    )


def failed() -> RunReport:
    """A stack that failed, one that is blocked by it, one that is refused and one that nobody wanted."""
    return run(
        stack(
            FOUNDATION, "failed", span("plan", 0, 3), span("apply", 3, 9), error="Error: the quota\nof VPCs"
        ),
        stack(DATABASE, "blocked", reasons=(f"{FOUNDATION} failed",), needs=(FOUNDATION,)),
        stack(
            SERVICE,
            "refused",
            span("plan", 0, 2),
            problems=(
                Problem(what="would be replaced", where="aws_rds_cluster.c", remedy="--allow-replace X"),
                Problem(what="is not allowed"),
            ),
            reasons=("would be replaced", "is not allowed"),
        ),
        stack(TARGET, "declined", reasons=("not agreed to",)),
        exit_code=1,
        next_command="invoke rollout",
        seconds=10.0,
    )


def interrupted() -> RunReport:
    """A run that somebody stopped; a state is still locked."""
    return run(
        stack(FOUNDATION, "applied", span("apply", 0, 3)),
        stack(DATABASE, "interrupted", span("apply", 3, 5), reasons=("stopped",), needs=(FOUNDATION,)),
        exit_code=130,
        next_command="invoke rollout",
        seconds=5.2,
        locks={DATABASE: "ops@bastion since 10:00"},
    )


def planned() -> RunReport:
    """A plan: a stack, and one that waits for it."""
    return run(
        stack(
            FOUNDATION, "planned", span("plan", 0, 3), span("show", 3, 4), changes=(change("aws_vpc.main"),)
        ),
        stack(DATABASE, "deferred", reasons=(f"waits for {FOUNDATION} (not applied yet)",), counts={}),
        command="plan",
        seconds=4.5,
        next_command="invoke rollout",
    )


def idle() -> RunReport:
    """Nothing to do: every plan is empty."""
    return run(stack(FOUNDATION, "unchanged", span("plan", 0, 3)), stack(TARGET, "unchanged"), seconds=3.0)


def drifted() -> RunReport:
    """A look that found drift, what an operation owns, and a resource that is gone."""
    stray = Difference(attribute="ingress[0].cidr", before="10.0.0.0/16", after="0.0.0.0/0")
    owned = Difference(
        attribute="desired_capacity", before="2", after="3", owner="the scaling policy", reason="load"
    )
    return run(
        stack(
            SERVICE,
            "drifted",
            span("refresh", 0, 5),
            counts={},
            drift=(
                Drifted(
                    address="aws_autoscaling_group.g", type="aws_autoscaling_group", differences=(owned,)
                ),
                Drifted(address="aws_security_group.s", type="aws_security_group", differences=(stray,)),
                Drifted(address="aws_eip.e", type="aws_eip", gone=True),
            ),
        ),
        stack(FOUNDATION, "unchanged", span("refresh", 0, 4), counts={}),
        stack(TARGET, "absent", counts={}, reasons=("never applied",)),
        command="drift",
        exit_code=2,
        next_command="invoke plan",
        seconds=6.0,
    )


ALL = (rollout, failed, interrupted, planned, idle, drifted)
