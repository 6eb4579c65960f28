"""Settings of the payment processor."""

from typing import Literal

from shared.settings.base import Settings
from shared.settings.values import (
    ContainerPort,
    Counter,
    DrainSeconds,
    GraceSeconds,
    GroupSize,
    Image,
    InstanceType,
    Ipv4Blocks,
    LogDays,
    Repository,
    SecretName,
    UrlPath,
    VolumeSize,
)


class ServiceSettings(Settings):
    """The payment processor: instances behind a load balancer."""

    instance_type: InstanceType = "t3.medium"
    """Type of the instances that run the container."""
    min_size: GroupSize = 2
    """Fewest instances per region."""
    max_size: GroupSize = 6
    """Most instances per region."""
    desired_capacity: GroupSize = 2
    """Instances at the beginning; later the scaling decides, and a deployment does not change it."""
    ami_family: Literal["amazon-linux-2", "amazon-linux-2023"] = "amazon-linux-2"
    """Amazon Linux 2 is the requirement's; its end of life is 2026-06-30, production refuses it."""
    ami_release: Counter = 1
    """Raise by one to take the newest machine image: the instances are replaced one after the other."""
    root_volume_gb: VolumeSize = 30
    """Size of each instance's encrypted disk, in GiB."""
    image_repository: Repository = "payment-processor"
    """ECR repository name, the same in every region (registry replication)."""
    image: Image = "1.0.0"
    """Tag, or digest (`sha256:…`), of the container image."""
    container_port: ContainerPort = 8080
    """Port on which the container serves plain HTTP on the instance; TLS is in front of it."""
    health_check_path: UrlPath = "/health"
    """What the load balancer asks for every 30 seconds; the container answers 200 when it is well."""
    health_check_grace_seconds: GraceSeconds = 300
    """How long a new instance may take before it is replaced for being unhealthy."""
    deregistration_delay_seconds: DrainSeconds = 60
    """How long requests under way may take when an instance is taken out."""
    credentials_secret_name: SecretName = "payments/database/application"  # noqa: S105 - a name
    """Existing secret, replicated to the other region, that the instances read at start."""
    ingress_cidrs: Ipv4Blocks = ("0.0.0.0/0",)
    """Who may reach the load balancer on 443 and 80."""
    log_retention_days: LogDays = 30
    """Days that the container's logs are kept in CloudWatch Logs; production wants a year."""
