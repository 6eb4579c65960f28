"""Permissions to use the application's secret, which has the same name in every region."""

from __future__ import annotations

from collections.abc import Sequence

from modules.role import Statement


def may_use(secret: str, *, account_id: str, regions: Sequence[str]) -> tuple[Statement, ...]:
    """Return what RDS Data API needs of whoever logs in with the secret, in each of these regions.

    A secret may be encrypted with a customer's key, which is not known here: decrypting is allowed for
    this secret only, by way of Secrets Manager (its user guide, "Secret encryption and decryption").
    """
    # Secrets Manager adds six characters to a secret's name in its ARN.
    arns = tuple(f"arn:aws:secretsmanager:{region}:{account_id}:secret:{secret}-??????" for region in regions)
    return (
        Statement(
            sid="ReadTheApplicationsCredentials",
            actions=("secretsmanager:DescribeSecret", "secretsmanager:GetSecretValue"),
            resources=arns,
        ),
        Statement(
            sid="DecryptTheApplicationsCredentials",
            actions=("kms:Decrypt",),
            resources=tuple(f"arn:aws:kms:{region}:{account_id}:key/*" for region in regions),
            conditions={
                "StringEquals": {
                    "kms:ViaService": [f"secretsmanager.{region}.amazonaws.com" for region in regions]
                },
                "StringLike": {"kms:EncryptionContext:SecretARN": list(arns)},
            },
        ),
    )
