"""DMS: certificates, subnet groups of real subnets, and tags of everything.

moto 5.2.5 has no certificates and no tagging actions, shows every subnet group with the same invented subnet
and VPC, and keeps a group's tags under its name instead of its ARN.

AWS: DMS API reference, ImportCertificate, DescribeCertificates, DeleteCertificate, AddTagsToResource,
RemoveTagsFromResource, ReplicationSubnetGroup, "Constructing an ARN" (`subgrp:`, `cert:`).
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

from moto.dms.models import DatabaseMigrationServiceBackend, FakeReplicationSubnetGroup
from moto.dms.responses import DatabaseMigrationServiceResponse
from moto.ec2.models import ec2_backends

from shared.rehearsal.extensions.faults import Fault

_init = DatabaseMigrationServiceBackend.__init__
_create_replication_subnet_group = DatabaseMigrationServiceBackend.create_replication_subnet_group
_to_dict = FakeReplicationSubnetGroup.to_dict

_FILTERS = {"certificate-id": "CertificateIdentifier", "certificate-arn": "CertificateArn"}


def install() -> None:
    """Wrap the backend and the groups, and add the missing actions."""
    DatabaseMigrationServiceBackend.__init__ = init
    DatabaseMigrationServiceBackend.create_replication_subnet_group = create_replication_subnet_group
    FakeReplicationSubnetGroup.to_dict = to_dict
    for action in (
        import_certificate,
        describe_certificates,
        delete_certificate,
        add_tags_to_resource,
        remove_tags_from_resource,
    ):
        setattr(DatabaseMigrationServiceResponse, action.__name__, action)


def init(self: DatabaseMigrationServiceBackend, region_name: str, account_id: str) -> None:
    """Make a backend with room for certificates: ARN -> certificate."""
    _init(self, region_name, account_id)
    self.certificates = {}


def create_replication_subnet_group(
    self: DatabaseMigrationServiceBackend,
    replication_subnet_group_identifier: str,
    replication_subnet_group_description: str,
    subnet_ids: list[str],
    tags: list[dict[str, str]] | None = None,
) -> FakeReplicationSubnetGroup:
    """Make a group of subnets that exist; its tags belong to its ARN."""
    group = _create_replication_subnet_group(
        self, replication_subnet_group_identifier, replication_subnet_group_description, subnet_ids
    )
    ec2 = ec2_backends[self.account_id][self.region_name]
    group.subnets = [ec2.get_subnet(identifier) for identifier in subnet_ids]
    self.tagger.tag_resource(_arn(self, "subgrp", replication_subnet_group_identifier), tags or [])
    return group


def to_dict(self: FakeReplicationSubnetGroup) -> dict[str, Any]:
    """Return the group with its own subnets."""
    subnets = [
        {
            "SubnetIdentifier": subnet.id,
            "SubnetAvailabilityZone": {"Name": subnet.availability_zone},
            "SubnetStatus": "Active",
        }
        for subnet in self.subnets
    ]
    return {**_to_dict(self), "VpcId": self.subnets[0].vpc_id, "Subnets": subnets}


def import_certificate(self: DatabaseMigrationServiceResponse) -> str:
    """Keep a certificate; the identifiers of an account are unique."""
    asked, backend = json.loads(self.body), self.dms_backend
    arn = _arn(backend, "cert", asked["CertificateIdentifier"])
    if arn in backend.certificates:
        raise Fault("ResourceAlreadyExistsFault", f"{asked['CertificateIdentifier']} exists already")
    backend.certificates[arn] = {
        "CertificateIdentifier": asked["CertificateIdentifier"],
        "CertificateArn": arn,
        "CertificateCreationDate": datetime.now(UTC).timestamp(),
        "CertificatePem": asked["CertificatePem"],
    }
    backend.tagger.tag_resource(arn, asked.get("Tags") or [])
    return json.dumps({"Certificate": backend.certificates[arn]})


def describe_certificates(self: DatabaseMigrationServiceResponse) -> str:
    """Return those that the filters let through; AWS refuses when there is none."""
    found = list(self.dms_backend.certificates.values())
    for one in json.loads(self.body).get("Filters") or []:
        found = [item for item in found if item[_FILTERS[one["Name"]]] in one["Values"]]
    if not found:
        raise Fault("ResourceNotFoundFault", "Certificate not found.")
    return json.dumps({"Certificates": found})


def delete_certificate(self: DatabaseMigrationServiceResponse) -> str:
    """Forget a certificate."""
    found = self.dms_backend.certificates.pop(json.loads(self.body)["CertificateArn"], None)
    if found is None:
        raise Fault("ResourceNotFoundFault", "Certificate not found.")
    return json.dumps({"Certificate": found})


def add_tags_to_resource(self: DatabaseMigrationServiceResponse) -> str:
    """Add tags."""
    asked = json.loads(self.body)
    self.dms_backend.tagger.tag_resource(asked["ResourceArn"], asked["Tags"])
    return "{}"


def remove_tags_from_resource(self: DatabaseMigrationServiceResponse) -> str:
    """Take tags away."""
    asked = json.loads(self.body)
    self.dms_backend.tagger.untag_resource_using_names(asked["ResourceArn"], asked["TagKeys"])
    return "{}"


def _arn(backend: DatabaseMigrationServiceBackend, kind: str, name: str) -> str:
    return f"arn:aws:dms:{backend.region_name}:{backend.account_id}:{kind}:{name}"
