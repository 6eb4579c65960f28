import importlib.util
from collections.abc import Callable
from importlib.machinery import ModuleSpec

import pytest

from shared.settings import regions


@pytest.fixture
def without_a_list(monkeypatch: pytest.MonkeyPatch):
    def pretend(spec: ModuleSpec | None):
        monkeypatch.setattr(importlib.util, "find_spec", lambda _: spec)
        regions.partitions.cache_clear()

    yield pretend
    regions.partitions.cache_clear()


def test_botocores_list_says_which_regions_there_are():
    assert regions.is_region("eu-west-1")
    assert not regions.is_region("eu-west-9")
    assert not regions.is_region("aws-global")
    assert regions.partition_of("cn-north-1") == "aws-cn"
    assert regions.partition_of("zz-north-1") == "aws"


@pytest.mark.parametrize("spec", [None, ModuleSpec("botocore", None, origin="/nowhere/botocore/__init__.py")])
def test_without_a_list_the_shape_of_the_name_has_to_do(
    without_a_list: Callable[[ModuleSpec | None], None], spec: ModuleSpec | None
):
    without_a_list(spec)
    assert regions.partitions() == {}
    assert regions.is_region("zz-north-9")
    assert not regions.is_region("north")
    assert regions.partition_of("cn-north-1") == "aws"
