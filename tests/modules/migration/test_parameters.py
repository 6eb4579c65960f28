from modules.migration.parameters import MigrationParameters, MigrationParametersInputs
from shared.naming import Naming
from tests.synthesized import small

DOCUMENT = small(
    lambda stack: MigrationParameters(
        stack, "parameters", MigrationParametersInputs(naming=Naming(suffix="x1"), kms_key_arn="key")
    )
)


def test_the_checkpoint_is_made_once_and_then_the_machines():
    checkpoint = DOCUMENT.one("aws_ssm_parameter", "checkpoint")
    assert checkpoint["name"] == "/migration/x1/checkpoint"
    assert checkpoint["type"] == "String"
    assert checkpoint["value"] == '{"stage": "none"}'
    assert checkpoint["lifecycle"] == {"ignore_changes": ["value"]}


def test_the_token_of_a_question_is_encrypted_and_gets_into_no_state():
    approval = DOCUMENT.one("aws_ssm_parameter", "approval")
    assert approval["name"] == "/migration/x1/approval"
    assert (approval["type"], approval["key_id"]) == ("SecureString", "key")
    assert (approval["value_wo"], approval["value_wo_version"]) == ("{}", 1)
    assert "value" not in approval
