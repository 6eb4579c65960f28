"""What a real account has before the platform is deployed, made in the embedded AWS.

The deployment fetches these and never creates them: the secrets, and the container image in both
regions. (The AMI parameters are public and always there.)
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from typing import Any, Protocol, overload

from shared.rehearsal import prerequisites_landing
from shared.rehearsal.prerequisites_landing import LandingPrerequisites
from shared.rehearsal.prerequisites_secrets import make as _secret
from shared.settings import DatabaseMigration, Platform, TwoRegions

_MANIFEST_TYPE = "application/vnd.docker.distribution.manifest.v2+json"


class ClientFactory(Protocol):
    """Makes boto3 clients (`shared.clients.Clients`)."""

    def client(self, service: str, region: str) -> Any:
        """Return a client of `service` in `region`."""


@dataclass(frozen=True, kw_only=True)
class Prerequisites:
    """What was made. The passwords are here so that a search can show that they leaked nowhere."""

    master_password: str = field(repr=False)
    application_password: str = field(repr=False)
    image_digest: str
    """`sha256:…` of the service's image, the same in both regions."""
    existing_primary_cluster_arn: str | None = None
    """The Aurora cluster to adopt, when the settings name one."""

    @property
    def secret_values(self) -> tuple[str, ...]:
        """Return every value that must not be found in a state, plan, log or report."""
        return self.master_password, self.application_password


@overload
def create(settings: TwoRegions, clients: ClientFactory) -> Prerequisites: ...


@overload
def create(settings: DatabaseMigration, clients: ClientFactory) -> LandingPrerequisites: ...


def create(settings: Platform, clients: ClientFactory) -> Prerequisites | LandingPrerequisites:
    """Make everything that `settings` expects to exist. Not to be repeated on the same AWS."""
    if isinstance(settings, DatabaseMigration):
        return prerequisites_landing.create(settings, clients)
    home, away = settings.home.region, settings.away.region
    master = _secret(clients, home, settings.database.master_secret_name, settings.database.master_username)
    application = _secret(
        clients, home, settings.service.credentials_secret_name, "payments_app", replicate_to=away
    )
    digests = {
        _image(clients, region, settings.service.image_repository, settings.service.image)
        for region in (home, away)
    }
    adopted = settings.database.existing_primary_cluster_arn
    if adopted:
        create_existing_primary(settings, clients, password=master)
    return Prerequisites(
        master_password=master,
        application_password=application,
        image_digest=digests.pop(),
        existing_primary_cluster_arn=adopted,
    )


def _image(clients: ClientFactory, region: str, repository: str, image: str) -> str:
    """Push an image by its tag, or as the one with that digest; return the digest."""
    ecr = clients.client("ecr", region)
    ecr.create_repository(repositoryName=repository, imageTagMutability="IMMUTABLE")
    manifest = json.dumps(
        {
            "schemaVersion": 2,
            "mediaType": _MANIFEST_TYPE,
            "config": {"mediaType": "application/vnd.docker.container.image.v1+json", "size": 7023},
            "layers": [{"digest": f"sha256:{'0' * 64}", "size": 32654}],
        },
        sort_keys=True,
    )
    by_digest = image.startswith("sha256:")
    digest = image if by_digest else f"sha256:{hashlib.sha256(manifest.encode()).hexdigest()}"
    name = {"imageDigest": digest} if by_digest else {"imageDigest": digest, "imageTag": image}
    ecr.put_image(
        repositoryName=repository, imageManifest=manifest, imageManifestMediaType=_MANIFEST_TYPE, **name
    )
    return digest


def create_existing_primary(settings: TwoRegions, clients: ClientFactory, *, password: str) -> None:
    """Make the Aurora cluster that `existing_primary_cluster_arn` names, as the old platform runs it."""
    database = settings.database
    rds = clients.client("rds", settings.home.region)
    identifier = str(database.existing_primary_cluster_arn).rpartition(":")[2]
    rds.create_db_cluster(
        DBClusterIdentifier=identifier,
        Engine=database.engine,
        EngineVersion=database.engine_version,
        DatabaseName=database.name,
        MasterUsername=database.master_username,
        MasterUserPassword=password,
        StorageEncrypted=True,
        BackupRetentionPeriod=database.backup_retention_days,
    )
    for number in range(database.instances):
        rds.create_db_instance(
            DBInstanceIdentifier=f"{identifier}-{number}",
            DBClusterIdentifier=identifier,
            Engine=database.engine,
            DBInstanceClass=database.instance_class,
        )
