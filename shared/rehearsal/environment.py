"""What a process needs in its environment to talk to the embedded AWS, and to nothing else.

Nothing of the person's own AWS set-up may leak into a rehearsal: a profile, a role, a certificate
bundle or a service's own endpoint would send a request to a real account or fail it. So every
`AWS_*` variable is dropped, and the files in which SDKs look for more are named as empty ones.
"""

from __future__ import annotations

import os
import shlex
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

#: moto takes any key; 20 characters, as real ones have, so that it finds it in the signature.
ACCESS_KEY_ID = "REHEARSALREHEARSAL00"
SECRET_ACCESS_KEY = "rehearsal"  # noqa: S105 - opens nothing

_LOOPBACK = "127.0.0.1"


def variables(endpoint: str) -> dict[str, str]:
    """Return only what has to be set; `environment` also drops what must not be."""
    return {
        "AWS_ENDPOINT_URL": endpoint,
        "AWS_ACCESS_KEY_ID": ACCESS_KEY_ID,
        "AWS_SECRET_ACCESS_KEY": SECRET_ACCESS_KEY,
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        # Without it an SDK asks 169.254.169.254 when it misses something, and waits.
        "AWS_EC2_METADATA_DISABLED": "true",
    }


def environment(endpoint: str, base: Mapping[str, str] | None = None) -> dict[str, str]:
    """Return a whole environment for a child process: `base` (ours by default) made safe."""
    inherited = os.environ if base is None else base
    kept = {name: value for name, value in inherited.items() if not name.startswith("AWS_")}
    for name in ("NO_PROXY", "no_proxy"):
        hosts = [host for host in kept.get(name, "").split(",") if host]
        kept[name] = ",".join([*hosts, _LOOPBACK])
    return kept | variables(endpoint)


@contextmanager
def inside(endpoint: str) -> Iterator[None]:
    """Make this process talk to the embedded AWS, and put its environment back afterwards."""
    before = dict(os.environ)
    wanted = environment(endpoint)
    os.environ.clear()
    os.environ.update(wanted)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


def shell_exports(endpoint: str, base: Mapping[str, str] | None = None) -> str:
    """Return the lines that a POSIX shell evaluates to point itself at the embedded AWS."""
    inherited = os.environ if base is None else base
    wanted = environment(endpoint, inherited)
    drop = sorted(name for name in inherited if name not in wanted)
    changed = sorted(name for name in wanted if inherited.get(name) != wanted[name])
    lines = [f"unset {name}" for name in drop]
    lines += [f"export {name}={shlex.quote(wanted[name])}" for name in changed]
    return "".join(f"{line}\n" for line in lines)
