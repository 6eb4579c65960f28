"""`REGION/service`: the payment processor behind its load balancer, and its health alarm."""

from __future__ import annotations

from cdktf import App
from cdktf_cdktf_provider_aws.cloudwatch_log_group import CloudwatchLogGroup

from modules.access_logs import AccessLogs, AccessLogsInputs
from modules.alarms import AlarmTiming, HealthyHostsAlarm, HealthyHostsAlarmInputs
from modules.aurora_support import MYSQL_PORT
from modules.firewall import Firewall, FirewallInputs
from modules.fleet import Fleet, FleetInputs
from modules.instance_profile import InstanceProfile, InstanceProfileInputs
from modules.load_balancer import LoadBalancer, LoadBalancerInputs, LoadBalancerOutputs
from modules.role import Statement
from modules.user_data import UserDataInputs, user_data
from regions.stacks.base import SideStack
from shared.blocks import resource
from shared.contracts import Domain, Foundation, PrimaryDatabase, Service
from shared.settings import TwoRegions


class ServiceStack(SideStack):
    """The same in both regions: each connects to the writer, wherever it is."""

    name = "service"

    def __init__(self, scope: App, environment: TwoRegions, role: str) -> None:
        super().__init__(scope, environment, role)
        # Instances boot through the NAT gateways and reach the writer through the peering.
        self.come_after(self.here("routing"))
        foundation = self.read(Foundation, self.here("foundation"))
        balancer = self._load_balancer(foundation)
        self._firewall(foundation, balancer)
        fleet = self._fleet(foundation, balancer)
        self.publish(
            Service(
                alb_dns_name=balancer.dns_name,
                alb_zone_id=balancer.zone_id,
                alb_arn_suffix=balancer.arn_suffix,
                https_listener_arn=balancer.https_listener_arn,
                target_group_arn=balancer.target_group_arn,
                target_group_arn_suffix=balancer.target_group_arn_suffix,
                asg_name=fleet.outputs.asg_name,
                healthy_hosts_alarm=self._alarm(foundation, balancer),
            )
        )

    def _firewall(self, foundation: Foundation, balancer: LoadBalancerOutputs) -> None:
        Firewall(
            self,
            "waf",
            FirewallInputs(
                naming=self.naming,
                load_balancer_arn=balancer.arn,
                kms_key_arn=foundation.kms_key_arn,
                log_retention_days=self.environment.service.log_retention_days,
            ),
        )

    def _load_balancer(self, foundation: Foundation) -> LoadBalancerOutputs:
        settings = self.environment.service
        domain = self.read(Domain, "global/domain")
        logs = AccessLogs(
            self,
            "access-logs",
            AccessLogsInputs(
                naming=self.naming,
                side=self.role,
                account_id=self.environment.account_id,
                region=self.region,
                retention_days=settings.log_retention_days,
                destroyable=self.destroyable,
            ),
        )
        return LoadBalancer(
            self,
            "alb",
            LoadBalancerInputs(
                naming=self.naming,
                vpc_id=foundation.vpc_id,
                vpc_cidr=self.sides.own.vpc_cidr,
                subnet_ids=foundation.public_subnet_ids,
                ingress_cidrs=self.client_cidrs(foundation),
                certificate_arn=domain.certificate_arns[self.region],
                access_logs_bucket=logs.outputs.bucket,
                health_check_path=settings.health_check_path,
                deregistration_delay_seconds=settings.deregistration_delay_seconds,
                destroyable=self.destroyable,
            ),
        ).outputs

    def _fleet(self, foundation: Foundation, balancer: LoadBalancerOutputs) -> Fleet:
        settings, own, peer = self.environment.service, self.sides.own, self.sides.peer
        log = self.naming.path("service", "payment-processor")
        group = resource(
            CloudwatchLogGroup,
            self,
            "log",
            name=log,
            retention_in_days=settings.log_retention_days,
            kms_key_id=foundation.kms_key_arn,
        )
        profile = InstanceProfile(
            self,
            "profile",
            InstanceProfileInputs(
                naming=self.naming,
                side=self.role,
                account_id=self.environment.account_id,
                region=self.region,
                image_repository=settings.image_repository,
                credentials_secret=settings.credentials_secret_name,
                log_group_arn=group.arn,
                kms_key_arn=foundation.kms_key_arn,
                further=self.further_permissions(),
            ),
        )
        return Fleet(
            self,
            "fleet",
            FleetInputs(
                naming=self.naming,
                settings=settings,
                vpc_id=foundation.vpc_id,
                subnet_ids=foundation.private_subnet_ids,
                load_balancer_security_group_id=balancer.security_group_id,
                target_group_arn=balancer.target_group_arn,
                instance_profile_arn=profile.outputs.arn,
                kms_key_arn=foundation.kms_key_arn,
                user_data=self._user_data(log),
                database_port=MYSQL_PORT,
                database_cidrs=(own.vpc_cidr, peer.vpc_cidr),
                tags=self.tags,
            ),
        )

    def _user_data(self, log_group: str) -> str:
        settings = self.environment.service
        database = self.read(PrimaryDatabase, f"{self.environment.home.region}/database")
        registry = f"{self.environment.account_id}.dkr.ecr.{self.region}.amazonaws.com"
        separator = "@" if settings.image.startswith("sha256:") else ":"
        return user_data(
            UserDataInputs(
                ami_family=settings.ami_family,
                region=self.region,
                registry=registry,
                image=f"{registry}/{settings.image_repository}{separator}{settings.image}",
                container_port=settings.container_port,
                credentials_secret=settings.credentials_secret_name,
                database_host=database.global_writer_endpoint,
                database_port=MYSQL_PORT,
                database_name=self.environment.database.name,
                log_group=log_group,
                asg_name=self.naming.name("asg", "payments"),
                variables=self.further_variables(),
            )
        )

    def client_cidrs(self, _foundation: Foundation) -> tuple[str, ...]:
        """Return who may reach the load balancer."""
        return self.environment.service.ingress_cidrs

    def further_permissions(self) -> tuple[Statement, ...]:
        """Return what the instances may do beside what every payment processor does."""
        return ()

    def further_variables(self) -> dict[str, str]:
        """Return what the container finds in its environment beside the database; values may be tokens."""
        return {}

    def _alarm(self, foundation: Foundation, balancer: LoadBalancerOutputs) -> str:
        settings = self.environment.alarms
        alarm = HealthyHostsAlarm(
            self,
            "healthy-hosts",
            HealthyHostsAlarmInputs(
                naming=self.naming,
                load_balancer_arn_suffix=balancer.arn_suffix,
                target_group_arn_suffix=balancer.target_group_arn_suffix,
                minimum=settings.healthy_hosts_minimum,
                timing=AlarmTiming(
                    period_seconds=settings.period_seconds, evaluation_periods=settings.evaluation_periods
                ),
                topic_arn=foundation.alarm_topic_arn,
            ),
        )
        return alarm.outputs.name
