"""The script that an instance runs at its first boot: the container, TLS in front of it, its logs."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from pathlib import Path

from cdktf import Fn
from jinja2 import Environment, FileSystemLoader, StrictUndefined

METRICS_NAMESPACE = "PaymentProcessor"
_TEMPLATES = Path(__file__).resolve().parent / "templates"
#: Stands for the only value that is known no sooner than Terraform runs.
_HOST = "@DATABASE_HOST@"


@dataclass(frozen=True, kw_only=True)
class UserDataInputs:
    """What the script is filled with. Only `database_host` may be a token."""

    ami_family: str
    region: str
    registry: str
    """Host of the region's container registry."""
    image: str
    """Full name of the image, with its tag or digest."""
    container_port: int
    credentials_secret: str
    """Name of the secret: JSON whose keys become `DATABASE_<KEY>` variables (`username`, `password`)."""
    database_host: str
    """The global writer endpoint: it follows the writer through a switchover."""
    database_port: int
    database_name: str
    log_group: str
    asg_name: str
    """Dimension of the instance's own metrics."""


def script(inputs: UserDataInputs) -> str:
    """Return the script as text, with a placeholder where the database's host belongs."""
    environment = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        undefined=StrictUndefined,
        autoescape=False,  # noqa: S701 - a shell script, and every value is from validated settings
        trim_blocks=True,
        keep_trailing_newline=True,
    )
    template = environment.get_template("user_data.sh.j2")
    values = {**vars(inputs), "database_host": _HOST}
    return template.render(values, metrics_namespace=METRICS_NAMESPACE)


def user_data(inputs: UserDataInputs) -> str:
    """Return the script in base64, as a launch template takes it, with the host filled in by Terraform.

    The text goes to Terraform encoded: as a string of its own language every quote, backslash and
    `${` would need escaping, and cdktf's helper for that forgets the backslashes.
    """
    encoded = base64.b64encode(script(inputs).encode()).decode()
    return Fn.base64encode(Fn.replace(Fn.base64decode(encoded), _HOST, inputs.database_host))
