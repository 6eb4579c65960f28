from __future__ import annotations

import base64
import json
import zipfile
from collections.abc import Iterator
from pathlib import Path

import boto3
import pytest

from shared.rehearsal import embedded, leaks
from shared.rehearsal.environment import inside
from tests.deploy.standing import BUCKET, BUCKET_REGION, Clients, manifest, stack, state_bucket

SECRET = 'p"ss/wörd-7'
MANIFEST = manifest(stack("eu-west-1/database", "target"))


@pytest.fixture(scope="module")
def _aws(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    server = embedded.start(account_id="123456789012", keep_log_in=tmp_path_factory.mktemp("leaks"))
    with inside(server.endpoint):
        yield
    server.stop()


@pytest.fixture
def _bucket(_aws: None) -> Iterator[None]:
    with state_bucket():
        yield


pytestmark = pytest.mark.usefixtures("_bucket")


def search(folder: Path) -> leaks.Search:
    return leaks.search([SECRET], [folder], MANIFEST, Clients())


@pytest.mark.parametrize(
    "body",
    [
        SECRET.encode(),
        json.dumps({"password": SECRET}).encode(),
        base64.b64encode(SECRET.encode()),
    ],
)
def test_a_secret_is_found_however_it_is_written(tmp_path: Path, body: bytes) -> None:
    (tmp_path / "logs").mkdir()
    (tmp_path / "logs" / "database.log").write_bytes(b"before " + body + b" after")
    (tmp_path / "report.json").write_text("{}")

    assert search(tmp_path) == leaks.Search(places=2, found=(str(tmp_path / "logs" / "database.log"),))


def test_a_saved_plan_is_unpacked(tmp_path: Path) -> None:
    plan = tmp_path / "database.tfplan"
    with zipfile.ZipFile(plan, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("tfstate", SECRET * 9)
        archive.writestr("tfplan", "nothing")

    assert search(tmp_path).found == (f"{plan}!tfstate",)


def test_an_earlier_version_of_a_state_is_a_place_too(tmp_path: Path) -> None:
    s3 = boto3.client("s3", region_name=BUCKET_REGION)
    s3.put_bucket_versioning(Bucket=BUCKET, VersioningConfiguration={"Status": "Enabled"})
    key = MANIFEST.stacks[0].state_key
    first = s3.put_object(Bucket=BUCKET, Key=key, Body=json.dumps([SECRET]).encode())["VersionId"]
    second = s3.put_object(Bucket=BUCKET, Key=key, Body=b"[]")["VersionId"]

    result = search(tmp_path)

    assert result == leaks.Search(places=2, found=(f"s3://{BUCKET}/{key}?versionId={first}",))
    for version in (first, second):
        s3.delete_object(Bucket=BUCKET, Key=key, VersionId=version)


def test_a_state_that_could_not_be_saved_is_a_place_wherever_the_code_is(tmp_path: Path) -> None:
    system = manifest(stack("eu-west-1/database", "target"), root=tmp_path / "out")
    left = system.directory(system.stacks[0]) / "errored.tfstate"
    left.parent.mkdir(parents=True)
    # as Go writes it
    left.write_text(
        json.dumps({"password": "a<b&c>d"})
        .replace("<", "\\u003c")
        .replace("&", "\\u0026")
        .replace(">", "\\u003e")
    )

    for folders in ([], [tmp_path]):
        result = leaks.search(["a<b&c>d"], folders, system, Clients())
        assert result == leaks.Search(places=1, found=(str(left),))


def test_links_are_not_followed(tmp_path: Path) -> None:
    plugins, searched = tmp_path / "plugins", tmp_path / "searched"
    plugins.mkdir()
    searched.mkdir()
    (plugins / "provider").write_text(SECRET)
    (searched / "folder").symlink_to(plugins)
    (searched / "file").symlink_to(plugins / "provider")

    assert search(searched) == leaks.Search(places=0, found=())
