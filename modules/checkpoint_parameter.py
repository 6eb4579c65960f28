"""A checkpoint: how far an operation came. Made here, written by the state machine, whose value it is."""

from __future__ import annotations

import json

from cdktf_cdktf_provider_aws.ssm_parameter import SsmParameter
from constructs import Construct

from shared.blocks import resource
from shared.naming import Naming


def checkpoint_parameter(scope: Construct, id_: str, *, operation: str, naming: Naming) -> SsmParameter:
    """Make the parameter of an operation in `scope`: nothing secret is in it, and its versions are kept."""
    return resource(
        SsmParameter,
        scope,
        id_,
        name=naming.path(operation, "checkpoint"),
        description=f"Where the {operation} stands; every version is kept in its history",
        type="String",
        value=json.dumps({"stage": "none"}),
        # The state machine owns the value (`invoke migrate.start`, `invoke failover.failover`): the next
        # apply must not make it forget what a stopped execution had found, or an action not finished.
        lifecycle={"ignore_changes": ["value"]},
    )
