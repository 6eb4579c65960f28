"""ECR: an image that is pushed is replicated to the registry's other regions.

moto 5.2.5 stores the replication configuration and does nothing with it.

AWS: "Private image replication in Amazon ECR": only images pushed after it was configured; the
repository is created in the destination when it is not there; filters are repository name prefixes.
"""

from __future__ import annotations

from typing import Any

from moto.ecr.models import ECRBackend, Image, ecr_backends

_put_image = ECRBackend.put_image


def install() -> None:
    """Wrap the push of an image."""
    ECRBackend.put_image = put_image


def put_image(self: ECRBackend, repository_name: str, *args: Any, **kwargs: Any) -> Image:
    """Store the image, and a copy in every destination of the rules that match its repository."""
    image = _put_image(self, repository_name, *args, **kwargs)
    for rule in self.replication_config["rules"]:
        prefixes = [one["filter"] for one in rule.get("repositoryFilters") or []]
        if prefixes and not repository_name.startswith(tuple(prefixes)):
            continue
        for destination in rule["destinations"]:
            other = ecr_backends[destination["registryId"]][destination["region"]]
            if repository_name not in other.repositories:
                other.create_repository(repository_name, None, None, None, "MUTABLE", [])
            images = other.repositories[repository_name].images
            images[:] = [one for one in images if one.image_tag != image.image_tag] + [image]
    return image
