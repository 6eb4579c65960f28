"""Functions and their packages (`tests/policy/packages/us-east-1-probe/code.zip`)."""

from __future__ import annotations

from tests.policy.worlds import GONE, Example, ref

_PROBE = "us-east-1/probe"
_FUNCTION = f"{_PROBE} aws_lambda_function function"
_PLACE = f"{_PROBE}/function"

EXAMPLES = [
    Example(
        check="RS40",
        right={
            _PROBE: {
                "aws_cloudwatch_log_group": {"log": {"retention_in_days": 30, "kms_key_id": "arn"}},
                "aws_lambda_function": {
                    "function": {
                        "filename": "code.zip",
                        # base64 of the SHA-256 of "code\n"
                        "source_code_hash": "tXsjbJvNKmH81ie2muLXputbwT8twlMRNI7gjfQ7wMQ=",
                        "runtime": "python3.13",
                        "timeout": 30,
                        "logging_config": {"log_group": ref("aws_cloudwatch_log_group.log.name")},
                    }
                },
            }
        },
        judged=(_PLACE,),
        wrong={
            "no package": (
                {f"{_FUNCTION} filename": "other.zip"},
                {_PLACE: "its package other.zip is not there"},
            ),
            "the hash of another package": (
                {f"{_FUNCTION} source_code_hash": "x"},
                {_PLACE: "its source_code_hash is not its package's"},
            ),
            "an old runtime that takes an hour": (
                {f"{_FUNCTION} runtime": "python3.8", f"{_FUNCTION} timeout": 3600},
                {
                    _PLACE: (
                        "python3.8 is deprecated, or will be soon",
                        "a timeout of 3600 s is refused",
                    )
                },
            ),
            "Lambda's own log": (
                {f"{_FUNCTION} logging_config": GONE},
                {_PLACE: "it has no log group of ours"},
            ),
            "a log for ever": (
                {f"{_PROBE} aws_cloudwatch_log_group log retention_in_days": 0},
                {_PLACE: "its log has no retention or no key"},
            ),
        },
        fine={"three seconds, which is the default": {f"{_FUNCTION} timeout": GONE}},
    )
]
