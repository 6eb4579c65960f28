from __future__ import annotations

import json
import threading
from pathlib import Path

import pytest

from shared.deploy.sharing import LOCK_FILE, SharedPlugins


@pytest.fixture
def stacks(tmp_path: Path) -> list[Path]:
    folders = [tmp_path / name for name in "abc"]
    for folder in folders:
        folder.mkdir()
        document = {"terraform": {"required_providers": {"aws": {"version": "5.100.0"}}}}
        (folder / "cdk.tf.json").write_text(json.dumps(document))
    return folders


def test_the_first_stack_fills_the_cache_alone_and_hands_its_lock_file_on(
    stacks: list[Path], tmp_path: Path
) -> None:
    (tmp_path / "cache").mkdir()
    plugins = SharedPlugins(tmp_path / "cache")
    running, seen = threading.Semaphore(0), []

    def prepare(folder: Path) -> None:
        with plugins.turn(folder):
            seen.append((folder / LOCK_FILE).exists())
            if len(seen) == 1:
                assert not running.acquire(timeout=0.2), "another one came in"
                (folder / LOCK_FILE).write_text("hashes")
            else:
                running.release()

    threads = [threading.Thread(target=prepare, args=(folder,)) for folder in stacks]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert seen == [False, True, True]
    assert [(folder / LOCK_FILE).read_text() for folder in stacks] == ["hashes"] * 3
    with plugins.turn(stacks[0]):
        assert (stacks[0] / LOCK_FILE).read_text() == "hashes"


def test_a_stack_without_providers_leaves_nothing_behind(stacks: list[Path], tmp_path: Path) -> None:
    (tmp_path / "cache").mkdir()
    with SharedPlugins(tmp_path / "cache").turn(stacks[0]):
        pass
    assert not list((tmp_path / "cache").iterdir())


def test_with_a_mirror_nothing_is_shared(stacks: list[Path]) -> None:
    with SharedPlugins(None).turn(stacks[0]):
        assert not (stacks[0] / LOCK_FILE).exists()
