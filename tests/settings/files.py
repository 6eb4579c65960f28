"""Environment files for the tests: a small right one, and changes to it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from shared import settings
from shared.errors import UserError

if TYPE_CHECKING:
    from shared.settings import Platform

RIGHT = """\
system             = "region-migration"
environment_suffix = "abc123"
account_id         = "123456789012"
state = {
  bucket = "a-state-bucket"
  region = "eu-west-1"
}
source = {
  region             = "us-east-1"
  vpc_cidr           = "10.0.0.0/16"
  availability_zones = ["us-east-1a", "us-east-1b", "us-east-1c"]
}
target = {
  region             = "eu-west-1"
  vpc_cidr           = "10.1.0.0/16"
  availability_zones = ["eu-west-1a", "eu-west-1b", "eu-west-1c"]
}
domain = { zone_name = "payments.example.com" }
"""
RECOVERY = (
    RIGHT.replace("region-migration", "disaster-recovery")
    .replace("source =", "primary =")
    .replace("target =", "standby =")
    .replace("eu-west-1", "us-west-2")
)
"""The same of the system `disaster-recovery`."""
LANDING = """\
system             = "database-migration"
environment_suffix = "abc123"
account_id         = "123456789012"
state = {
  bucket = "a-state-bucket"
  region = "us-east-1"
}
landing = {
  region             = "us-east-1"
  vpc_cidr           = "10.0.0.0/16"
  availability_zones = ["us-east-1a", "us-east-1b", "us-east-1c"]
  vpn_gateway_id     = "vgw-0123456789abcdef0"
}
production = {
  vpc_id   = "vpc-0123456789abcdef0"
  vpc_cidr = "10.1.0.0/16"
}
on_premises = {
  host     = "db.corp.example.net"
  cidrs    = ["192.168.0.0/16"]
  database = "payments"
}
domain = { parent = "payments.example.com" }
"""
"""A small right one of the system `database-migration`."""


def parsed(text: str, *, suffix: str | None = None) -> Platform:
    return settings.parse(text, Path("x.tfvars"), suffix=suffix)


def messages(text: str, *, suffix: str | None = None) -> list[str]:
    """Everything that is wrong, as a person sees it, without the path of the file."""
    with pytest.raises(UserError) as refused:
        parsed(text, suffix=suffix)
    here = str(Path("x.tfvars").resolve())
    short = "x.tfvars"
    return [str(problem).replace(here, short) for problem in refused.value.problems]


def message(addition: str) -> str:
    """The only message about a right file with something added to its end."""
    (only,) = messages(RIGHT + addition)
    return only.removeprefix(f"x.tfvars:{RIGHT.count(chr(10)) + 1}: ")
