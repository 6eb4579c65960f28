"""Launch templates: own tags stay out of the data, images are resolved, later versions start.

moto 5.2.5 puts the tags of the launch template itself into `LaunchTemplateData.TagSpecifications`
(the provider then sees a `tag_specifications` block that nobody wrote), takes the image id
`resolve:ssm:/aws/service/...` literally, so that no instance can be started from it, and crashes when
an instance is started from a second version with user data.

AWS: CreateLaunchTemplate (`TagSpecification` tags the template); "Use a Systems Manager parameter
instead of an AMI ID" (EC2 user guide: resolved each time an instance is launched).
"""

from __future__ import annotations

from typing import Any

from moto.core.responses import ActionResult
from moto.ec2.models.instances import InstanceBackend
from moto.ec2.models.launch_templates import LaunchTemplate
from moto.ec2.responses.launch_templates import LaunchTemplates
from moto.ec2.utils import parse_user_data
from moto.ssm.models import ssm_backends

from shared.rehearsal.extensions.faults import Fault

_create_launch_template = LaunchTemplates.create_launch_template
_create_version = LaunchTemplate.create_version
_run_instances = InstanceBackend.run_instances

_RESOLVE = "resolve:ssm:"


def install() -> None:
    """Wrap the creation of templates and the start of instances."""
    LaunchTemplates.create_launch_template = create_launch_template
    LaunchTemplate.create_version = create_version
    InstanceBackend.run_instances = run_instances


def create_launch_template(self: LaunchTemplates) -> ActionResult:
    """Take the template's own tags out of its data again."""
    result = _create_launch_template(self)
    template = self.ec2_backend.get_launch_template_by_name(self._get_param("LaunchTemplateName"))
    data = template.versions[0].data
    kept = [one for one in data.pop("TagSpecifications", []) if one["ResourceType"] != "launch-template"]
    if kept:
        data["TagSpecifications"] = kept
    return result


def create_version(self: LaunchTemplate, data: dict[str, Any], description: str) -> Any:
    """Check and wrap user data in every version, as moto does in the first."""
    if isinstance(data.get("UserData"), str | bytes):
        data["UserData"] = parse_user_data(data["UserData"])
    return _create_version(self, data, description)


def run_instances(self: Any, image_id: str, *args: Any, **kwargs: Any) -> Any:
    """Start instances of the image that a parameter names."""
    if image_id and image_id.startswith(_RESOLVE):
        image_id = _resolve(self, image_id.removeprefix(_RESOLVE))
    return _run_instances(self, image_id, *args, **kwargs)


def _resolve(backend: Any, name: str) -> str:
    found = ssm_backends[backend.account_id][backend.region_name].get_parameter(name)
    if found is None:
        raise Fault("InvalidParameterValue", f"Systems Manager parameter {name} does not exist")
    return str(found.value)
