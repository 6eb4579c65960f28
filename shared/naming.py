"""The one place that makes names in the cloud: `{resource}-{purpose}-{suffix}`.

Names are cut to the service's length limit without ever losing the suffix, because the suffix is
what keeps two deployments in one account apart. Account ids, environment names and regions are
never part of a name.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

#: Longest name each service accepts (AWS service quotas and API references). Everything else: 255.
LIMITS = {
    "alb": 32,  # ELBv2 CreateLoadBalancer: Name
    "tg": 32,  # ELBv2 CreateTargetGroup: Name
    "aurora": 63,  # RDS DBClusterIdentifier
    "aurora-instance": 63,  # RDS DBInstanceIdentifier
    "aurora-global": 63,  # RDS GlobalClusterIdentifier
    "bucket": 63,  # S3 bucket naming rules
    "role": 64,  # IAM RoleName
    "function": 64,  # Lambda FunctionName
    "stack": 128,  # CloudFormation StackName
    "statemachine": 80,  # Step Functions name
    "dms": 63,  # DMS ReplicationInstanceIdentifier
    "task": 31,  # DMS ResourceIdentifier: the end of a task's ARN, and its dimension in CloudWatch
    "waf": 128,  # WAFv2 WebACL Name
    "lt": 128,  # EC2 LaunchTemplateName
}
DEFAULT_LIMIT = 255
#: Room that the longest name of ours needs beside the suffix in the tightest service (32).
LONGEST_SUFFIX = 16
_HASH_LENGTH = 6


@dataclass(frozen=True, kw_only=True)
class Naming:
    """Names for one deployment.

    `suffix` is the environment suffix (`abc123`): lower-case letters, digits and inner hyphens,
    at most `LONGEST_SUFFIX` characters; the settings validate it.
    """

    suffix: str

    def name(self, resource: str, purpose: str) -> str:
        """Return `{resource}-{purpose}-{suffix}`, at most as long as `resource` allows.

        A purpose that is too long is cut and gets six characters of its hash, so that two long
        purposes which start alike stay apart. Raises ValueError when not even the hash fits.
        """
        limit = LIMITS.get(resource, DEFAULT_LIMIT)
        full = f"{resource}-{purpose}-{self.suffix}"
        if len(full) <= limit:
            return full
        room = limit - len(f"{resource}--{self.suffix}")
        if room < _HASH_LENGTH:
            raise ValueError(f"no room for a purpose in {full!r}: {resource} allows {limit} characters")
        digest = hashlib.sha256(purpose.encode()).hexdigest()[:_HASH_LENGTH]
        kept = purpose[: max(0, room - _HASH_LENGTH - 1)].rstrip("-")
        short = f"{kept}-{digest}" if kept else digest
        return f"{resource}-{short}-{self.suffix}"

    def path(self, *parts: str) -> str:
        """Return a hierarchical name (log groups, parameters): `/migration/{suffix}/config`."""
        head, *rest = parts
        return "/" + "/".join([head, self.suffix, *rest])

    def alias(self, purpose: str) -> str:
        """Return a KMS alias: `alias/{purpose}-{suffix}`."""
        return f"alias/{purpose}-{self.suffix}"
