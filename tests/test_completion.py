"""What shells complete after ``rederive``, by the command's own name and by the lines that the README gives."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

HOME = Path(__file__).resolve().parent.parent
SCRIPT = """import sys
sys.path.insert(0, {home!r})
from cli import main
try:
    main()
finally:
    print(*sorted({{"torch", "weasyprint", "pandas", "numpy"}} & set(sys.modules)), file=sys.stderr)
"""


@pytest.fixture(scope="module")
def command(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The command as an installation makes it, on the path of a shell."""
    path = tmp_path_factory.mktemp("bin") / "rederive"
    path.write_text(f"#!{sys.executable}\n" + SCRIPT.format(home=str(HOME)))
    path.chmod(0o755)
    return path


def complete(command: Path, shell: str, *words: str) -> tuple[str, str]:
    """What a shell is given for the last word, and which heavy libraries were loaded for it."""
    asked = {
        "COMP_WORDS": " ".join(["rederive", *words]),
        "COMP_CWORD": words[-1] if shell == "fish" else str(len(words)),
    }
    asked["_REDERIVE_COMPLETE"] = f"{shell}_complete"
    done = subprocess.run([command], env=os.environ | asked, capture_output=True, text=True, timeout=60, check=True)
    return done.stdout, done.stderr.strip()


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_line_of_the_readme_gives_the_shell_what_completes(command: Path, shell: str) -> None:
    readme = (HOME / "README.md").read_text(encoding="utf-8")
    assert f"_REDERIVE_COMPLETE={shell}_source rederive" in readme
    asked = os.environ | {"_REDERIVE_COMPLETE": f"{shell}_source"}
    done = subprocess.run([command], env=asked, capture_output=True, text=True, timeout=60, check=True)
    assert f"_REDERIVE_COMPLETE={shell}_complete" in done.stdout
    assert done.stderr.strip() == "", "loads no more than the help does"
    given, loaded = complete(command, shell, "dif")
    assert "diff" in re.split(r"[,\s]", given)
    assert loaded == ""


@pytest.mark.parametrize(
    ("words", "found"),
    [
        (("st",), "status"),
        (("report", "--pres"), "--preset"),
        (("report", "--preset", "q"), "quick"),
        (("run-all", "--section", "1.3"), "1.3"),
        (("train", "--model", "u"), "unet"),
        (("train", "--palette", "k"), "kmeans"),
        (("train", "--palette", "my"), "file,my"),
        (("run-all", "--data", "ph"), "photos"),
        (("run-all", "--data", "./p"), "file,./p"),
        (("run-all", "--results", "r"), "dir,r"),
    ],
)
def test_values_are_completed(command: Path, words: tuple[str, ...], found: str) -> None:
    given, loaded = complete(command, "bash", *words)
    assert (given.strip().removeprefix("plain,"), loaded) == (found, "")


def test_completion_is_given_whatever_the_options_that_stay_the_same_are(
    command: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("rederive.toml").write_text("this is no TOML")
    assert complete(command, "bash", "report", "--preset", "q")[0].strip() == "plain,quick"


@pytest.mark.skipif(shutil.which("bash") is None, reason="looks at what bash does with it")
def test_bash_itself_completes_by_the_line_of_the_readme(command: Path) -> None:
    readme = (HOME / "README.md").read_text(encoding="utf-8")
    (line,) = re.findall(r'`(eval "\$\(_REDERIVE_COMPLETE=bash_source rederive\)")`', readme)
    ask = 'COMP_WORDS=(rederive report --preset q); COMP_CWORD=3; _rederive_completion rederive; echo "${COMPREPLY[@]}"'
    path = {"PATH": f"{command.parent}:{os.environ['PATH']}"}
    done = subprocess.run(
        ["bash", "-c", f"{line}\n{ask}"], env=os.environ | path, capture_output=True, text=True, timeout=60, check=True
    )
    assert done.stdout.strip() == "quick"
