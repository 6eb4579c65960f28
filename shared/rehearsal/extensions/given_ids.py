"""VPCs, route tables and virtual private gateways get the id that a tag names.

AWS chooses every id, and so does moto 5.2.5. A rehearsal has to make what an environment file names by its
id (`production.vpc_id`): the network that a real account has already. With the tag `embedded-aws:id` a
resource gets that id; the tag itself is not kept. Nothing of AWS's is imitated here.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from contextvars import ContextVar
from typing import Any

from moto.ec2.models import route_tables, vpcs, vpn_gateway
from moto.ec2.models.route_tables import RouteBackend
from moto.ec2.models.vpcs import VPCBackend
from moto.ec2.models.vpn_gateway import VpnGatewayBackend

from shared.rehearsal.prerequisites_landing import ID_TAG

_wanted: ContextVar[str | None] = ContextVar("wanted", default=None)


def install() -> None:
    """Wrap the making of each kind, and what invents its ids."""
    for module, function, backend, method in (
        (vpcs, "random_vpc_id", VPCBackend, "create_vpc"),
        (route_tables, "random_route_table_id", RouteBackend, "create_route_table"),
        (vpn_gateway, "random_vpn_gateway_id", VpnGatewayBackend, "create_vpn_gateway"),
    ):
        setattr(module, function, _given(getattr(module, function)))
        setattr(backend, method, _told(getattr(backend, method)))


def _given(invent: Callable[[], str]) -> Callable[[], str]:
    """Return a source of ids that gives out the wanted one, once."""

    def identifier() -> str:
        wanted = _wanted.get()
        _wanted.set(None)  # what is made along with it (a VPC's main route table) gets ids of its own
        return wanted if wanted is not None else invent()

    return identifier


def _told(create: Callable[..., Any]) -> Callable[..., Any]:
    """Return a method that listens to the tag and takes it off."""
    signature = inspect.signature(create)

    def method(*args: Any, **kwargs: Any) -> Any:
        bound = signature.bind(*args, **kwargs)
        found, bound.arguments["tags"] = _taken(bound.arguments.get("tags"))
        token = _wanted.set(found)
        try:
            return create(*bound.args, **bound.kwargs)
        finally:
            _wanted.reset(token)

    return method


def _taken(tags: Any) -> tuple[str | None, Any]:
    """Return the id and the other tags, in the form that the backend has them: a list or a dictionary."""
    if isinstance(tags, dict):
        return tags.get(ID_TAG), {key: value for key, value in tags.items() if key != ID_TAG}
    found = [tag["Value"] for tag in tags or () if tag["Key"] == ID_TAG]
    return (found[0] if found else None), [tag for tag in tags or () if tag["Key"] != ID_TAG]
