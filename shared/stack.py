"""The base of every stack: providers, state, tags, and the contracts that it reads and publishes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from typing import Any, TypeVar, cast

from cdktf import App, DataTerraformRemoteStateS3, S3Backend, TerraformOutput, TerraformStack
from cdktf_cdktf_provider_aws.provider import AwsProvider
from constructs import Construct

from shared.blocks import resource
from shared.contracts import Contract
from shared.naming import Naming
from shared.settings import Environment

#: Ephemeral resources and write-only arguments, S3's native lock file: Terraform 1.11.
TERRAFORM_VERSION = ">= 1.11.0"

C = TypeVar("C", bound=Contract)


class _StateMap:
    """A map in another stack's outputs: indexing it gives the reference to one value."""

    def __init__(self, reference: str) -> None:
        self._reference = reference

    def __getitem__(self, key: str) -> str:
        return f'${{{self._reference}["{key}"]}}'


class RegionStack(TerraformStack):
    """One stack of a region app, with a state of its own.

    `place` is the first part of the address: a region's name, or `global`. `region` is the default
    provider's. Every stack has a provider for its own region; `provider_for` makes another one.
    """

    name: str
    """Second part of the address: `database`. Set by each stack class."""

    def __init__(self, scope: App, *, environment: Environment, role: str, place: str, region: str) -> None:
        super().__init__(scope, f"{place}-{self.name}")
        self.environment = environment
        self.role = role
        self.region = region
        self.place = place
        self.address = f"{place}/{self.name}"
        self.naming = Naming(suffix=environment.environment_suffix)
        self.reads: list[str] = []
        self.published: dict[str, str] = {}
        self._providers: dict[str, AwsProvider] = {}
        self._upstreams: dict[str, DataTerraformRemoteStateS3] = {}
        self._provider("aws", region)
        self._backend()
        self.add_override("terraform.required_version", TERRAFORM_VERSION)

    @property
    def state_key(self) -> str:
        """Return the key of this stack's state in the state bucket."""
        return self._key(self.address)

    @property
    def destroyable(self) -> bool:
        """Return whether everything may be taken down at once (`protection`)."""
        return self.environment.protection == "destroyable"

    def provider_for(self, region: str) -> AwsProvider | None:
        """Return the provider for `region`; None stands for the default one (its own region)."""
        if region == self.region:
            return None
        if region not in self._providers:
            self._provider(f"aws-{region}", region, alias=region)
        return self._providers[region]

    def read(self, contract: type[C], address: str) -> C:
        """Return what the stack at `address` publishes, as references into its state."""
        state = self._upstream(address)
        values: dict[str, Any] = {}
        for name, kind in contract.schema().items():
            if kind == "string":
                values[name] = state.get_string(name)
            elif kind == "list(string)":
                values[name] = cast("tuple[str, ...]", state.get_list(name))
            else:
                reference = f"data.terraform_remote_state.{state.friendly_unique_id}.outputs.{name}"
                values[name] = cast("Mapping[str, str]", _StateMap(reference))
        return contract(**values)

    def come_after(self, address: str) -> None:
        """Wait for the stack at `address` although no value of it is needed."""
        if address not in self.reads:
            self.reads.append(address)

    def publish(self, contract: Contract) -> None:
        """Make one output a field, under the field's own name.

        The outputs live in a scope of their own: an output and a construct of the same id would
        collide in one scope.
        """
        scope = Construct(self, "outputs")
        for field in fields(contract):
            value = getattr(contract, field.name)
            output = TerraformOutput(
                scope, field.name, value=list(value) if isinstance(value, tuple) else value
            )
            output.override_logical_id(field.name)
        self.published.update(type(contract).schema())

    def _upstream(self, address: str) -> DataTerraformRemoteStateS3:
        self.come_after(address)
        if address not in self._upstreams:
            state = self.environment.state
            self._upstreams[address] = DataTerraformRemoteStateS3(
                self,
                address.replace("/", "-"),
                bucket=state.bucket,
                key=self._key(address),
                region=state.region,
            )
        return self._upstreams[address]

    def _key(self, address: str) -> str:
        environment = self.environment
        return f"{environment.system}/{environment.environment_suffix}/{address}.tfstate"

    def _provider(self, id_: str, region: str, alias: str | None = None) -> None:
        self._providers[region] = resource(
            AwsProvider,
            self,
            id_,
            region=region,
            alias=alias,
            # a second net below the account check of the tasks: also holds for plain `terraform apply`
            allowed_account_ids=[self.environment.account_id],
            default_tags=[{"tags": self.tags}],
        )

    def _backend(self) -> None:
        state = self.environment.state
        S3Backend(self, bucket=state.bucket, key=self.state_key, region=state.region, encrypt=True)
        # cdktf 0.21 does not know the argument; the lock is an object beside the state
        self.add_override("terraform.backend.s3.use_lockfile", value=True)

    @property
    def tags(self) -> dict[str, str]:
        """Return the tags of every resource: the provider's defaults, for what does not inherit them."""
        own = {
            "ManagedBy": "regionshift",
            "System": self.environment.system,
            "EnvironmentSuffix": self.environment.environment_suffix,
            "Stack": self.address,
        }
        return {**self.environment.tags, **own}
