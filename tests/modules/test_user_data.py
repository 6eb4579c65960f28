import base64
import json
import re
import subprocess

import pytest

from modules.user_data import UserDataInputs, script, user_data

REGISTRY = "123456789012.dkr.ecr.eu-west-1.amazonaws.com"
INPUTS = {
    "region": "eu-west-1",
    "registry": REGISTRY,
    "image": f"{REGISTRY}/payment-processor:1.0.0",
    "container_port": 8080,
    "credentials_secret": "payments/database/application",
    "database_host": "${data.terraform_remote_state.database.outputs.endpoint}",
    "database_port": 3306,
    "database_name": "payments",
    "log_group": "/service/x1/payment-processor",
    "asg_name": "asg-payments-x1",
}
FAMILIES = ["amazon-linux-2", "amazon-linux-2023"]


@pytest.fixture(params=FAMILIES)
def family(request):
    return request.param


@pytest.fixture
def text(family):
    return script(UserDataInputs(ami_family=family, **INPUTS))


def written(text, path):
    """What the script writes to a file (its here-document)."""
    found = re.search(rf"^cat > {re.escape(path)} <<'(\w+)'\n(.*?)^\1$", text, re.MULTILINE | re.DOTALL)
    return found[2]


def understood_by_bash(text):
    return subprocess.run(["bash", "-n"], input=text, capture_output=True, text=True, check=False)


def test_bash_understands_the_script(text):
    checked = understood_by_bash(text)
    assert (checked.returncode, checked.stderr) == (0, "")


def test_bash_understands_what_runs_before_each_start(text):
    prepare = written(text, "/opt/payment-processor/prepare")
    assert prepare.startswith("#!/bin/bash\n")
    assert understood_by_bash(prepare).returncode == 0


def test_it_is_a_script_that_stops_at_the_first_error_and_keeps_its_log(text):
    assert text.startswith("#!/bin/bash\n")
    assert "\nset -euo pipefail\n" in text
    assert "tee -a /var/log/payment-processor-setup.log" in text


@pytest.mark.parametrize(
    ("family", "installs", "never"),
    [
        ("amazon-linux-2", "amazon-linux-extras install -y nginx1", "dnf install"),
        ("amazon-linux-2023", "dnf install -y docker jq openssl awscli-2 nginx", "yum install"),
    ],
    indirect=["family"],
)
def test_each_family_installs_with_its_own_package_manager(text, installs, never):
    assert installs in text
    assert never not in text


def test_nothing_of_the_template_is_left_over(text):
    assert "{%" not in text
    # docker's own template, for the name of the log stream
    assert re.findall(r"\{\{.*?\}\}", text) == ["{{.Name}}", "{{.ID}}"]


def test_before_each_start_it_logs_in_pulls_the_image_and_reads_the_credentials(text):
    prepare = written(text, "/opt/payment-processor/prepare")
    assert "export AWS_DEFAULT_REGION=eu-west-1\n" in prepare
    assert f"docker login --username AWS --password-stdin {REGISTRY}\n" in prepare
    assert f"docker pull {REGISTRY}/payment-processor:1.0.0\n" in prepare
    assert "get-secret-value --secret-id 'payments/database/application'" in prepare
    assert "umask 077\n" in prepare
    assert "> /run/payment-processor/credentials\n" in prepare


def test_systemd_runs_the_container_and_starts_it_again(text):
    unit = written(text, "/etc/systemd/system/payment-processor.service")
    assert "Restart=always\n" in unit
    assert "ExecStartPre=/opt/payment-processor/prepare\n" in unit
    assert unit.rstrip().endswith("WantedBy=multi-user.target")
    # in a unit, systemd replaces what follows a percent sign
    assert "%" not in unit


def test_the_container_serves_on_the_instance_only_and_knows_its_database(text):
    unit = written(text, "/etc/systemd/system/payment-processor.service")
    for option in (
        "--publish 127.0.0.1:8080:8080",
        "--env-file /run/payment-processor/credentials",
        "--env DATABASE_PORT=3306",
        "--env DATABASE_NAME=payments",
        "--env DATABASE_TLS=required",
        "--env PORT=8080",
        "--env AWS_REGION=eu-west-1",
        "--log-driver awslogs",
        "--log-opt awslogs-region=eu-west-1",
        "--log-opt awslogs-group=/service/x1/payment-processor",
    ):
        assert f"  {option} \\\n" in unit


def test_tls_ends_on_the_instance_on_443(text):
    configuration = written(text, "/etc/nginx/nginx.conf")
    assert "listen 443 ssl;" in configuration
    assert "ssl_protocols TLSv1.2 TLSv1.3;" in configuration
    assert "proxy_pass http://127.0.0.1:8080;" in configuration
    assert configuration.count("{") == configuration.count("}")
    assert "openssl req -x509 -newkey rsa:2048 -nodes" in text
    assert "chmod 0600 /etc/nginx/tls/key.pem" in text


def test_the_agent_sends_memory_and_disk_to_the_namespace_that_the_role_allows(text):
    agent = json.loads(written(text, "/opt/aws/amazon-cloudwatch-agent/etc/payment-processor.json"))
    assert agent["metrics"]["namespace"] == "PaymentProcessor"
    collected = agent["metrics"]["metrics_collected"]
    assert set(collected) == {"mem", "disk"}
    # by name: looking itself up by its tags needs a permission, and the agent sends nothing without
    group = {"AutoScalingGroupName": "asg-payments-x1"}
    assert [plugin["append_dimensions"] for plugin in collected.values()] == [group, group]


def test_a_mirror_or_a_registry_that_fails_once_does_not_end_the_setup(text):
    installs = [line for line in text.splitlines() if re.search(r"(yum|dnf|extras) install", line)]
    assert installs
    assert all(line.startswith("again ") for line in installs)
    assert "systemctl start --no-block payment-processor.service" in text


def test_nothing_in_it_is_a_secret(text):
    assert not re.search(r"(?i)(password|secret|token)\s*[=:]\s*\S", text)
    assert not re.search(r"AKIA|BEGIN [A-Z ]*PRIVATE KEY", text)


def test_it_fits_into_user_data(family):
    encoded = len(user_data(UserDataInputs(ami_family=family, **INPUTS)))
    # EC2 takes 16 KB before the encoding; a token for the host is longer than a host's name
    assert encoded * 3 / 4 < 16 * 1024


def test_the_databases_host_is_filled_in_by_terraform_and_only_once(family, text):
    assert text.count("--env DATABASE_HOST=@DATABASE_HOST@ \\\n") == 1
    assert text.count("@DATABASE_HOST@") == 1
    encoded = user_data(UserDataInputs(ami_family=family, **INPUTS | {"database_host": "db.internal"}))
    # resolved by cdktf when the stack is synthesized (the service's tests); a token until then
    assert encoded.startswith("${TfToken[")


def test_the_script_survives_the_way_to_terraform_unchanged(text, family):
    from cdktf_cdktf_provider_aws.launch_template import LaunchTemplate

    from shared.blocks import resource
    from tests.synthesized import small

    encoded = user_data(UserDataInputs(ami_family=family, **INPUTS | {"database_host": "db.internal"}))
    document = small(lambda stack: resource(LaunchTemplate, stack, "template", user_data=encoded))
    found = re.fullmatch(
        r'\$\{base64encode\(replace\(base64decode\("(.+)"\), "@DATABASE_HOST@", "db.internal"\)\)\}',
        document.one("aws_launch_template")["user_data"],
    )
    assert base64.b64decode(found[1]).decode() == text


def test_a_value_that_is_forgotten_is_not_left_out_silently():
    with pytest.raises(TypeError, match="log_group"):
        UserDataInputs(ami_family="amazon-linux-2", **{k: v for k, v in INPUTS.items() if k != "log_group"})


def test_further_variables_are_filled_in_by_terraform_too(family):
    inputs = UserDataInputs(
        ami_family=family, **INPUTS, variables={"INTENTS_TABLE": "${table.name}", "INTENTS_DAYS": "35"}
    )
    text = script(inputs)
    assert "  --env INTENTS_TABLE=@INTENTS_TABLE@ \\\n  --env INTENTS_DAYS=@INTENTS_DAYS@ \\\n" in text
    assert understood_by_bash(text).returncode == 0
    assert user_data(inputs).startswith("${TfToken[")
