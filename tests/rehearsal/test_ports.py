"""Who holds a port."""

import os
import socket
from pathlib import Path

from shared.rehearsal.ports import holder


def test_the_holder_of_a_port_is_named() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        found = holder(listener.getsockname()[1])
    assert found is not None
    assert found.startswith(f"pid {os.getpid()} (")


def test_nobody_holds_a_port_that_is_free() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    assert holder(port) is None


def test_nothing_is_known_where_there_is_no_proc(tmp_path: Path) -> None:
    assert holder(80, tmp_path) is None


def test_a_process_that_cannot_be_looked_at_is_passed_over(tmp_path: Path) -> None:
    (tmp_path / "net").mkdir()
    line = "0: 0100007F:0050 00000000:0000 0A 0:0 0:0 0 0 0 4711"
    (tmp_path / "net" / "tcp").write_text(f"header\n{line}\n")
    descriptors = tmp_path / "1" / "fd"
    descriptors.mkdir(parents=True)
    (descriptors / "3").write_text("not a link, so reading it as one fails as a foreign process does")
    assert holder(80, tmp_path) is None
