"""Runs on disk: written whole, verified on reading, never unpickled. The door between the two halves.

Layout, under ``results/<data id>/``::

    data.json                              the pictures' source, counts, digest and palette
    request.json                           what was last asked for
    probes/<name>.safetensors              measurements of the pictures
    <run id>/state.safetensors             everything of the run: record, weights, moments, pictures
    <run id>/run.json, epochs.csv          the same record for people and other tools; never read back
    <run id>/snapshots/epoch-025.safetensors
    <run id>/probes/<name>-025.safetensors
    <run id>.damaged/                      what did not match its checksum: moved there, never deleted
    <run id>.replaced/                     what ``--retrain`` trains again: likewise

Beside the stores, ``results/last.json`` points to the one of which something was asked for last.
"""

from __future__ import annotations

import os
from collections.abc import Collection, Mapping
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from numpy.typing import NDArray

from runs.data.dataset import Dataset
from runs.errors import RUN_ALL, DamagedError, StoreError
from runs.forms import fits
from runs.specs.spec import RECIPE
from runs.storage import arrays as files
from runs.storage import filesystem, records
from runs.storage.headers import Head, read_marks
from runs.storage.last_request import REQUEST, read_last_request, spell_time, write_pointer
from runs.storage.locks import hold_lock, is_locked
from runs.storage.paths import DAMAGED, find_unused, is_name, is_set_aside, make_path
from runs.storage.readable_copies import make_copies, make_run_json
from runs.storage.record_forms import DATA_FORM, modernise_data
from runs.storage.records import DATA as DATA
from runs.storage.records import PROBES, SNAPSHOTS, STATE, make_probe_name, make_snapshot_name

#: Version of the layout above.
LAYOUT = 1


@dataclass(frozen=True)
class Stored:
    """A run as it was kept: its record, and its arrays ("pictures" among them)."""

    record: dict[str, Any]
    arrays: dict[str, NDArray[Any]]


class Store:
    """The results of one data set.

    Args:
        folder: ``results/<data id>``.
        data: the record in ``data.json``.
        distrusted: what is known to be damaged, as :meth:`troubles` names it: it counts so without another look.
    """

    def __init__(self, folder: Path, data: Mapping[str, Any], distrusted: Collection[Path] = ()) -> None:
        self.folder = folder
        self.data = data
        self.digest = str(data.get("digest", ""))
        self.distrusted = distrusted

    @classmethod
    def create(cls, results: Path, dataset: Dataset) -> Store:
        """The store of a data set, made when it is not there.

        Raises:
            StoreError: the folder cannot be written to, or holds another recipe's results.
        """
        folder = make_path(results, dataset.id)
        if (folder / "data.json").exists():
            return cls.open(folder)
        filesystem.make_folder(folder)
        record = {
            "layout": LAYOUT,
            "recipe": RECIPE,
            "id": dataset.id,
            "source": dataset.source,
            "category": dataset.category,
            "origin": dataset.origin,
            "written": dataset.written,
            "train": len(dataset.train),
            "test": len(dataset.test),
            "digest": dataset.digest,
            "palette": dataset.palette.tolist(),
            "palette_name": dataset.palette_name,
        }
        made = cls(folder, record)
        with made.lock(new=True):
            if (folder / "data.json").exists():  # another process was quicker
                return cls.open(folder)
            files.write_json(folder / "data.json", record)
        return made

    @classmethod
    def open(cls, folder: Path) -> Store:
        """A store that is there.

        Raises:
            StoreError: another layout or a later recipe made it, or its record is damaged or gone.
        """
        try:
            data = modernise_data(files.read_json(folder / "data.json"))
        except FileNotFoundError:
            raise StoreError(f"Expected results in {folder}, found none. Make them: {RUN_ALL}") from None
        made = (data.get("layout"), data.get("recipe"))
        if made[0] != LAYOUT or made[1] not in range(1, RECIPE + 1):
            raise StoreError(
                f"Expected results of layout {LAYOUT} and recipe 1 to {RECIPE} in {folder}, got layout {made[0]} and "
                f"recipe {made[1]}. Nothing was changed. Name another folder with --results, or use the version "
                "of this program that made it."
            )
        if not fits(data, DATA_FORM):
            raise StoreError(
                f"Expected the record of the pictures in {folder / 'data.json'}, got a record of another form. Nothing "
                f"was changed. {filesystem.WRITTEN_ANEW}"
            )
        return cls(folder, data)

    def without(self, damaged: Collection[Path]) -> Store:
        """The same store, in which this counts as damaged."""
        return Store(self.folder, self.data, damaged)

    def lock(self, new: bool = False) -> AbstractContextManager[bool]:
        """Holds the store for one writer; see :func:`runs.storage.locks.hold_lock`."""
        return hold_lock(self.folder, new)

    def locked(self) -> bool:
        """Whether another process is at work here; not known, and so False, where nothing can be written."""
        return is_locked(self.folder)

    def runs(self) -> list[str]:
        """The ids of the runs that have at least one epoch, in alphabetical order. Folders with a name that no run
        can have are somebody else's, and passed over.

        Raises:
            StoreError: the folder, or one of a run, cannot be looked into.
        """
        names = (name for name in filesystem.list_folder(self.folder) if is_name(name) and not is_set_aside(name))
        return [name for name in names if filesystem.exists(self.folder / name / STATE)]

    def record(self, run: str, whole: bool = False) -> dict[str, Any] | None:
        """A run's record: spec, rows, segments, diverged …; None when the run is not there. Quick: the arrays are
        only read to be verified, where ``whole`` is asked for; else damage there is not seen.

        Raises:
            DamagedError: its state is damaged, as far as it is read.
        """
        if whole:
            stored = self.state(run)
            return None if stored is None else stored.record
        head = self.head(run)
        return None if head is None else head.record

    def head(self, run: str) -> Head | None:
        """A run's record, and a mark that changes with its state; None when the run is not there.

        Raises:
            DamagedError: the head of its state is damaged or of another form, or the file is cut short or has grown.
        """
        with suppress(FileNotFoundError):
            return records.read_record_head(self._trusted_state(run), self.digest)
        return None

    def _trusted_state(self, run: str) -> Path:
        """Where the state of a run lies, unless it is known to be damaged."""
        path = make_path(self.folder, run, STATE)
        if path.parent in self.distrusted:
            raise DamagedError(f"Expected {path} whole, but it was found damaged. {filesystem.MADE_AGAIN}")
        return path

    def state(self, run: str) -> Stored | None:
        """A run with all its arrays, verified; None when it is not there.

        Raises:
            DamagedError: its checksum does not match, or its record is of another form.
        """
        with suppress(FileNotFoundError):
            arrays, record = records.read_record(self._trusted_state(run), self.digest)
            return Stored(record, arrays)
        return None

    def pictures(self, run: str) -> NDArray[Any] | None:
        """The kept pictures of a run whose :meth:`head` is known, its whole state verified; None when it is not there.

        Raises:
            DamagedError: its checksum does not match.
        """
        with suppress(FileNotFoundError):
            return records.check_pictures(make_path(self.folder, run, STATE))
        return None

    def save(self, run: str, stored: Stored) -> None:
        """A run after one more epoch: one file, one rename. The copies for people follow."""
        record = self._signed(stored.record)
        self._write(make_path(self.folder, run, STATE), files.pack_arrays(stored.arrays, record))
        for name, content in make_copies(record).items():
            self._write(make_path(self.folder, run, name), content)

    def mend_copies(self, run: str) -> list[Path]:
        """Writes the copies for people anew where they do not say what the run says, and names them: they were
        altered, or a process died between the run and its copies. A run that is not there or damaged has none.
        """
        try:
            record = self.record(run)
        except DamagedError:
            record = None
        expected = make_copies(record) if record else {}
        mended = []
        for name, content in expected.items():
            path = make_path(self.folder, run, name)
            if not make_run_json(path, content):
                self._write(path, content)
                mended.append(path)
        return mended

    def _signed(self, record: files.Record) -> dict[str, Any]:
        """A record that says on which pictures its results are."""
        return {**record, "digest": self.digest}

    def _write(self, path: Path, content: bytes) -> None:
        filesystem.make_folder(path.parent, within=self.folder)
        filesystem.write_bytes(path, content)

    def snapshot(self, run: str, epoch: int) -> dict[str, NDArray[Any]] | None:
        """The weights kept after an epoch; None when they are not there or damaged."""
        try:
            return records.read_record(self._snapshot(run, epoch), self.digest)[0]
        except (FileNotFoundError, DamagedError):
            return None

    def has_snapshot(self, run: str, epoch: int, whole: bool = True) -> bool:
        """Whether weights are kept for this epoch, and whole; else their head alone."""
        return self._about(self._snapshot(run, epoch), whole) is not None

    def _about(self, path: Path, whole: bool) -> dict[str, Any] | None:
        """The record of a file of arrays; None when it is not there or damaged, as far as it is read."""
        if path in self.distrusted:
            return None
        try:
            return (
                records.read_record(path, self.digest)[1]
                if whole
                else records.read_record_head(path, self.digest).record
            )
        except (FileNotFoundError, DamagedError):
            return None

    def save_snapshot(self, run: str, epoch: int, weights: files.Arrays) -> None:
        """The weights after an epoch that somebody needs."""
        self._write(self._snapshot(run, epoch), files.pack_arrays(weights, self._signed({"run": run, "epoch": epoch})))

    def _snapshot(self, run: str, epoch: int) -> Path:
        return make_path(self.folder, run, SNAPSHOTS, make_snapshot_name(epoch))

    def probe_version(self, run: str, name: str, epoch: int, whole: bool = True) -> int | None:
        """The version of a stored probe; None when it is not there or damaged: anywhere, or in its head."""
        record = self._about(self.probe_path(run, name, epoch), whole)
        return None if record is None else record.get("version")

    def probe(self, run: str, name: str, epoch: int) -> Stored | None:
        """A stored probe of a run ("data": of the pictures, epoch 0); None when it is not there or damaged."""
        try:
            arrays, record = records.read_record(self.probe_path(run, name, epoch), self.digest)
        except (FileNotFoundError, DamagedError):
            return None
        return Stored(record, arrays)

    def stamp(self, run: str) -> str:
        """Which probes are stored of a run ("data": of the pictures): an equal stamp means equal content. Only heads
        of files are read.
        """
        return read_marks((self.folder if run == DATA else self.folder / run) / PROBES)

    def save_probe(self, run: str, name: str, epoch: int, record: files.Record, arrays: files.Arrays) -> None:
        """A probe's result beside its run, in place of an older one; its record says of what it is."""
        whole = self._signed({**record, "run": run, "name": name, "epoch": epoch})
        self._write(self.probe_path(run, name, epoch), files.pack_arrays(arrays, whole))

    def probe_path(self, run: str, name: str, epoch: int) -> Path:
        """Where a probe lies."""
        return make_path(self.folder, *([] if run == DATA else [run]), PROBES, make_probe_name(run, name, epoch))

    def trouble(self, path: Path) -> str:
        """Why a file of arrays cannot be trusted, in a sentence; "" when it can."""
        return records.make_trouble(path, self.digest)

    def troubles(self, run: str) -> dict[Path, str]:
        """What of a run ("data": of the pictures) does not match its checksum, its form or its place, and why, in a
        sentence: its folder, when that is the state that all else follows from; else the single files. Each file is
        read once.
        """
        folder = make_path(self.folder, PROBES if run == DATA else run)
        state = folder / STATE
        if filesystem.exists(state) and (why := self.trouble(state)):
            return {folder: why}
        places = (folder, folder / SNAPSHOTS, folder / PROBES)  # each may be a link to a larger disk
        paths = [
            place / name for place in places for name in filesystem.list_folder(place) if name.endswith(".safetensors")
        ]
        return {path: why for path in paths if path != state and (why := self.trouble(path))}

    def set_aside(self, path: Path, mark: str = DAMAGED) -> Path:
        """Moves a run or file of the store out of the way, to its place in ``<run>.damaged`` or whatever the ``mark``
        is, or, from behind a link to another disk, beside its place; nothing is deleted, and what was set aside before
        stays where it is.
        """
        if filesystem.sync_together(path, self.folder):
            top, *inside = path.relative_to(self.folder).parts
            target = find_unused(self.folder / top, *inside, mark=mark)
            filesystem.make_folder(target.parent, within=self.folder)
        else:
            target = find_unused(path, mark=mark)
        filesystem.move(path, target)
        return target

    def request(self) -> dict[str, Any] | None:
        """What was last asked for of this data; None when nothing was, or its record is damaged or of another form."""
        return read_last_request(self.folder)[0]

    def save_request(self, request: files.Record, own: bool = False) -> Path | None:
        """What is asked for now, and when, so that ``report`` and ``status`` speak of the same.

        Args:
            request: what is asked for.
            own: for runs of the user's own alone: then what a report speaks of stays as it is, and the record is
                written where there is none, for it knows the folder of the pictures.

        Returns:
            Where the record of what was asked for before was moved to, if it was damaged.
        """
        path, known = self.folder / REQUEST, self.request()
        if own and known is not None:
            return None
        aside = self.set_aside(path) if os.path.lexists(path) and known is None else None
        files.write_json(path, {**request, "asked": "" if own else spell_time(datetime.now(UTC))})
        if not own:
            write_pointer(self.folder)
        return aside
