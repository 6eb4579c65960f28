"""Who holds a port, for the message that says it is taken."""

from __future__ import annotations

from pathlib import Path

_LISTEN = "0A"  # include/net/tcp_states.h: TCP_LISTEN
_COLUMN_LOCAL, _COLUMN_STATE, _COLUMN_INODE = 1, 3, 9  # proc(5), /proc/net/tcp


def holder(port: int, proc: Path = Path("/proc")) -> str | None:
    """Return `pid 123 (command line)` of the process that listens on `port` over IPv4 or IPv6.

    None where that cannot be read: no /proc (macOS), or another user's process.
    """
    sockets = _listening_sockets(port, proc)
    for descriptor in proc.glob("[0-9]*/fd/*") if sockets else ():
        try:
            target = str(descriptor.readlink())
        except OSError:  # ended meanwhile, or not ours to look at
            continue
        if target in sockets:
            process = descriptor.parent.parent
            command = (process / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
            return f"pid {process.name} ({command.strip()})"
    return None


def _listening_sockets(port: int, proc: Path) -> set[str]:
    found = set()
    for table in (proc / "net" / "tcp", proc / "net" / "tcp6"):
        for line in table.read_text().splitlines()[1:] if table.exists() else ():
            columns = line.split()
            if (
                columns[_COLUMN_STATE] == _LISTEN
                and int(columns[_COLUMN_LOCAL].rpartition(":")[2], 16) == port
            ):
                found.add(f"socket:[{columns[_COLUMN_INODE]}]")
    return found
