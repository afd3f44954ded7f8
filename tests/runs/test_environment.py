"""Where a run was made: the digest of its code, the commit, the versions and the device."""

from __future__ import annotations

import ast
import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
import torch

from runs import environment as made_in
from runs.environment import HOME, RECIPE_FILES, describe_environment, digest_recipe, find_commit, normalize_source
from runs.errors import UsageError
from runs.execution.device import choose_device, count_default_workers

#: Modules of ours that the recipe imports, whose code changes no number of a run by itself.
BESIDE = {
    "models/__init__.py": "only names",
    "runs/data/dataset.py": "the digest of the data covers what it makes",
    "runs/errors.py": "only sentences",
    "runs/specs/vgg16.py": "only where a file lies; its digest is verified",
    "runs/specs/spec.py": "the spec is stored with the run, and RECIPE has a check of its own",
}

SOURCE = '''"""What it is."""

def half(x):
    """Half of it."""
    # why
    return x / 2
'''


@pytest.fixture
def copy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A copy of the recipe's code in a folder outside git."""
    for name in RECIPE_FILES:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(HOME / name, tmp_path / name)
    monkeypatch.setattr(made_in, "HOME", tmp_path)
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    for cached in (digest_recipe, find_commit, describe_environment):
        cached.cache_clear()
    yield tmp_path
    for cached in (digest_recipe, find_commit, describe_environment):
        cached.cache_clear()


@pytest.mark.parametrize(
    "other",
    [
        SOURCE.replace("# why", "# for another reason"),
        SOURCE.replace('"""Half of it."""', '"""A half."""'),
        SOURCE.replace('"""What it is."""\n', ""),
        SOURCE.replace("x / 2", "(x\n        / 2)"),
    ],
    ids=["comment", "docstring", "no docstring", "layout"],
)
def test_meaning_is_blind_to_what_changes_no_number(other: str) -> None:
    assert other != SOURCE
    assert normalize_source(other) == normalize_source(SOURCE)


@pytest.mark.parametrize("other", [SOURCE.replace("/ 2", "/ 3"), SOURCE.replace("/", "//"), SOURCE + "half(1)\n"])
def test_meaning_sees_what_may_change_a_number(other: str) -> None:
    assert normalize_source(other) != normalize_source(SOURCE)


@pytest.mark.parametrize("name", RECIPE_FILES)
def test_digest_changes_with_the_code_of_each_file_and_not_with_its_comments(name: str, copy: Path) -> None:
    before = digest_recipe()
    assert re.fullmatch(r"[0-9a-f]{12}", before)
    path = copy / name
    path.write_text(path.read_text() + "\n# a remark\n")
    digest_recipe.cache_clear()
    assert digest_recipe() == before
    path.write_text(path.read_text() + "\nADDED = 1\n")
    digest_recipe.cache_clear()
    assert digest_recipe() != before


def imported(name: str) -> set[str]:
    """The files of ours that a file imports."""
    found = set()
    for node in ast.walk(ast.parse((HOME / name).read_text(encoding="utf-8"))):
        modules = [node.module] if isinstance(node, ast.ImportFrom) else []
        modules += [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        for module in filter(None, modules):
            path = module.replace(".", "/")
            found |= {file for file in (f"{path}.py", f"{path}/__init__.py") if (HOME / file).exists()}
    return found


def test_digest_covers_all_that_training_imports() -> None:
    reached, waiting = set(), {"runs/training/trainer.py", "runs/training/prepared.py"}
    while waiting:
        name = waiting.pop()
        reached.add(name)
        if name not in BESIDE or name == "models/__init__.py":
            waiting |= imported(name) - reached
    assert reached == {*RECIPE_FILES, *BESIDE}


def test_commit_is_short_and_says_whether_files_differ() -> None:
    assert re.fullmatch(r"[0-9a-f]{7,}\+?|unknown", find_commit())


def test_commit_outside_git_is_unknown(copy: Path) -> None:
    assert find_commit() == "unknown"


def test_commit_without_git_is_unknown(copy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(copy))
    assert find_commit() == "unknown"


def test_environment_names_versions_device_and_code_and_fits_into_json() -> None:
    made = describe_environment("cuda", "Some GPU")
    assert json.loads(json.dumps(made)) == made
    assert (made["device"], made["device_name"]) == ("cuda", "Some GPU")
    assert made["code"] == digest_recipe()
    assert made["packages"]["torch"].split("+")[0] == torch.__version__.split("+")[0]
    assert made["cores"] >= 1
    assert describe_environment("cpu")["device_name"]


def test_device_asked_for_is_taken_and_auto_takes_a_gpu_where_there_is_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    assert choose_device("auto") == choose_device("cpu") == ("cpu", "")
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "get_device_name", lambda index: "Some GPU")
    monkeypatch.setattr("runs.execution.device.find_refusal", lambda: "")
    assert choose_device("auto") == choose_device("cuda") == ("cuda", "Some GPU")
    assert choose_device("cpu") == ("cpu", "")


def test_device_that_is_not_there_is_refused_with_those_that_are(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    with pytest.raises(UsageError, match=r"'cuda', but torch finds only: cpu\. Use --device auto"):
        choose_device("cuda")


def test_device_without_float64_is_never_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: True)
    assert choose_device("auto") == ("cpu", "")


def test_one_worker_a_core_and_two_on_a_gpu() -> None:
    assert [count_default_workers(device, 7) for device in ("cpu", "cuda")] == [7, 2]
