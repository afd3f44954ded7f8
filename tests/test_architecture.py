"""The rules of the house, read from the code itself: who imports whom, who prints, what no file may hold."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

HOME = Path(__file__).resolve().parent.parent
#: The rooms, the one that all others may use first.
ROOMS = ("models", "runs", "report", "commands", "cli")
#: Import -> the only files that may import it. Tests and benchmarks are outside the house.
ONLY_IN = {
    "click": {"cli.py", *(f"commands/{path.name}" for path in (HOME / "commands").glob("*.py"))},
    "jinja2": {"report/pages/render_section.py", "report/pages/render.py", "report/pages/jinja_env.py"},
    "weasyprint": {"report/pages/pdf.py"},
    "ray": {"runs/execution/cluster.py"},
    "markupsafe": {"report/pages/render.py", "report/pages/filters.py", "report/pages/scoreboard.py"},
    "pydyf": {"report/pages/pdf_ua.py"},
}
#: What the report must do without, so that it renders in seconds on a machine that cannot train.
HEAVY = ("torch", "torchvision", "skimage", "sklearn")
#: Folders and files that may load it as soon as they are imported.
TRAINING = ("models/", "runs/colourize.py", "runs/execution/", "runs/probes/", "runs/training/")
#: What execution holds that the commands may import at once: a plan and its events say nothing to torch.
LIGHT = ("runs/execution/__init__.py", "runs/execution/events.py", "runs/execution/plan.py")
#: The floors of the house from the ground up. A file imports from its own folder and from the floors below it, so that
#: two folders on one floor, the six questions among them, never know of each other.
FLOORS = (
    ("models",),
    ("runs: words of all",),
    ("runs/data",),
    ("runs/data/layouts",),
    ("runs/data/sources",),
    ("runs/specs",),
    ("runs/storage", "runs/training"),
    ("runs/probes",),
    ("runs/execution",),
    ("runs: use cases",),
    ("report/results",),
    ("report/judging", "report/measures"),
    ("report/judging/kinds",),
    ("report: answers",),
    ("report/drawing",),
    ("report/questions",),
    tuple(f"report/questions/{folder.name}" for folder in sorted((HOME / "report" / "questions").glob("q*"))),
    ("report/pages",),
    ("report: making it",),
    ("commands",),
    ("cli.py",),
)
#: Files that lie straight in ``runs/`` or ``report/``, by the floor that they belong to.
LOOSE = {
    "runs: words of all": ("__init__", "disk", "environment", "errors", "forms", "limits", "terminal", "text"),
    "runs: use cases": ("colourize", "doctor", "job", "picture_files", "status"),
    "report: answers": ("__init__", "answers"),
    "report: making it": ("allocation", "make", "until_decided"),
}
UNPICKLING = {"pickle", "cPickle", "dill", "cloudpickle", "joblib", "shelve", "marshal"}
LINES = 350


def house() -> list[str]:
    """The files of the rooms, by their path in the repository."""
    rooms = [path for room in ROOMS[:-1] for path in (HOME / room).rglob("*.py")]
    return sorted(path.relative_to(HOME).as_posix() for path in (HOME / "cli.py", *rooms))


FILES = house()


@cache
def tree(name: str) -> ast.Module:
    return ast.parse((HOME / name).read_text(encoding="utf-8"))


def imports(module: ast.Module, name: str) -> Iterator[str]:
    """Every module that a file imports, inside functions too; a name imported from a package counts as well."""
    package = name.removesuffix("/__init__.py").removesuffix(".py").split("/")
    if not name.endswith("/__init__.py"):
        package = package[:-1]
    for node in ast.walk(module):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            before = package[: len(package) - node.level + 1] if node.level else []
            source = ".".join([*before, *([node.module] if node.module else [])])
            yield source
            yield from (f"{source}.{alias.name}" for alias in node.names)


def imported(name: str) -> set[str]:
    return set(imports(tree(name), name))


def at_run_time(module: ast.Module) -> ast.Module:
    """A file without its imports for types alone."""
    body = [
        node for node in module.body if not (isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test))
    ]
    return ast.Module(body, module.type_ignores)


def roots(name: str) -> set[str]:
    return {module.split(".")[0] for module in imported(name)}


def calls(module: ast.Module) -> Iterator[str]:
    """What a file calls, as it is written: "print", "torch.load"."""
    for node in ast.walk(module):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name | ast.Attribute):
            yield ast.unparse(node.func)


def test_rules_see_imports_in_functions_and_relative_ones() -> None:
    source = "from . import files\nfrom ..models import layers\ndef f():\n    import torch.nn as nn\n"
    found = set(imports(ast.parse(source), "runs/probes/layers.py"))
    assert found == {"runs.probes", "runs.probes.files", "runs.models", "runs.models.layers", "torch.nn"}
    assert set(calls(ast.parse("torch.load(eval('x'))"))) == {"torch.load", "eval"}
    assert {"cli.py", "models/networks.py", "runs/storage/store.py", "report/results/frames.py"} <= set(FILES)


def test_imports_go_from_cli_to_commands_to_report_to_runs_to_models_and_never_back() -> None:
    later = {room: {*ROOMS[ROOMS.index(room) + 1 :], "tests", "benchmarks"} for room in ROOMS}
    back = {name: roots(name) & later[name.removesuffix(".py").split("/")[0]] for name in FILES}
    assert {name: rooms for name, rooms in back.items() if rooms} == {}


def room_of(name: str) -> str:
    """The folder of a file, or the floor of one that lies straight in ``runs/`` or ``report/``."""
    folder, _, file = name.rpartition("/")
    loose = [room for room, stems in LOOSE.items() if room.split(":")[0] == folder and file[:-3] in stems]
    return loose[0] if loose else folder or name


def test_each_file_imports_from_its_own_folder_and_the_floors_below_it_alone() -> None:
    floor = {room: number for number, rooms in enumerate(FLOORS) for room in rooms}
    assert {room_of(name) for name in FILES} <= set(floor)
    wrong = {
        (name, other)
        for name in FILES
        for other in filter(None, map(of_ours, imported(name)))
        if room_of(other) != room_of(name) and floor[room_of(other)] >= floor[room_of(name)]
    }
    assert wrong == set()


@pytest.mark.parametrize("library", ONLY_IN)
def test_library_is_imported_by_those_whose_matter_it_is_and_by_nobody_else(library: str) -> None:
    assert {name for name in FILES if library in roots(name)} <= ONLY_IN[library]


def test_report_opens_the_store_in_one_place_alone() -> None:
    report = [name for name in FILES if name.startswith("report/")]
    opened = {
        name
        for name in report
        if {"runs.storage.store", "runs.storage.arrays"} & set(imports(at_run_time(tree(name)), name))
    }
    assert opened == {"report/results/stored.py"}


def of_ours(module: str) -> str | None:
    """The file of a module of ours; None for a library's, and for a name inside a module."""
    path = module.replace(".", "/")
    return next((name for name in (f"{path}.py", f"{path}/__init__.py") if (HOME / name).is_file()), None)


def test_no_import_of_the_report_leads_to_torch_however_late() -> None:
    waiting = [name for name in FILES if name.startswith("report/")]
    reached: dict[str, str] = dict.fromkeys(waiting, "report")
    while waiting:
        name = waiting.pop()
        assert "torch" not in roots(name), (name, reached[name])
        for module in imported(name):
            for part in (module, module.rpartition(".")[0]):
                other = of_ours(part) if part else None
                if other and other not in reached:
                    reached[other] = name
                    waiting.append(other)
    assert "runs/storage/store.py" in reached


def test_report_itself_imports_nothing_heavy() -> None:
    assert [name for name in FILES if name.startswith("report/") and roots(name) & set(HEAVY)] == []


def test_importing_all_but_training_loads_nothing_heavy() -> None:
    modules = [
        name.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
        for name in FILES
        if not name.startswith(TRAINING) or name in LIGHT
    ]
    assert {"report.results.frames", "runs.storage.store", "runs.job", "cli"} <= set(modules)
    heavy = (*HEAVY, "weasyprint", "models")
    code = f"import sys, {', '.join(modules)}; print(*(name for name in {heavy!r} if name in sys.modules))"
    done = subprocess.run([sys.executable, "-W", "error", "-c", code], cwd=HOME, capture_output=True, text=True)
    assert (done.returncode, done.stdout.strip()) == (0, ""), done.stderr


def test_nothing_is_unpickled_or_evaluated() -> None:
    banned = {"eval", "exec", "compile", "__import__"}
    assert [name for name in FILES if roots(name) & UNPICKLING or banned & set(calls(tree(name)))] == []
    # one file that others made is loaded, once its digest is right, by torch's reader that knows tensors alone
    loads = {name: re.findall(r"torch\.load\(.*", (HOME / name).read_text(encoding="utf-8")) for name in FILES}
    assert {name: lines for name, lines in loads.items() if lines} == {
        "runs/training/features.py": ['torch.load(check_weights(path), map_location="cpu", weights_only=True))']
    }
    assert [
        name for name in FILES if "allow_pickle" in {getattr(node, "arg", "") for node in ast.walk(tree(name))}
    ] == []


def test_only_the_commands_print_or_exit() -> None:
    banned = {"print", "exit", "quit", "sys.exit", "os._exit", "SystemExit", "sys.stdout.write", "sys.stderr.write"}
    assert {room_of(name) for name in FILES if banned & set(calls(tree(name)))} == {"commands"}


def test_every_module_says_what_it_is() -> None:
    assert [name for name in FILES if not ast.get_docstring(tree(name))] == []


def test_no_file_holds_more_than_one_idea() -> None:
    folders = ("commands", "models", "runs", "report", "templates", "tests", "benchmarks", "scripts")
    kinds = (".py", ".j2", ".css", ".js", ".sh")
    paths = [HOME / "cli.py", *(path for folder in folders for path in (HOME / folder).rglob("*"))]
    lengths = {
        path.relative_to(HOME).as_posix(): len(path.read_text(encoding="utf-8").splitlines())
        for path in paths
        if path.suffix in kinds
    }
    assert len(lengths) > len(FILES)
    assert {name: length for name, length in lengths.items() if length > LINES} == {}


#: Numbers that are no results: names of questions and parts, and the level of the intervals.
NO_RESULT = re.compile(r"\b1\.[1-6](\.[a-e])?(?![\d.])|\b95 %")
NUMBER = re.compile(r"\d+[.,]\d+|\d\s*%|\d[eE]-\d|\d\s*(?:s|min|dB|ms)\b")


def typed(template: str) -> list[str]:
    """The numbers that a template says by itself: with decimals, a unit or per cent, outside Jinja and tags."""
    text = re.sub(r"{#.*?#}|{%.*?%}|{{.*?}}", " ", template, flags=re.DOTALL)
    text = re.sub(r"<(script|style)\b.*?</\1>|<[^>]*>", " ", text, flags=re.DOTALL)
    return NUMBER.findall(NO_RESULT.sub(" ", text))


@pytest.mark.parametrize(
    ("template", "found"),
    [
        ("the loss falls to 0.0096", ["0.0096"]),
        ("<p>1,25 is less</p>", ["1,25"]),
        ("right in 51 % of them", ["1 %"]),
        ("<b>51%</b>", ["1%"]),
        ("it takes 58 s", ["8 s"]),
        ("a loss of 1.31 in 1.3", ["1.31"]),
        ("see 1.3.c and 1.4, at a 95 % interval, for the 24 colours", []),
        ("{{ v.loss | num }} {# 0.5 #} {% if x > 0.5 %}falls{% endif %}", []),
        ('<img width="12.5%" alt="{{ alt }}"><style>p { width: 9.5% }</style>', []),
    ],
)
def test_rule_tells_results_from_names(template: str, found: list[str]) -> None:
    assert typed(template) == found


@pytest.mark.parametrize("path", sorted((HOME / "templates").glob("*.j2")), ids=lambda path: path.name)
def test_template_says_no_result_by_itself(path: Path) -> None:
    assert typed(path.read_text(encoding="utf-8")) == []
