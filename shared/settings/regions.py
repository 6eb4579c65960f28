"""Which regions there are, offline: botocore's own list, read without importing botocore."""

from __future__ import annotations

import functools
import importlib.util
import json
import re
from pathlib import Path

_SHAPE = re.compile(r"[a-z]{2,4}(-[a-z]+)+-\d")


@functools.cache
def partitions() -> dict[str, str]:
    """Return region name -> partition (`aws`, `aws-cn`, ...).

    Empty when botocore is not installed or keeps its list elsewhere one day: then only a name's
    shape is checked.
    """
    package = importlib.util.find_spec("botocore")
    if package is None or package.origin is None:
        return {}
    listing = Path(package.origin).parent / "data" / "partitions.json"
    if not listing.is_file():
        return {}
    document = json.loads(listing.read_text())
    return {
        region: partition["id"]
        for partition in document["partitions"]
        for region in partition["regions"]
        if _SHAPE.fullmatch(region)  # leaves out the pseudo region `aws-global`
    }


def partition_of(region: str) -> str:
    """Return the region's partition; `aws` for one that botocore does not know."""
    return partitions().get(region, "aws")


def is_region(name: str) -> bool:
    """Say whether there is such a region, as far as can be known offline."""
    known = partitions()
    return name in known if known else _SHAPE.fullmatch(name) is not None
