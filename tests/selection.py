"""Of many examples of one thing, a few are always run and all of them by `make test-all`."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any

import pytest


def few_of(examples: Iterable[Any], usual: Collection[Any]) -> list[Any]:
    """Return the examples as parameters; those that are not `usual` are long tests.

    Raises ValueError for a usual one that is no example.
    """
    found = list(examples)
    if unknown := [one for one in usual if one not in found]:
        raise ValueError(f"no example: {unknown}")
    return [
        pytest.param(
            *(one if isinstance(one, tuple) else (one,)), marks=[] if one in usual else [pytest.mark.long]
        )
        for one in found
    ]
