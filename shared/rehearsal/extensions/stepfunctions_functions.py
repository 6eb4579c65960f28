"""The functions that Step Functions adds to JSONata's own. Used by `stepfunctions_jsonata`.

AWS: Step Functions developer guide, "Transforming data with JSONata in Step Functions", section
"JSONata functions provided by Step Functions": `$partition`, `$range`, `$hash`, `$random`, `$uuid`,
`$parse`. A function that is called without what it needs returns nothing, or refuses it as JSONata
does.
"""

from __future__ import annotations

import hashlib
import json
import random
import uuid
from collections.abc import Callable, Mapping
from typing import Any

from jsonata import Utils

_ALGORITHMS = {"MD5": "md5", "SHA-1": "sha1", "SHA-256": "sha256", "SHA-384": "sha384", "SHA-512": "sha512"}

#: The longest array that `$range` makes.
_MAXIMUM_RANGE = 1000


def partition(array: list[Any] | None = None, size: int | None = None) -> list[Any] | None:
    """Cut an array into arrays of `size` items; the last one has what is left."""
    if array is None or size is None:
        return None
    if size < 1:
        raise ValueError("the size of $partition has to be a positive integer")
    items = [array[index] for index in range(len(array))]
    return [items[start : start + int(size)] for start in range(0, len(items), int(size))]


def range_(first: float, last: float, step: float) -> list[Any]:
    """Return the numbers from `first` to `last` (which belongs to it) in steps."""
    if not step:
        raise ValueError("the step of $range must not be 0")
    count = max(int((last - first) // step) + 1, 0)
    if count > _MAXIMUM_RANGE:
        raise ValueError(f"$range makes at most {_MAXIMUM_RANGE} items, not {count}")
    return [first + index * step for index in range(count)]


def hash_(value: str | None = None, algorithm: str = "SHA-256") -> str | None:
    """Return the hash of a text as a hexadecimal text."""
    if value is None:
        return None
    if algorithm not in _ALGORITHMS:
        raise ValueError(f"$hash knows {', '.join(_ALGORITHMS)}, not {algorithm}")
    return hashlib.new(_ALGORITHMS[algorithm], value.encode(), usedforsecurity=False).hexdigest()


def random_(seed: int | None = None) -> float:
    """Return a number from 0 to below 1; the same one for the same seed."""
    return random.Random(seed).random()  # noqa: S311 - as it is in AWS: not for secrets


def uuid_() -> str:
    """Return a random UUID."""
    return str(uuid.uuid4())


def parse(text: str | None = None) -> Any:
    """Return the value of a JSON text."""
    return None if text is None else inward(json.loads(text))


def inward(value: Any) -> Any:
    """Return a JSON value as the evaluator has it: there None is "nothing", and null is an object."""
    if isinstance(value, dict):
        return {key: inward(one) for key, one in value.items()}
    if isinstance(value, list):
        return [inward(one) for one in value]
    return Utils.NULL_VALUE if value is None else value


FUNCTIONS: Mapping[str, Callable[..., Any]] = {
    "partition": partition,
    "range": range_,
    "hash": hash_,
    "random": random_,
    "uuid": uuid_,
    "parse": parse,
}
