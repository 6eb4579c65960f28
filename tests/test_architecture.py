"""Rules of docs/architecture.md that no linter knows, read from the source."""

from __future__ import annotations

import ast
import io
import re
import sys
import tokenize
from collections import Counter
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PACKAGES = ("regions", "modules", "shared")
BINDINGS = "cdktf_cdktf_provider_aws"
APPS = ("regions.region_migration", "regions.disaster_recovery", "regions.database_migration")
#: Each package in it is zipped alone and runs in AWS, without anything else of ours.
LAMBDAS = "modules.lambdas"
#: Services take this folder as it is, under whatever name they like.
TAKEN_ALONG = "shared.intents"
#: Its constants are what the table is made from.
SCHEMA = f"{TAKEN_ALONG}.schema"
#: Its steps are what the runbook's tables are written from.
SEQUENCE = "shared.operations.cutover.sequence"


def sources(*folders: str) -> list[Path]:
    return sorted(path for folder in folders for path in (ROOT / folder).rglob("*.py"))


def module_of(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def tree_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text(), str(path))


MODULES = {module_of(path): path for path in [*sources(*PACKAGES), ROOT / "tasks.py"]}
TREES = {module: tree_of(path) for module, path in MODULES.items()}


def imports_of(module: str) -> set[str]:
    """Every module that a module imports, also inside functions (`from p import m` may import `p.m`)."""
    found = set()
    for node in ast.walk(TREES[module]):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            package = source_of(node, module)
            for alias in node.names:
                submodule = f"{package}.{alias.name}"
                found.add(submodule if submodule in MODULES else package)
    return found


def source_of(node: ast.ImportFrom, module: str) -> str:
    """Return the absolute name of what is imported from; only what goes elsewhere may be relative."""
    if not node.level:
        return str(node.module)
    elsewhere = module.startswith((f"{LAMBDAS}.", TAKEN_ALONG))
    assert elsewhere, f"{module}: a relative import hides what is imported"
    # a package's __init__ is the package itself, a module is one below it
    above = node.level - (MODULES[module].name == "__init__.py")
    package = module.split(".")[: len(module.split(".")) - above]
    return ".".join([*package, *(node.module or "").split(".")]).rstrip(".")


IMPORTS = {module: imports_of(module) for module in MODULES}


def below(name: str, *packages: str) -> bool:
    return any(name == package or name.startswith(f"{package}.") for package in packages)


def of(*packages: str) -> dict[str, set[str]]:
    """The imports of every module of some packages."""
    return {module: found for module, found in IMPORTS.items() if below(module, *packages)}


def violations(modules: dict[str, set[str]], forbidden) -> list[str]:
    return sorted(
        f"{module} imports {name}"
        for module, names in modules.items()
        for name in names
        if forbidden(name, module)
    )


def reached_from(module: str) -> set[str]:
    """Everything that is imported when a module is, by way of our own modules."""
    seen, ahead = set(), [module]
    while ahead:
        for name in IMPORTS.get(ahead.pop(), set()) - seen:
            seen.add(name)
            ahead.append(name)
    return seen


def test_the_tasks_import_shared_only():
    ours = {name for name in IMPORTS["tasks"] if below(name, *PACKAGES)}
    assert [name for name in ours if not below(name, "shared")] == []


def test_regions_import_modules_and_shared_and_no_aws_client():
    def forbidden(name, _):
        if name == SEQUENCE:
            return False
        return below(name, "boto3", "botocore", "tasks", "tests", "shared.rehearsal", "shared.operations")

    assert violations(of("regions"), forbidden) == []
    # words only
    ours = {name for name in reached_from(SEQUENCE) if below(name, *PACKAGES)}
    assert ours == {"shared.operations.cutover.stages"}


def test_modules_import_the_few_parts_of_shared_that_they_are_made_of():
    allowed = (
        "shared.naming",
        "shared.blocks",
        "shared.contracts",
        "shared.errors",
        "shared.settings",
        SCHEMA,
    )

    def forbidden(name, module):
        if module == "modules":  # the package itself installs the lazy bindings
            return not below(name, "shared", "shared.bindings")
        return below(name, *PACKAGES) and not below(name, "modules", *allowed)

    assert violations(of("modules"), forbidden) == []


def test_modules_know_settings_as_types_only():
    for module in of("modules"):
        taken = {
            alias.name
            for node in ast.walk(TREES[module])
            if isinstance(node, ast.ImportFrom) and below(str(node.module), "shared.settings")
            for alias in node.names
        }
        assert all(name.endswith("Settings") for name in taken), module


def test_shared_imports_neither_regions_nor_modules():
    assert violations(of("shared"), lambda name, _: below(name, "regions", "modules", "tasks")) == []


def test_region_apps_do_not_import_each_other():
    assert violations(of(*APPS), lambda name, module: below(name, *APPS) and name != module) == []


def test_no_construct_and_no_region_talks_to_aws():
    talkative = ("boto3", "botocore", "shared.clients", "requests", "urllib.request")

    def forbidden(name, module):
        return below(name, *talkative) and not below(module, LAMBDAS)

    assert violations(of("regions", "modules"), forbidden) == []


def lambda_packages() -> list[str]:
    """Return the packages that are Lambda functions: `modules.lambdas.start`."""
    return sorted({".".join(module.split(".")[:3]) for module in of(LAMBDAS) if module != LAMBDAS})


def test_there_are_the_lambda_packages_that_the_rules_are_for():
    assert lambda_packages() == [
        f"{LAMBDAS}.{name}" for name in ("cutover", "drain", "failover", "gate", "probe", "start", "writer")
    ]
    assert all(f"{package}.handler" in MODULES for package in lambda_packages())
    assert not imports_of(LAMBDAS)


@pytest.mark.parametrize("package", lambda_packages())
def test_a_lambda_package_imports_the_standard_library_boto3_and_itself(package):
    there = (*sys.stdlib_module_names, "boto3", "botocore", package)
    found = of(package)
    assert violations(found, lambda name, _: not below(name, *there)) == []
    assert any(below(name, "boto3") for names in found.values() for name in names)


@pytest.mark.parametrize("package", lambda_packages())
def test_a_lambda_package_is_whole_under_the_name_that_it_has_in_the_zip_file(package):
    absolute = [
        f"{module}:{node.lineno}"
        for module in of(package)
        for node in ast.walk(TREES[module])
        if isinstance(node, ast.ImportFrom) and not node.level and below(str(node.module), *PACKAGES)
    ]
    assert absolute == []


def test_the_services_side_of_intents_needs_nothing_of_this_repository():
    found = of(TAKEN_ALONG)
    there = (*sys.stdlib_module_names, "botocore", TAKEN_ALONG)
    assert violations(found, lambda name, _: not below(name, *there)) == []
    absolute = [
        f"{module}:{node.lineno}"
        for module in found
        for node in ast.walk(TREES[module])
        if isinstance(node, ast.ImportFrom) and not node.level and below(str(node.module), *PACKAGES)
    ]
    assert absolute == []
    assert IMPORTS[SCHEMA] == set()


def test_nothing_imports_what_runs_in_aws():
    outside = {module: names for module, names in IMPORTS.items() if not below(module, LAMBDAS)}
    assert violations(outside, lambda name, _: below(name, LAMBDAS)) == []


def test_deployment_and_operations_never_load_cdktf_not_even_by_way_of_others():
    for module in of("shared.deploy", "shared.operations", "shared.settings", "shared.commands"):
        heavy = [
            name for name in reached_from(module) if below(name, "cdktf", "jsii", "constructs", BINDINGS)
        ]
        assert heavy == [], module


def test_cdktf_is_where_the_exit_path_expects_it():
    holders = {
        module for module, names in IMPORTS.items() if any(below(name, "cdktf", BINDINGS) for name in names)
    }
    elsewhere = {module for module in holders if not below(module, "regions", "modules")}
    assert elsewhere == {"shared.stack"}


def test_the_operations_of_a_system_share_what_is_common_and_nothing_else():
    systems = ("shared.operations.cutover", "shared.operations.migration", "shared.operations.recovery")

    def forbidden(name, module):
        return below(name, *systems) and not any(
            below(name, system) and below(module, system) for system in systems
        )

    assert violations(of("shared.operations"), forbidden) == []


def test_only_settings_import_hcl2():
    assert (
        violations(IMPORTS, lambda name, module: below(name, "hcl2") and not below(module, "shared.settings"))
        == []
    )


def test_aws_clients_come_from_one_factory():
    # the embedded Step Functions is AWS itself there: it calls the other services of its own server
    allowed = {"shared.clients", "shared.rehearsal.extensions.stepfunctions_integrations"}

    def forbidden(name, module):
        return below(name, "boto3") and module not in allowed and not below(module, LAMBDAS)

    assert violations(IMPORTS, forbidden) == []


def test_moto_is_for_rehearsals_only():
    assert (
        violations(
            IMPORTS, lambda name, module: below(name, "moto") and not below(module, "shared.rehearsal")
        )
        == []
    )


def test_no_package_hides_the_constructs_library():
    assert [path for folder in (*PACKAGES, "tests") for path in (ROOT / folder).rglob("constructs*")] == []
    assert not (ROOT / "constructs").exists()
    assert not (ROOT / "constructs.py").exists()


def test_every_resource_is_made_through_the_one_function_that_loses_no_key():
    called = []
    for module, tree in TREES.items():
        bound = {
            alias.asname or alias.name
            for node in ast.walk(tree)
            if isinstance(node, ast.ImportFrom) and below(str(node.module), BINDINGS)
            for alias in node.names
        }
        called += [
            f"{module}:{node.lineno} calls {node.func.id}"
            for node in ast.walk(tree)
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in bound
        ]
        # `import package.module` would hide a class behind an attribute
        assert not [
            name
            for node in ast.walk(tree)
            if isinstance(node, ast.Import)
            for name in (alias.name for alias in node.names)
            if below(name, BINDINGS)
        ], module
    assert called == []


def test_what_is_left_alone_after_creation_has_an_owner_beside_it():
    nobody = []
    count = 0
    for path in sources(*PACKAGES):
        text = path.read_text()
        comments = {
            token.start[0]: token.string
            for token in tokenize.generate_tokens(io.StringIO(text).readline)
            if token.type == tokenize.COMMENT
        }
        lines = text.splitlines()
        for number, line in enumerate(lines, start=1):
            if '"ignore_changes"' not in line:
                continue
            count += 1
            above = number - 1
            if above not in comments:  # `lifecycle={` may stand between the comment and the key
                above -= 1
            said = []
            while above in comments:
                said.append(comments[above])
                above -= 1
            if not re.search(r"\bown(s|ed)\b|`invoke [a-z.]+`", " ".join(reversed(said)), re.IGNORECASE):
                nobody.append(f"{path.relative_to(ROOT)}:{number}")
    assert nobody == []
    assert count >= 5


@pytest.mark.parametrize(
    ("folder", "limit"), [("modules", 250), ("regions/stacks", 250), ("regions/region_migration", 80)]
)
def test_files_stay_small(folder, limit):
    long = {str(path): n for path in sources(folder) if (n := len(path.read_text().splitlines())) > limit}
    assert long == {}


def collected_in(tree: ast.Module) -> list[str]:
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef)
    functions = [node.name for node in tree.body if isinstance(node, kinds)]
    methods = [
        f"{outer.name}.{node.name}"
        for outer in tree.body
        if isinstance(outer, ast.ClassDef) and outer.name.startswith("Test")
        for node in outer.body
        if isinstance(node, kinds)
    ]
    return [name for name in functions + methods if name.rsplit(".", 1)[-1].startswith("test_")]


def test_every_test_file_has_tests_and_every_test_is_in_a_test_file():
    for path in sources("tests"):
        names = collected_in(tree_of(path))
        if path.name.startswith("test_"):
            assert names, f"{path}: nothing in it is collected"
        else:
            assert names == [], f"{path}: never collected"


def test_no_test_hides_another_of_the_same_name():
    for path in sources("tests"):
        names = Counter(collected_in(tree_of(path)))
        assert [name for name, times in names.items() if times > 1] == [], path


def test_no_test_is_hidden_inside_a_function_or_a_class_that_is_not_collected():
    for path in sources("tests"):
        tree = tree_of(path)
        everywhere = [
            node.name
            for node in ast.walk(tree)
            if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")
        ]
        assert len(everywhere) == len(collected_in(tree)), path


def test_every_folder_of_tests_is_a_package():
    folders = {path.parent for path in sources("tests")}
    assert [folder for folder in folders if not (folder / "__init__.py").exists()] == []


#: Written in pieces, so that this file does not find itself.
MACHINE = re.compile(
    r"(?<![\w.])/(?:" + "|".join(("wor" + "k", "roo" + "t", "hom" + "e", "Use" + "rs")) + r")/[a-z]"
)
REGISTRIES = re.compile(
    r"(?:py" + r"pi\.|python" + r"hosted|npm" + r"js|artifac" + r"tory|dev" + r"pi|nex" + r"us\.)"
)
TEXT = {".py", ".md", ".toml", ".tfvars", ".json", ".yml", ".yaml", ".lock", ".j2", ".rc", ".tfrc", ".sh", ""}


def texts() -> list[Path]:
    """The repository's own text files, without what commands write."""
    folders = [*PACKAGES, "tests", "environments", "docs", "benchmarks", ".ci", ".github"]
    files = [path for folder in folders for path in (ROOT / folder).rglob("*")]
    files += [path for path in ROOT.glob("*") if not path.name.startswith(".coverage")]
    return sorted(
        path for path in files if path.is_file() and path.suffix in TEXT and "__pycache__" not in path.parts
    )


@pytest.mark.parametrize("pattern", [MACHINE, REGISTRIES], ids=["machine", "registry"])
def test_no_file_knows_the_machine_it_was_written_on(pattern):
    found = [
        f"{path.relative_to(ROOT)}:{number}: {line.strip()}"
        for path in texts()
        for number, line in enumerate(path.read_text().splitlines(), start=1)
        if pattern.search(line)
    ]
    assert found == []
    assert len(texts()) > 100
