"""Make Lambda functions on the embedded AWS."""

import io
import zipfile
from typing import Any

from tests.rehearsal.conftest import ACCOUNT, Aws
from tests.rehearsal.extensions.machines import REGION


def package(**files: str) -> bytes:
    """Return the package `start`: one module for each argument."""
    folder = io.BytesIO()
    with zipfile.ZipFile(folder, "w") as archive:
        for name, text in {"__init__": "", **files}.items():
            # without the time of day: the same code is the same package
            archive.writestr(zipfile.ZipInfo(f"start/{name}.py"), text)
    return folder.getvalue()


def create(aws: Aws, code: str, *, handler: str = "start.handler.handle", **fields: Any) -> None:
    role = "role-function"
    iam = aws.client("iam")
    if role not in {one["RoleName"] for one in iam.list_roles()["Roles"]}:
        iam.create_role(RoleName=role, AssumeRolePolicyDocument="{}")
    given = {"Runtime": "python3.12", "Timeout": 30, **fields}
    aws.client("lambda", REGION).create_function(
        FunctionName="function-start",
        Role=f"arn:aws:iam::{ACCOUNT}:role/{role}",
        Handler=handler,
        Code={"ZipFile": package(handler=code, other="WORD = 'other'")},
        **given,
    )
