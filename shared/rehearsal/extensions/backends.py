"""Backends: a reset drops them, and makes none that nobody keeps; what does not change is looked up once.

moto 5.2.5 builds every backend anew at a reset (EC2's with hundreds of images) and forgets it in the next
line; and it reads a service's regions from botocore's files again after each reset. Together that is a
third of the processor time of a server that tests share. With every request it looks which folders its
package has, to know the services' names, which is another twelfth.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from moto import backends
from moto.core.base_backend import AccountSpecificBackend, BaseBackend

_list_of_moto_modules = backends.list_of_moto_modules


def install() -> None:
    """Replace all three."""
    AccountSpecificBackend.reset = reset
    AccountSpecificBackend._generate_regions = generate_regions
    backends.list_of_moto_modules = list_of_moto_modules


def reset(self: AccountSpecificBackend[Any]) -> None:
    """Reset the backends that have something to give back, as S3 has files; the others are only dropped.

    Whoever calls this forgets all of them afterwards (`BackendDict.reset`).
    """
    for backend in list(self.values()):
        if type(backend).reset is not BaseBackend.reset:
            backend.reset()


@cache
def list_of_moto_modules() -> frozenset[str]:
    """Return the names of the services."""
    return frozenset(_list_of_moto_modules())


def generate_regions(_self: AccountSpecificBackend[Any], service_name: str) -> list[str]:
    """Return the regions of a service in all partitions, in a list of the caller's own."""
    return list(_regions(service_name))


@cache
def _regions(service_name: str) -> tuple[str, ...]:
    session = AccountSpecificBackend.get_session()
    return tuple(
        region
        for partition in session.get_available_partitions()
        for region in session.get_available_regions(service_name, partition_name=partition)
    )
