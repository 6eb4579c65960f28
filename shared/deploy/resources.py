"""The resources of a stack and what each refers to, read from its synthesized JSON."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from shared.deploy.manifest import Manifest, StackEntry

#: A reference in an expression: `aws_vpc.main`, `data.aws_vpc.main`, `ephemeral.aws_vpc.main`.
_REFERENCE = re.compile(
    r"(?<![\w.-])((?:data|ephemeral)\.)?([a-z][a-z0-9]*(?:_[a-z0-9]+)+)\.([A-Za-z0-9_-]+)"
)
_READ = re.compile(r"data\.terraform_remote_state\.([A-Za-z0-9_-]+)\.outputs\.([A-Za-z0-9_]+)")
_REMOTE = "terraform_remote_state"
_OUTPUTS = "outputs"

Kind = Literal["resource", "data", "ephemeral", "read", "output"]


@dataclass(frozen=True, kw_only=True)
class Node:
    """A resource, something that is only read, an output of another stack, or one of this."""

    id: str
    """Address in Terraform, `STACK:OUTPUT` for what another stack publishes, `output.NAME`."""
    kind: Kind
    type: str
    """Of the resource; empty for outputs."""
    group: str
    """The construct in the stack that made it, the other stack's address, or `outputs`."""
    label: str
    """Its name within the group."""


@dataclass(frozen=True, kw_only=True)
class Reference:
    """`user` has an expression about `used`, or waits for it (`depends_on`)."""

    used: str
    user: str


@dataclass(frozen=True, kw_only=True)
class StackGraph:
    """One stack from within."""

    address: str
    nodes: tuple[Node, ...]
    references: tuple[Reference, ...]

    @property
    def resources(self) -> int:
        """Return how many resources are made."""
        return sum(node.kind == "resource" for node in self.nodes)

    def as_json(self) -> dict[str, Any]:
        """Return it as JSON values: each node with what it refers to."""
        return {
            "stack": self.address,
            "nodes": [
                {
                    **node.__dict__,
                    "refers_to": sorted(edge.used for edge in self.references if edge.user == node.id),
                }
                for node in self.nodes
            ],
        }


def read(manifest: Manifest, entry: StackEntry) -> StackGraph:
    """Return the resources of a stack, in the order of the JSON, outputs last."""
    path = manifest.directory(entry) / "cdk.tf.json"
    document = json.loads(path.read_text(encoding="utf-8"))
    keys = {other.state_key: other.address for other in manifest.stacks}
    states = document.get("data", {}).get(_REMOTE, {})
    upstreams = {name: keys[block["config"]["key"]] for name, block in states.items()}
    blocks = {node.id: (node, block) for node, block in _blocks(document)}
    nodes = {id_: node for id_, (node, _) in blocks.items()}
    edges: dict[Reference, None] = {}
    for id_, (_, block) in blocks.items():
        text = json.dumps({key: value for key, value in block.items() if key != "//"})
        for used in _used(text, nodes.keys() - {id_}):
            edges[Reference(used=used, user=id_)] = None
        for name, field in _READ.findall(text):
            node = _published(upstreams[name], field)
            nodes.setdefault(node.id, node)
            edges[Reference(used=node.id, user=id_)] = None
    # stacks that are read stand first, outputs last: as a reader meets them
    order: dict[Kind, int] = {"read": 0, "data": 1, "ephemeral": 1, "resource": 1, "output": 2}
    found = sorted(nodes.values(), key=lambda node: order[node.kind])
    return StackGraph(address=entry.address, nodes=tuple(found), references=tuple(edges))


def _blocks(document: Mapping[str, Any]) -> Iterator[tuple[Node, Mapping[str, Any]]]:
    sections: tuple[Kind, ...] = ("data", "ephemeral", "resource")
    for kind in sections:
        for type_, blocks in document.get(kind, {}).items():
            if type_ == _REMOTE:
                continue
            for name, block in blocks.items():
                prefix = "" if kind == "resource" else f"{kind}."
                group, label = _place(block, name)
                yield (
                    Node(id=f"{prefix}{type_}.{name}", kind=kind, type=type_, group=group, label=label),
                    block,
                )
    for name, block in document.get("output", {}).items():
        yield Node(id=f"output.{name}", kind="output", type="", group=_OUTPUTS, label=name), block


def _place(block: Mapping[str, Any], name: str) -> tuple[str, str]:
    """Return the construct in the stack that made a block, and what it is called within."""
    path = block.get("//", {}).get("metadata", {}).get("path", f"/{name}")
    _, group, *within = path.split("/")
    return group, "/".join(within) or group


def _published(address: str, field: str) -> Node:
    return Node(id=f"{address}:{field}", kind="read", type="", group=address, label=field)


def _used(text: str, known: Any) -> Iterator[str]:
    for prefix, type_, name in _REFERENCE.findall(text):
        id_ = f"{prefix}{type_}.{name}"
        if id_ in known:
            yield id_
