from __future__ import annotations

from pathlib import Path

from shared.workspace import Workspace, here


def test_everything_that_is_written_lies_in_an_ignored_folder() -> None:
    workspace = Workspace(Path("/repository"))
    ignored = set((here().root / ".gitignore").read_text().splitlines())

    for path in (
        workspace.synthesis("region-migration", "abc123"),
        workspace.synthesis_records,
        workspace.flat_outputs,
        workspace.graph("region-migration"),
    ):
        assert f"{path.relative_to(workspace.root).parts[0]}/" in ignored


def test_the_workspace_is_the_repository() -> None:
    assert (here().root / "tasks.py").exists()
