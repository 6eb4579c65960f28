"""RDS parameters say who set them.

moto 5.2.5 answers DescribeDBParameters and DescribeDBClusterParameters without `Source` and ignores
that filter. The provider takes as its own what has the source `user`, so every parameter of a
parameter group is added again by each apply.

AWS: API reference of DescribeDBParameters and DescribeDBClusterParameters (`Source`: `user`, `system`,
`engine-default`). Only what a user set is known here: the engine's own parameters are not emulated.
"""

from __future__ import annotations

from typing import Any

from moto.core.responses import ActionResult
from moto.rds.responses import RDSResponse

_describe_db_parameters = RDSResponse.describe_db_parameters
_describe_db_cluster_parameters = RDSResponse.describe_db_cluster_parameters


def install() -> None:
    """Wrap both descriptions."""
    RDSResponse.describe_db_parameters = describe_db_parameters
    RDSResponse.describe_db_cluster_parameters = describe_db_cluster_parameters


def describe_db_parameters(self: RDSResponse) -> ActionResult:
    """Return a group's parameters with their source."""
    return _with_source(self, _describe_db_parameters(self))


def describe_db_cluster_parameters(self: RDSResponse) -> ActionResult:
    """Return a cluster group's parameters with their source."""
    return _with_source(self, _describe_db_cluster_parameters(self))


def _with_source(response: RDSResponse, result: Any) -> ActionResult:
    wanted = response.params.get("Source") or "user"
    parameters = result._result["Parameters"] if wanted == "user" else []
    return ActionResult({"Parameters": [{**one, "Source": "user"} for one in parameters]})
