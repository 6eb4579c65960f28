"""RDS clusters: the HTTP endpoint (RDS Data API) of provisioned Aurora clusters.

moto 5.2.5 switches it on only for some versions of Aurora Serverless v1, answers that it is off
otherwise (drift on `enable_http_endpoint`), and has neither EnableHttpEndpoint nor DisableHttpEndpoint.

AWS: API reference of CreateDBCluster (`EnableHttpEndpoint`), EnableHttpEndpoint, DisableHttpEndpoint;
"Using the Amazon RDS Data API" (ModifyDBCluster sets it for Serverless v1 only).
"""

from __future__ import annotations

from moto.core.responses import ActionResult
from moto.rds.models import DBCluster
from moto.rds.responses import RDSResponse

from shared.rehearsal.extensions.faults import Fault

_enable_http_endpoint = DBCluster.enable_http_endpoint

#: Where there is a Data API.
ENGINES = ("aurora-mysql", "aurora-postgresql")


def install() -> None:
    """Replace the attribute of clusters, add the two actions."""
    DBCluster.enable_http_endpoint = property(_enable_http_endpoint.fget, set_http_endpoint)
    RDSResponse.enable_http_endpoint = enable_http_endpoint
    RDSResponse.disable_http_endpoint = disable_http_endpoint


def set_http_endpoint(self: DBCluster, value: bool | None) -> None:
    """Keep what was asked for a provisioned cluster; moto knows Serverless v1."""
    if self.engine_mode == "provisioned" and self.engine in ENGINES:
        self._enable_http_endpoint = bool(value)
    else:
        _enable_http_endpoint.fset(self, value)


def enable_http_endpoint(self: RDSResponse) -> ActionResult:
    """Switch it on."""
    return _switch(self, value=True)


def disable_http_endpoint(self: RDSResponse) -> ActionResult:
    """Switch it off."""
    return _switch(self, value=False)


def _switch(response: RDSResponse, *, value: bool) -> ActionResult:
    arn = response.params["ResourceArn"]
    for cluster in response.backend.clusters.values():
        if cluster.db_cluster_arn == arn:
            cluster.enable_http_endpoint = value
            return ActionResult({"ResourceArn": arn, "HttpEndpointEnabled": cluster.http_endpoint_enabled})
    raise Fault("ResourceNotFoundFault", f"{arn} is not found")
