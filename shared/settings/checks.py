"""The rules of single settings that need more than a pattern.

Each function says what is wrong with a value, as it goes on after the value, or None.
"""

from __future__ import annotations

import difflib
import ipaddress
import re
from itertools import pairwise
from typing import TYPE_CHECKING

from shared.naming import LONGEST_SUFFIX
from shared.settings import regions

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_NEAR = 0.6
"""Likeness from which a word may have been meant; difflib's own."""
ALL = 100
"""All of the traffic, in per cent."""
LARGEST_VPC, SMALLEST_VPC = 16, 22
"""AWS takes /16 to /28; six subnets with room for six instances each need a /22."""
MOST_TAGS = 40
"""AWS takes 50 tags a resource; the stacks set some themselves."""
_SUFFIX = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
_BUCKET = re.compile(r"[a-z0-9][a-z0-9-]{1,61}[a-z0-9]")
_TAG = re.compile(r"[\w .:/=+@-]*")


def suffix(value: str) -> str | None:
    """Check an environment suffix: its characters, and its length against every service's names."""
    if len(value) > LONGEST_SUFFIX:
        return f"its {len(value)} characters leave no room in names that may have 32"
    return None if _SUFFIX.fullmatch(value) else "it cannot be part of every service's names"


def region(value: str) -> str | None:
    """Check that there is such a region."""
    if regions.is_region(value):
        return None
    near = _nearest(value, regions.partitions())
    return (
        f"there is no such region; the nearest is {' or '.join(near)}" if near else "there is no such region"
    )


def _nearest(value: str, known: Iterable[str]) -> list[str]:
    """Return the words that are nearest, sorted: difflib picks one of equals by its letters."""
    ratios = {word: difflib.SequenceMatcher(None, word, value).ratio() for word in known}
    best = max((ratio for ratio in ratios.values() if ratio >= _NEAR), default=None)
    return sorted(word for word, ratio in ratios.items() if ratio == best)


def bucket(value: str) -> str | None:
    """Check an S3 bucket name (S3 user guide, general purpose bucket naming rules; no dots, for TLS)."""
    if not _BUCKET.fullmatch(value):
        return "S3 does not take this name"
    reserved = value.startswith(("xn--", "sthree-", "amzn-s3-demo-"))
    if reserved or value.endswith(("-s3alias", "--ol-s3", "--x-s3", "--table-s3")):
        return "S3 keeps this beginning or ending for itself"
    return None


def ipv4_block(value: str) -> str | None:
    """Check an IPv4 block: well-formed, and with no bits set beyond its prefix."""
    try:
        ipaddress.IPv4Network(value)
    except ValueError:
        pass
    else:
        return None if "/" in value else "it has no prefix length"
    try:
        block = ipaddress.IPv4Network(value, strict=False)
    except ValueError:
        return "it is not an IPv4 block"
    return f"it has bits set beyond its prefix; the block is {block}"


def vpc_block(value: str) -> str | None:
    """Check a VPC's block: an IPv4 block of a size that six subnets fit into."""
    complaint = ipv4_block(value)
    if (
        complaint is None
        and not LARGEST_VPC <= (prefix := ipaddress.IPv4Network(value).prefixlen) <= SMALLEST_VPC
    ):
        too = "small" if prefix > SMALLEST_VPC else "large"
        return f"a /{prefix} is too {too} for a VPC of this platform"
    return complaint


def zones(value: Sequence[str]) -> str | None:
    """Check a region's zones: three or more, each once."""
    repeated = sorted({zone for zone in value if value.count(zone) > 1})
    if repeated:
        return f"{repeated[0]} is there twice"
    least = 3
    return None if len(value) >= least else f"it has {len(value)}, and needs {least}"


def distinct(value: Sequence[str]) -> str | None:
    """Check that nothing is there twice."""
    repeated = sorted({item for item in value if value.count(item) > 1})
    return f"{repeated[0]} is there twice" if repeated else None


def distinct_and_some(value: Sequence[str]) -> str | None:
    """Check that there is something, and nothing twice."""
    return distinct(value) if value else "it is empty"


def tags(value: dict[str, str]) -> str | None:
    """Check tags (AWS tagging rules: 128 and 256 characters, no `aws:`)."""
    longest_key, longest_value = 128, 256
    if len(value) > MOST_TAGS:
        return f"there are {len(value)} tags"
    for key, text in value.items():
        if key.lower().startswith("aws:"):
            return f"{key} begins with aws:, which AWS keeps for itself"
        if not 1 <= len(key) <= longest_key or not _TAG.fullmatch(key):
            return f"AWS does not take the key {key!r}"
        if len(text) > longest_value or not _TAG.fullmatch(text):
            return f"AWS does not take the value of {key}"
    return None


def instance_class(value: str) -> str | None:
    """Check an instance class for an Aurora global database (memory-optimized, r5 or newer)."""
    if re.match(r"db\.t\d", value):
        return "an Aurora global database does not run on burstable (t) classes"
    known = re.fullmatch(r"db\.(r[5-9]\w*|x[2-9]\w*)\.(large|\d*xlarge)", value)
    return None if known else "it is not a memory-optimized class"


def container_port(value: int) -> str | None:
    """Check the port that the container serves on: 443 is the TLS proxy's in front of it."""
    https, highest = 443, 65535
    if value == https:
        return "the TLS proxy in front of the container has this port"
    return None if 1 <= value <= highest else "it is not a port"


def phases(value: Sequence[int]) -> str | None:
    """Check the shares of traffic: rising to all of it."""
    if not value:
        return "it is empty"
    for share in value:
        if not 1 <= share <= ALL:
            return f"{share} is not a share from 1 to 100"
    for before, after in pairwise(value):
        if after <= before:
            return f"{after} after {before} does not rise"
    return None if value[-1] == ALL else f"it ends at {value[-1]}"


def approved_phases(value: Sequence[int]) -> str | None:
    """Check the phases that a person is asked before: rising shares, or none."""
    if not value:
        return None
    return phases(value if value[-1] >= ALL else [*value, ALL])


def period(value: int) -> str | None:
    """Check an alarm's period: RDS and load balancer metrics have one value a minute."""
    minute, hour = 60, 3600
    if value % minute:
        return "it is not a whole number of minutes"
    return None if minute <= value <= hour else "it is not from a minute to an hour"


def no_backtrack(value: object) -> str | None:
    """Refuse the backtrack window, which has a meaning for single clusters only."""
    return None if value is None else "an Aurora global database has no backtrack"
