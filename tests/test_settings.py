"""Options that stay the same, from ``rederive.toml`` in the working folder."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from cli import cli
from commands.settings import MOST_BYTES, find_key, list_options
from tests.commands import call


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working folder that holds nothing."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def write(text: str) -> None:
    Path("rederive.toml").write_text(text, encoding="utf-8")


def test_file_gives_the_options_that_the_line_leaves_out_and_is_named_in_a_line() -> None:
    write('data = "photos"\npreset = "quick"\nseeds = 2\npdf = true\n\n[status]\nresults = "kept"\n')
    done = call("status", "--seeds", "3")
    first, second = done.stderr.splitlines()
    assert first == 'From rederive.toml: results = "kept", data = "photos", preset = "quick"'
    assert "stored results in kept for --data photos --preset quick" in second
    assert second.endswith("--seeds 3 --results kept")
    done = call("verdicts", "--results", "others", "--data", "cifar10", "--preset", "thorough", "--seeds", "4")
    assert "rederive.toml" not in done.stderr, "nothing of it was taken"
    assert "results in others for --data cifar10 --preset thorough" in done.stderr


def test_commands_train_as_the_file_says() -> None:
    write('data = "photos"\npreset = "quick"\nseeds = 2\n[run-all]\nsection = "1.2"\ndry-run = true\n')
    done = call("run-all")
    assert done.exit_code == 0, done.output
    assert "-s1: 5 epochs" in done.stdout
    assert "unet" not in done.stdout
    assert not Path("results").exists()
    write('model = "nonsense"\nlr = 1\n')
    assert "nonsense" in call("train").stderr


def test_no_file_is_no_line() -> None:
    assert "rederive.toml" not in call("status").stderr


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("seed = 2", "expected an option, got 'seed'. Did you mean 'seeds'?"),
        ("most_seeds = 2", "Did you mean 'most-seeds'?"),
        ("zzz = 2", "Known are activation, address,"),
        ("[run-al]\npdf = true", "expected a command, got [run-al]. Did you mean 'run-all'?"),
        ("[diff]\npdf = true", "expected an option of diff, got 'pdf'. Known are json."),
        ("[status]\nseeds = 2\n[status.more]\npdf = true", "expected an option of status, got 'more'."),
        ('out = "pages"', "means another thing in each of run-all, report, colourize."),
        ('seeds = "2"', 'seeds: expected a whole number, got "2".'),
        ("seeds = true", "seeds: expected a whole number, got true."),
        ("seeds = 2.0", "seeds: expected a whole number, got 2.0."),
        ('lr = "fast"', 'lr: expected a number, got "fast".'),
        ("pdf = 1", "pdf: expected true or false, got 1."),
        ("data = 3", "data: expected a text in quotes, got 3."),
        ("data = 2020-01-01", 'data: expected a text in quotes, got "2020-01-01".'),
        ('preset = "qick"', "preset: expected one of write-up, quick, thorough, in quotes"),
        ("section = 1.3", "section: expected texts in quotes, as a list, got 1.3."),
        ('fail-on = ["missing", "never"]', "fail-on: expected one of not-reproduced, undecided, missing, in quotes"),
        ("data = photos", "as TOML writes them"),
        ("seeds = 2\nseeds = 3", "as TOML writes them"),
    ],
)
def test_what_no_command_takes_is_refused_by_name_with_the_nearest(text: str, said: str) -> None:
    write(text)
    done = call("status")
    assert (done.exit_code, done.stdout) == (2, "")
    assert done.stderr.startswith("Error: ")
    assert "rederive.toml" in done.stderr
    assert said in done.stderr


def test_what_is_no_such_file_is_refused_and_never_waited_for(here: Path) -> None:
    path = here / "rederive.toml"
    for make, said in (
        (path.mkdir, "to be a file"),
        (lambda: os.mkfifo(path), "to be a file"),
        (lambda: path.write_bytes(b"#" * (MOST_BYTES + 1)), "at most 64 kB"),
        (lambda: path.write_bytes('data = "pferde-\u00e4"'.encode("latin-1")), "in UTF-8"),
    ):
        make()
        done = call("status")
        assert (done.exit_code, said in done.stderr) == (2, True), done.output
        path.rmdir() if path.is_dir() else path.unlink()


def test_mark_that_some_editors_put_in_front_is_passed_over(here: Path) -> None:
    (here / "rederive.toml").write_bytes(b"\xef\xbb\xbf" + b'results = "kept"\n')
    assert "stored results in kept" in call("status").stderr


def test_help_is_given_whatever_the_file_is() -> None:
    write("this is no TOML")
    for command in ([], ["status"]):
        assert call(*command, "--help").exit_code == 0
    assert call("--version").exit_code == 0


def test_every_option_of_every_command_has_one_name_in_the_file() -> None:
    for command in cli.commands.values():
        keys = [find_key(option) for option in list_options(command)]
        assert len(keys) == len(set(keys))
        assert not [key for key in keys if key.startswith("-")]


def test_example_of_the_readme_is_taken() -> None:
    readme = (Path(__file__).resolve().parent.parent / "README.md").read_text(encoding="utf-8")
    example = readme.partition("`rederive.toml`")[2].partition("```toml\n")[2].partition("```")[0]
    assert 'preset = "' in example
    write(example)
    done = call("status")
    assert done.stderr.startswith("From rederive.toml: ")
    assert "Expected stored results" in done.stderr
