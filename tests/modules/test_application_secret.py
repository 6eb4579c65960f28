"""Whoever logs in with the secret may read it, and have it decrypted with whichever key it has."""

from modules.application_secret import may_use

REGIONS = ("us-west-2", "us-east-1")
READ, DECRYPT = (
    statement.document()
    for statement in may_use("payments/application", account_id="123456789012", regions=REGIONS)
)
SECRETS = [
    f"arn:aws:secretsmanager:{region}:123456789012:secret:payments/application-??????" for region in REGIONS
]


def test_the_secret_of_each_region_may_be_read():
    assert READ["Action"] == ["secretsmanager:DescribeSecret", "secretsmanager:GetSecretValue"]
    assert READ["Resource"] == SECRETS


def test_a_customers_key_decrypts_this_secret_and_nothing_else():
    assert DECRYPT["Action"] == ["kms:Decrypt"]
    assert DECRYPT["Resource"] == [f"arn:aws:kms:{region}:123456789012:key/*" for region in REGIONS]
    assert DECRYPT["Condition"] == {
        "StringEquals": {"kms:ViaService": [f"secretsmanager.{region}.amazonaws.com" for region in REGIONS]},
        "StringLike": {"kms:EncryptionContext:SecretARN": SECRETS},
    }
