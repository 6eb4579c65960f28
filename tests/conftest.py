"""What tests of several folders share: the stacks of each system, synthesized once."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from typing import Any

import hypothesis
import pytest
from xdist.scheduler import LoadFileScheduling

from shared import bindings
from shared.rehearsal import embedded
from shared.rehearsal.environment import inside
from shared.settings import RegionMigration, load
from tests.servers import unmeasured
from tests.synthesized import Synthesis, landing_settings, recovery_settings, settings, synthesis_of

# A property does not depend on the time that the machine takes for an example of it.
hypothesis.settings.register_profile(
    "patient",
    deadline=None,
    suppress_health_check=[hypothesis.HealthCheck.too_slow],
    print_blob=True,
)
hypothesis.settings.load_profile("patient")

# Before any test imports a class of the bindings (all of them take seconds), and before jsii starts
# (on Node 20 it prints a banner, in which a failure's own words are hard to find).
bindings.install()

# A worker keeps what it imported and synthesized: to look through all that for garbage, as often as Python
# does by itself, is a third of its processor time.
gc.freeze()
gc.set_threshold(50_000, 20, 20)


#: How the files begin that go to one worker: one has the system with the most tests to itself, one the two
#: others, one after the other. With all three at once the customers' pauses would be the machine's.
_SYSTEMS = ("tests/systems/test_disaster_recovery", "tests/systems/")


class OneSystem(LoadFileScheduling):
    """Each file goes to one worker as a whole, and all files of a deployed system to the same."""

    def _split_scope(self, nodeid: str) -> str:
        scope = str(super()._split_scope(nodeid))
        return next((system for system in _SYSTEMS if scope.startswith(system)), scope)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> OneSystem:
    return OneSystem(config, log)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the deployed systems: they wait for Terraform while another worker does the rest."""
    items.sort(key=lambda item: item.get_closest_marker("system") is None)


@pytest.fixture(scope="session")
def environment() -> RegionMigration:
    """The documented environment of the system that moves."""
    return load("region-migration")


@pytest.fixture(scope="session")
def server(
    environment: RegionMigration, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[embedded.EmbeddedAws]:
    """An embedded AWS for tests of what talks to it."""
    with unmeasured():
        started = embedded.start(
            account_id=environment.account_id, keep_log_in=tmp_path_factory.mktemp("embedded")
        )
    yield started
    started.stop()


@pytest.fixture
def aws(server: embedded.EmbeddedAws) -> Iterator[str]:
    """Let this process talk to an embedded AWS in which nothing is yet."""
    server.reset()
    with inside(server.endpoint):
        yield server.endpoint


@pytest.fixture(scope="session")
def synthesis(tmp_path_factory: pytest.TempPathFactory) -> Synthesis:
    """All stacks of the documented environment, as it stands in `environments/`."""
    return synthesis_of(settings(), tmp_path_factory.mktemp("region-migration"))


@pytest.fixture(scope="session")
def production(tmp_path_factory: pytest.TempPathFactory) -> Synthesis:
    """The same under `protection = "production"`, and as different otherwise as settings allow."""
    changed = settings(
        protection="production",
        environment_suffix="prod-7",
        tags={"team": "payments"},
        source={"nat_mode": "none"},
        target={"nat_mode": "single"},
        database={"instances": 4, "instance_class": "db.r7g.xlarge", "master_password_version": 3},
        service={
            "ami_family": "amazon-linux-2023",
            "image": f"sha256:{'4b' * 32}",
            "ingress_cidrs": ("203.0.113.0/24", "198.51.100.0/24"),
            "log_retention_days": 365,
            "health_check_path": "/ready",
        },
        migration={"canary": False, "approve_phases": (100,)},
        alarms={"emails": ("payments@example.com", "oncall@example.com"), "replication_lag_ms": 2500},
    )
    return synthesis_of(changed, tmp_path_factory.mktemp("production"))


@pytest.fixture(scope="session")
def adopted(tmp_path_factory: pytest.TempPathFactory) -> Synthesis:
    """The same around a cluster that exists in the source region."""
    arn = "arn:aws:rds:us-east-1:123456789012:cluster:ledger"
    changed = settings(database={"existing_primary_cluster_arn": arn})
    return synthesis_of(changed, tmp_path_factory.mktemp("adopted"))


@pytest.fixture(scope="session")
def recovery(tmp_path_factory: pytest.TempPathFactory) -> Synthesis:
    """All stacks of the documented environment with a standby."""
    return synthesis_of(recovery_settings(), tmp_path_factory.mktemp("disaster-recovery"))


@pytest.fixture(scope="session")
def recovery_production(tmp_path_factory: pytest.TempPathFactory) -> Synthesis:
    """The same under `protection = "production"`, and as different otherwise as settings allow."""
    changed = recovery_settings(
        protection="production",
        environment_suffix="prod-7",
        state={"region": "eu-west-3"},
        primary={"region": "eu-central-1", "availability_zones": tuple(f"eu-central-1{z}" for z in "abc")},
        standby={
            "region": "eu-north-1",
            "availability_zones": tuple(f"eu-north-1{z}" for z in "abc"),
            "nat_mode": "single",
        },
        service={
            "ami_family": "amazon-linux-2023",
            "log_retention_days": 365,
            "min_size": 3,
            "desired_capacity": 3,
            "ingress_cidrs": ("198.51.100.0/24",),
            "health_check_path": "/alive",
        },
        alarms={"replication_lag_ms": 2500, "period_seconds": 120},
        failover={
            "request_interval": 30,
            "failure_threshold": 1,
            "ttl": 5,
            "data_api": False,
            "probe": {"deep_minutes": 5},
        },
        intents={"retention_days": 90},
    )
    return synthesis_of(changed, tmp_path_factory.mktemp("recovery-production"))


@pytest.fixture(scope="session")
def landing(tmp_path_factory: pytest.TempPathFactory) -> Synthesis:
    """All stacks of the documented environment whose database comes from a data centre."""
    return synthesis_of(landing_settings(), tmp_path_factory.mktemp("database-migration"))


@pytest.fixture(scope="session")
def landing_production(tmp_path_factory: pytest.TempPathFactory) -> Synthesis:
    """The same under `protection = "production"`, and as different otherwise as settings allow."""
    pem = "-----BEGIN CERTIFICATE-----\nMIIBszCCAVk=\n-----END CERTIFICATE-----\n"
    changed = landing_settings(
        protection="production",
        environment_suffix="prod-7-abcdefghi",
        landing={
            "region": "eu-central-1",
            "availability_zones": tuple(f"eu-central-1{zone}" for zone in "abc"),
            "nat_mode": "single",
            "vpn_gateway_id": None,
        },
        state={"region": "eu-central-1"},
        production={"route_table_ids": ("rtb-0123456789abcdef0", "rtb-0123456789abcdef1")},
        on_premises={"cidrs": ("192.168.0.0/16", "172.16.0.0/12"), "port": 6432, "ca_certificate": pem},
        domain={"private": True, "record": "ledger"},
        database={"min_capacity": 2.0, "max_capacity": 16.0, "readers": 4, "backup_retention_days": 35},
        replication={
            "account_roles": "make",
            "target_ca_certificate": pem,
            "schemas": ("public", "ledger"),
            "batch_apply": False,
            "loopback_prevention": True,
            "lob_mode": "full",
            "capture_ddl": False,
            "instance_class": "dms.r6i.xlarge",
        },
        cutover={"mode": "automated", "on_premises_weight": 0, "aurora_weight": 100},
        alarms={"emails": ("payments@example.com",), "period_seconds": 120},
        backup={"retention_days": 35},
        log_retention_days=365,
    )
    return synthesis_of(changed, tmp_path_factory.mktemp("landing-production"))
