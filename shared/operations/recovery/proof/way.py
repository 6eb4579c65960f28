"""The way that credentials and endpoints are found: nothing on it may be in the region that is lost.

By what the environment and AWS's files say, in the order in which botocore looks (credentials.py,
`create_credential_resolver`): keys in variables first, then the profile.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from shared.clients_without import EXPORT
from shared.deploy.check import Check

NAME = "way of the credentials"
#: Of the partition `aws`; these names lead to one region.
_GLOBAL_STS, _GLOBAL_REGION = "sts.amazonaws.com", "us-east-1"
_LEGACY = "STS is asked at its global endpoint, which is in us-east-1"


@dataclass(frozen=True, kw_only=True)
class Way:
    """Where to look."""

    lost: str
    """The region that may not be on the way."""
    instead: str
    """The region that is asked instead, by the operations."""
    variables: Mapping[str, str]
    """Environment variables."""
    profile: str
    """Name of the profile in use."""
    config: Mapping[str, Any]
    """AWS's files, as botocore reads them: `profiles`, `sso_sessions`, `services`."""

    def checks(self) -> list[Check]:
        """Return what was found on the way, what is wrong first."""
        found = [*self._variables(), *self._credentials()]
        return sorted(found, key=lambda check: ("fail", "warn", "ok").index(check.verdict))

    def _variables(self) -> Iterator[Check]:
        if self.variables.get("AWS_STS_REGIONAL_ENDPOINTS", "").lower() == "legacy":
            yield from self._legacy("AWS_STS_REGIONAL_ENDPOINTS is legacy", "unset it, or set it to regional")
        for name, value in sorted(self.variables.items()):
            if name.startswith("AWS_ENDPOINT_URL") and self._leads_there(value):
                yield _wrong(f"{name} is {value}, which is in {self.lost}", f"unset {name}")
        for name in ("AWS_REGION", "AWS_DEFAULT_REGION"):
            if self.variables.get(name) == self.lost:
                yield self._elsewhere(f"{name} is {self.lost}", f"set {name} to {self.instead}")

    def _legacy(self, what: str, remedy: str) -> Iterator[Check]:
        if self.lost == _GLOBAL_REGION:
            yield _wrong(
                f"{what}: {_LEGACY}",
                f"{remedy}; `invoke failover.*` asks {self.instead} all the same, the AWS CLI does not",
            )

    def _elsewhere(self, what: str, remedy: str) -> Check:
        seen = f"{what}: the AWS CLI assumes roles there; `invoke failover.*` does so in {self.instead}"
        return Check(name=NAME, verdict="warn", seen=seen, remedy=remedy)

    def _credentials(self) -> Iterator[Check]:
        if self.variables.get("AWS_ACCESS_KEY_ID"):
            yield _right("keys in environment variables: nobody is asked for them")
            return
        yield from self._profile(self.profile, ())

    def _profile(self, name: str, before: tuple[str, ...]) -> Iterator[Check]:
        section = self.config.get("profiles", {}).get(name)
        if section is None or name in before:
            yield (
                _right(f"no profile {name}: a role of the machine, or none")
                if not before
                else _wrong(
                    f"profile {before[-1]} takes its credentials from {name}, which leads nowhere",
                    "correct source_profile",
                )
            )
            return
        yield from self._settings(name, section)
        source = section.get("source_profile")
        if section.get("role_arn") and source and source != name:
            yield _right(f"profile {name} assumes {section['role_arn']} with those of profile {source}")
            yield from self._profile(source, (*before, name))
        else:
            yield self._source(name, section)

    def _settings(self, name: str, section: Mapping[str, Any]) -> Iterator[Check]:
        """Yield what is wrong with a profile, whatever its credentials are."""
        if str(section.get("sts_regional_endpoints", "")).lower() == "legacy":
            what = f"sts_regional_endpoints of profile {name} is legacy"
            yield from self._legacy(what, "take it out, or set it to regional")
        services = self.config.get("services", {}).get(section.get("services"), {})
        urls = {"": section, **services}
        for service, holder in urls.items():
            url = holder.get("endpoint_url", "") if isinstance(holder, Mapping) else ""
            if url and self._leads_there(url):
                which = f" for {service}" if service else ""
                yield _wrong(f"endpoint_url{which} of profile {name} is {url}, in {self.lost}", "take it out")
        if section.get("role_arn") and section.get("region") == self.lost:
            yield self._elsewhere(f"region of profile {name} is {self.lost}", f"set it to {self.instead}")

    def _source(self, name: str, section: Mapping[str, Any]) -> Check:
        """Return what a profile's credentials come from."""
        if {"sso_account_id", "sso_role_name"} & set(section):
            session = self.config.get("sso_sessions", {}).get(section.get("sso_session"), {})
            region = session.get("sso_region") or section.get("sso_region", "")
            return self._asked(name, "IAM Identity Center", region)
        if section.get("login_session"):
            return self._asked(name, "`aws login`", section.get("region", ""))
        if section.get("credential_process"):
            seen = f"profile {name} runs {section['credential_process']}: what that asks cannot be seen"
            return Check(
                name=NAME, verdict="warn", seen=seen, remedy=f"make sure that it asks nothing of {self.lost}"
            )
        for key, words in (
            ("web_identity_token_file", f"assumes a role with a token, in {self.instead}"),
            ("credential_source", f"assumes a role with those of {section.get('credential_source')}"),
            ("aws_access_key_id", "has keys: nobody is asked for them"),
        ):
            if section.get(key):
                return _right(f"profile {name} {words}")
        return _right(f"profile {name} has no credentials of its own: a role of the machine, or none")

    def _asked(self, name: str, who: str, region: str) -> Check:
        seen = (
            f"profile {name} has its credentials from {who} in {region or 'a region that it does not name'}"
        )
        if region != self.lost:
            return _right(seen)
        return _wrong(
            f"{seen}: they are fetched there each time",
            f"have a way that ends elsewhere, or take them along: {EXPORT}",
        )

    def _leads_there(self, url: str) -> bool:
        host = urlsplit(url).hostname or ""
        return self.lost in host.split(".") or (host == _GLOBAL_STS and self.lost == _GLOBAL_REGION)


def _right(seen: str) -> Check:
    return Check(name=NAME, verdict="ok", seen=seen)


def _wrong(seen: str, remedy: str) -> Check:
    return Check(name=NAME, verdict="fail", seen=seen, remedy=remedy)
