"""The script that an instance runs at its first boot: the container, TLS in front of it, its logs."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from cdktf import Fn
from jinja2 import Environment, FileSystemLoader, StrictUndefined

METRICS_NAMESPACE = "PaymentProcessor"
_TEMPLATES = Path(__file__).resolve().parent / "templates"
#: Stand for the values that are known no sooner than Terraform runs.
_HOST = "@DATABASE_HOST@"


@dataclass(frozen=True, kw_only=True)
class UserDataInputs:
    """What the script is filled with. Only `database_host` and values of `variables` may be tokens."""

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
    variables: Mapping[str, str] = field(default_factory=dict)
    """Further variables of the container's environment; a value may be a token, without blanks."""


def script(inputs: UserDataInputs) -> str:
    """Return the script as text, with placeholders where the database's host and the variables belong."""
    environment = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        undefined=StrictUndefined,
        autoescape=False,  # noqa: S701 - a shell script, and every value is from validated settings
        trim_blocks=True,
        keep_trailing_newline=True,
    )
    template = environment.get_template("user_data.sh.j2")
    stand_ins = {name: _stand_in(name) for name in inputs.variables}
    values = {**vars(inputs), "database_host": _HOST, "variables": stand_ins}
    return template.render(values, metrics_namespace=METRICS_NAMESPACE)


def user_data(inputs: UserDataInputs) -> str:
    """Return the script in base64, as a launch template takes it, with the rest filled in by Terraform.

    The text goes to Terraform encoded: as a string of its own language every quote, backslash and
    `${` would need escaping, and cdktf's helper for that forgets the backslashes.
    """
    encoded = base64.b64encode(script(inputs).encode()).decode()
    text = Fn.replace(Fn.base64decode(encoded), _HOST, inputs.database_host)
    for name, value in inputs.variables.items():
        text = Fn.replace(text, _stand_in(name), value)
    return Fn.base64encode(text)


def _stand_in(variable: str) -> str:
    return f"@{variable}@"
