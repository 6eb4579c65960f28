from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.deploy.manifest import FILE_NAME, Manifest, Read, StackEntry, load

WORDS = st.text(min_size=1, max_size=12)
READS = st.builds(Read, address=WORDS, fields=st.lists(WORDS, max_size=3).map(tuple))
ENTRIES = st.builds(
    StackEntry,
    address=WORDS,
    app=WORDS,
    stage=st.integers(1, 9),
    directory=WORDS,
    region=WORDS,
    state_bucket=WORDS,
    state_region=WORDS,
    state_key=WORDS,
    reads=st.lists(READS, max_size=3).map(tuple),
    publishes=st.dictionaries(WORDS, WORDS, max_size=3),
    resources=st.dictionaries(WORDS, st.integers(0, 99), max_size=3),
    digest=WORDS,
)


def entry(address: str) -> StackEntry:
    return StackEntry(
        address=address,
        app="source",
        stage=1,
        directory=f"stacks/{address}",
        region="us-east-1",
        state_bucket="a-state-bucket",
        state_region="eu-west-1",
        state_key="system/abc123/us-east-1/foundation.tfstate",
    )


def manifest(root: Path, stacks: tuple[StackEntry, ...]) -> Manifest:
    return Manifest(
        environment="region-migration",
        system="region-migration",
        suffix="abc123",
        account_id="123456789012",
        stage_names=("source", "target", "global"),
        stacks=stacks,
        root=root,
    )


@given(stacks=st.lists(ENTRIES, max_size=4).map(tuple))
def test_what_is_written_is_read_back(
    tmp_path_factory: pytest.TempPathFactory, stacks: tuple[StackEntry, ...]
) -> None:
    written = manifest(tmp_path_factory.getbasetemp(), stacks)
    assert written.write() == written.root / FILE_NAME
    assert load(written.root) == written


def test_a_stack_is_found_by_its_address(tmp_path: Path) -> None:
    found = manifest(tmp_path, (entry("us-east-1/foundation"), entry("us-east-1/routing")))
    assert found.stack("us-east-1/routing").address == "us-east-1/routing"
    assert found.directory(found.stack("us-east-1/routing")) == tmp_path / "stacks" / "us-east-1/routing"
    with pytest.raises(KeyError, match="us-east-1/service"):
        found.stack("us-east-1/service")


def test_a_folder_without_a_manifest_says_so(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        load(tmp_path)
