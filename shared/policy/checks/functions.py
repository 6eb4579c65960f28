"""Functions: that their code is there, is what was hashed, and says what it does."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator

from shared.policy import tracing
from shared.policy.model import Platform, Resource
from shared.policy.registry import Judged, check, complaints, unless
from shared.policy.values import first, number

#: Runtimes of Python with years ahead of them (AWS Lambda Developer Guide, Lambda runtimes).
_RUNTIMES = ("python3.12", "python3.13", "python3.14")
_LONGEST_SECONDS = 900


@check(
    "RS40",
    "Functions have their code, a runtime that is supported, and a log that is kept and encrypted",
    why="Without the hash a change of the code is not applied; a log group that Lambda makes is kept "
    "for ever and has no key of ours (AWS Lambda Developer Guide)",
    remedy="Make it with modules/lambda_function.py.",
)
def functions(platform: Platform) -> Iterator[Judged]:
    """Look at every function, its package and its log."""
    for function in platform.of("aws_lambda_function"):
        seconds = number(function.get("timeout"))
        logs = tracing.resources(
            platform, function.stack, first(function.values, "logging_config").get("log_group")
        )
        kept = [each for each in logs if each.get("retention_in_days") and each.get("kms_key_id")]
        yield from complaints(
            function,
            _package(function),
            unless(
                function.get("runtime") in _RUNTIMES,
                f"{function.get('runtime')} is deprecated, or will be soon",
            ),
            unless(
                seconds is None or seconds <= _LONGEST_SECONDS,
                f"a timeout of {function.get('timeout')} s is refused",
            ),
            unless(logs, "it has no log group of ours"),
            unless(not logs or kept, "its log has no retention or no key"),
        )


def _package(function: Resource) -> str:
    package = function.file.parent / str(function.get("filename"))
    if not package.is_file():
        return f"its package {function.get('filename')} is not there"
    digest = base64.b64encode(hashlib.sha256(package.read_bytes()).digest()).decode()
    if function.get("source_code_hash") != digest:
        return "its source_code_hash is not its package's"
    return ""
