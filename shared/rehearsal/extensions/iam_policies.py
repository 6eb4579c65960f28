"""IAM: the policies that AWS manages are read once, not after every reset.

moto 5.2.5 parses all of them (1582, 4.7 MB of JSON) whenever an account's IAM is made: 0.1 s of processor
time, more than all else that a small test asks of the server. Here what is parsed is kept; every backend
has policies of its own still, for they count to what they are attached.
"""

from __future__ import annotations

from copy import copy
from functools import cache

from moto.iam.models import AWSManagedPolicy, IAMBackend
from moto.settings import load_iam_aws_managed_policies

_init_aws_policies = IAMBackend._init_aws_policies


def install() -> None:
    """Replace the reading."""
    IAMBackend._init_aws_policies = init_aws_policies


def init_aws_policies(self: IAMBackend) -> list[AWSManagedPolicy]:
    """Return the policies that AWS manages; none when the configuration says so."""
    if not load_iam_aws_managed_policies():
        return []
    return [copy(policy) for policy in _policies(self.account_id, self.region_name)]


@cache
def _policies(account_id: str, region: str) -> tuple[AWSManagedPolicy, ...]:
    """Return what moto reads, to be copied: nothing is ever attached to these."""
    place = IAMBackend.__new__(IAMBackend)
    place.account_id, place.region_name = account_id, region
    return tuple(_init_aws_policies(place))
