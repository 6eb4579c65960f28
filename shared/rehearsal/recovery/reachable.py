"""Which stacks can be planned while a region is lost: those whose plan asks nothing of it.

A plan reads every resource. It asks the regions of a stack's providers, the other regions of what is
replicated, and control planes that all regions share: IAM and Route 53 answer from us-east-1 only.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Collection

    from shared.deploy.manifest import Manifest

#: Beginning of a resource's type -> who has the only control plane for it.
_SHARED = {"aws_iam_": "IAM", "aws_route53_": "Route 53", "aws_cloudfront_": "CloudFront"}


def asked(document: Mapping[str, Any]) -> frozenset[str]:
    """Return what the plan of a stack asks: regions, and the names of shared control planes."""
    return frozenset((*_regions(document), *_control_planes(document)))


def unreachable(manifest: Manifest, lost: Collection[str]) -> dict[str, str]:
    """Return the stacks that cannot be planned without `lost` (regions, control planes), each with why."""
    found = {}
    for entry in manifest.stacks:
        document = json.loads((manifest.directory(entry) / "cdk.tf.json").read_text())
        missed = sorted(asked(document) & set(lost))
        if missed:
            found[entry.address] = ", ".join(missed)
    return found


def _regions(document: Mapping[str, Any]) -> Iterator[str]:
    for provider in document.get("provider", {}).get("aws", ()):
        yield provider["region"]
    for table in document.get("resource", {}).get("aws_dynamodb_table", {}).values():
        for replica in table.get("replica", ()):
            yield replica["region_name"]


def _control_planes(document: Mapping[str, Any]) -> Iterator[str]:
    for section in ("resource", "data"):
        for kind in document.get(section, {}):
            for beginning, name in _SHARED.items():
                if kind.startswith(beginning):
                    yield name
