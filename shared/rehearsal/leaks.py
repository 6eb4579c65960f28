"""Looks for a secret's value where it must never be: states, plans, logs, reports, synthesized files."""

from __future__ import annotations

import base64
import io
import json
import os
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from shared.deploy.terraform import ERRORED

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from shared.deploy.manifest import Manifest
    from shared.deploy.states import ClientFactory

#: Go's encoding/json, HTMLEscape.
_GO = str.maketrans({character: f"\\u{ord(character):04x}" for character in "<>&"})


@dataclass(frozen=True, kw_only=True)
class Search:
    """What was searched, and where a secret was found."""

    places: int
    """Files, members of saved plans, and versions of state objects."""
    found: tuple[str, ...]
    """Places that hold a secret's value; never the value."""


def search(
    secrets: Iterable[str], folders: Iterable[Path], manifest: Manifest, clients: ClientFactory
) -> Search:
    """Search all files below `folders` and every version of every object in the state buckets.

    A secret is looked for as it is, as JSON writes it and in base64; saved plans are unpacked.
    """
    places, found = 0, []
    left = {path for e in manifest.stacks if (path := manifest.directory(e) / ERRORED).is_file()}
    chosen = [*map(Path, folders)]
    # a state that could not be saved waits beside the stack's code
    chosen += sorted(path for path in left if not any(path.is_relative_to(folder) for folder in chosen))
    needles = {needle for secret in secrets for needle in _spellings(secret)}
    for place, body in (*_files(chosen), *_objects(manifest, clients)):
        for name, part in _unpacked(place, body):
            places += 1
            if any(needle in part for needle in needles):
                found.append(name)
    return Search(places=places, found=tuple(found))


def _spellings(secret: str) -> set[bytes]:
    plain = secret.encode()
    quoted = [json.dumps(secret, ensure_ascii=ascii_only)[1:-1] for ascii_only in (True, False)]
    # Go, in which Terraform writes its states, also escapes what HTML gives a meaning
    quoted += [text.translate(_GO) for text in quoted]
    return {plain, *(text.encode() for text in quoted), base64.b64encode(plain).rstrip(b"=")}


def _files(folders: Iterable[Path]) -> Iterator[tuple[str, bytes]]:
    for folder in folders:
        if folder.is_file():
            yield str(folder), folder.read_bytes()
        # links are not followed: provider plugins are linked, and are half a gigabyte each
        for parent, _, names in os.walk(folder):
            for path in (Path(parent) / name for name in sorted(names)):
                if path.is_file() and not path.is_symlink():
                    yield str(path), path.read_bytes()


def _objects(manifest: Manifest, clients: ClientFactory) -> Iterator[tuple[str, bytes]]:
    for region, bucket in sorted({(e.state_region, e.state_bucket) for e in manifest.stacks}):
        client: Any = clients.client("s3", region)
        for page in client.get_paginator("list_object_versions").paginate(Bucket=bucket):
            for version in page.get("Versions", ()):
                key, number = version["Key"], version["VersionId"]
                body = client.get_object(Bucket=bucket, Key=key, VersionId=number)["Body"].read()
                yield f"s3://{bucket}/{key}?versionId={number}", body


def _unpacked(place: str, body: bytes) -> Iterator[tuple[str, bytes]]:
    """Yield the body itself, and what is in it when it is a zip archive (Terraform's saved plan)."""
    yield place, body
    if zipfile.is_zipfile(io.BytesIO(body)):
        with zipfile.ZipFile(io.BytesIO(body)) as archive:
            for name in archive.namelist():
                yield f"{place}!{name}", archive.read(name)
