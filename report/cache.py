"""What a section is made from, in a short record: where that of the kept section is the same, it stands as it is.

Nothing large is read for it: files of the store count by what their heads say, code and templates by their text.
"""

from __future__ import annotations

import hashlib
import platform
import re
from collections.abc import Iterator, Mapping
from functools import cached_property
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from report.frames import Source
from report.sections import Section
from runs.catalogue import goals

HOME = Path(__file__).parent.parent
ROOMS = ("report", "runs")
#: Where a section's way begins, besides the module of its question.
STARTS = ("report.chapter", "report.stored")
#: Libraries that a section's numbers and drawings come from.
PACKAGES = ("jinja2", "markupsafe", "matplotlib", "numpy", "pandas", "pillow", "scipy")

_IMPORT = re.compile(r"^[ \t]*(?:from[ \t]+([\w.]+)[ \t]+import[ \t]+(\([^)]*\)|[^\n]*)|import[ \t]+([^\n]*))", re.M)
_PART = re.compile(r"""{%[-+]?\s*(?:import|include|extends|from)\s+["']([^"']+)["']""")


class Code:
    """The text of this code and of the templates; each file is read once.

    Args:
        templates: their folder.
        home: the folder of the rooms.
    """

    def __init__(self, templates: Path, home: Path | None = None) -> None:
        self.templates, self.home = templates, HOME if home is None else home
        self._texts: dict[Path, str] = {}
        self._imports: dict[Path, list[str]] = {}
        self._found: dict[str, list[Path]] = {}

    def digest(self, section: str) -> str:
        """SHA-256 over all that a section's page follows from: modules, templates and versions of libraries."""
        total = hashlib.sha256()
        for path in [*self.modules(section), *self.parts(section)]:
            text = self._text(path)
            total.update(f"{path.name} {len(text)}\n{text}".encode())
        total.update(self._versions.encode())
        return total.hexdigest()

    def modules(self, section: str) -> list[Path]:
        """The files of a question and of all that it imports, however late and from however far."""
        found: set[Path] = set()
        waiting = [*STARTS, f"report.questions.q{section.replace('.', '_')}"]
        while waiting:
            for path in self._files(waiting.pop()):
                if path not in found:
                    found.add(path)
                    waiting += self._imported(path)
        return sorted(found)

    def parts(self, section: str) -> list[Path]:
        """The template of a question and those that it is put together from."""
        found: set[Path] = set()
        waiting = [self.templates / f"q{section.replace('.', '_')}.html.j2"]
        while waiting:
            path = waiting.pop()
            if path not in found and path.is_file():
                found.add(path)
                waiting += [self.templates / name for name in _PART.findall(self._text(path))]
        return sorted(found)

    def _imported(self, path: Path) -> list[str]:
        if path not in self._imports:
            self._imports[path] = list(imported(self._text(path)))
        return self._imports[path]

    def _files(self, module: str) -> list[Path]:
        """The file of a module of ours and those of the packages around it; none for a library's."""
        if module not in self._found:
            self._found[module] = list(self._look(module))
        return self._found[module]

    def _look(self, module: str) -> Iterator[Path]:
        names = module.split(".")
        for count in range(1, len(names) + 1):
            yield from self._there.get(".".join(names[:count]), ())

    @cached_property
    def _there(self) -> dict[str, list[Path]]:
        """The files of the rooms by the names of their modules: looked for once, for there are thousands to try."""
        found: dict[str, list[Path]] = {}
        for path in (path for room in ROOMS for path in (self.home / room).rglob("*.py")):
            parts = path.relative_to(self.home).with_suffix("").parts
            found.setdefault(".".join(parts[:-1] if parts[-1] == "__init__" else parts), []).append(path)
        return found

    def _text(self, path: Path) -> str:
        if path not in self._texts:
            self._texts[path] = path.read_text("utf-8")
        return self._texts[path]

    @cached_property
    def _versions(self) -> str:
        return "\n".join([platform.python_version(), *(f"{name} {_version(name)}" for name in PACKAGES)])


def imported(text: str) -> Iterator[str]:
    """The modules that a Python source may import: also names inside modules, for the two look alike."""
    for source, names, modules in _IMPORT.findall(text):
        listed = [part.split("#")[0].split() for part in re.split(r"[,\n]", (names or modules).strip("()"))]
        words = [part[0].strip("()") for part in listed if part]
        if source:
            yield source
            yield from (f"{source}.{word}" for word in words)
        else:
            yield from words


def made_from(source: Source, section: str, options: str, code: Code) -> dict[str, Any]:
    """What a section would be made from now.

    Returns:
        preset, seeds, options; runs: the stored ones that it wants (id -> epochs); inputs: a digest of all that is
        stored of them and of the data ("" where it is not known); code: a digest of modules and templates.
    """
    epochs = {row["run"]: int(row["epochs"]) for row in source.rows}
    ids = [goal.spec.id for goal in goals(source.preset, [section], len(source.seeds))]
    return {
        "preset": source.preset.name,
        "seeds": list(source.seeds),
        "options": options,
        "runs": {run: epochs[run] for run in ids if run in epochs},
        "inputs": source.inputs(section),
        "code": code.digest(section),
    }


def unchanged(section: Section, made: Mapping[str, Any]) -> bool:
    """Whether a kept section is what would be made again. Where its inputs are not known, it never is."""
    return bool(made["inputs"]) and section.made == made


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "missing"
