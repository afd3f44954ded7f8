"""One made-up CIFAR-10 written as each tool keeps it."""

from __future__ import annotations

import io
import os
import struct
import tarfile
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray
from PIL import Image
from scipy.io import savemat

from runs.data.layouts.layout import CLASSES
from runs.data.layouts.pickles import BATCHES, FOLDER
from tests.runs.made_up_cifar import MadeUp, archive_of

#: Writes the set under a folder, and gives what ``--data`` is to be given.
Writer = Callable[[MadeUp, Path], Path]


def halves(made: MadeUp) -> Iterator[tuple[str, NDArray[np.uint8], list[int]]]:
    """The pictures and labels of both halves."""
    for half, names in (("train", BATCHES[:5]), ("test", BATCHES[5:])):
        yield (
            half,
            np.concatenate([made.pictures[name] for name in names]),
            [label for name in names for label in made.labels[name]],
        )


def png(picture: NDArray[np.uint8], kind: str = "PNG") -> bytes:
    out = io.BytesIO()
    Image.fromarray(picture).save(out, kind, **({"lossless": True} if kind == "WEBP" else {}))
    return out.getvalue()


def planes(pictures: NDArray[np.uint8]) -> NDArray[np.uint8]:
    return pictures.transpose(0, 3, 1, 2).reshape(len(pictures), 3072)


def write(place: Path, files: dict[str, bytes]) -> Path:
    for name, content in files.items():
        (place / name).parent.mkdir(parents=True, exist_ok=True)
        (place / name).write_bytes(content)
    return place


def zipped(path: Path, files: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return path


def pickled(made: MadeUp) -> dict[str, bytes]:
    return {f"{FOLDER}/{name}": content for name, content in made.files.items()}


def binary(made: MadeUp) -> dict[str, bytes]:
    found = {}
    for name in BATCHES:
        rows = np.column_stack([np.array(made.labels[name], np.uint8), planes(made.pictures[name])])
        found[f"cifar-10-batches-bin/{name}.bin"] = rows.tobytes()
    return found


def matlab(made: MadeUp, compress: bool = True) -> dict[str, bytes]:
    found = {}
    for name in BATCHES:
        out = io.BytesIO()
        labels = np.array(made.labels[name], np.uint8)[:, None]
        savemat(out, {"data": planes(made.pictures[name]), "labels": labels}, do_compression=compress)
        found[f"cifar-10-batches-mat/{name}.mat"] = out.getvalue()
    return found


def fastai(made: MadeUp, kind: str = "png", test: str = "test", named: str = "{number}_{name}") -> dict[str, bytes]:
    found = {}
    for half, pictures, labels in halves(made):
        part = test if half == "test" else half
        for number, (picture, label) in enumerate(zip(pictures, labels, strict=True)):
            name = named.format(number=number, name=CLASSES[label])
            content = png(picture, {"png": "PNG", "BMP": "BMP", "WebP": "WEBP"}[kind])
            found[f"cifar10/{part}/{CLASSES[label]}/{name}.{kind}"] = content
    return found


def table(pictures: NDArray[np.uint8], labels: list[int], column: str = "img") -> pa.Table:
    images = [{"bytes": png(picture), "path": None} for picture in pictures]
    kind = pa.struct([("bytes", pa.binary()), ("path", pa.string())])
    return pa.table({column: pa.array(images, kind), "label": pa.array(labels, pa.int64())})


def hub(made: MadeUp, place: Path) -> Path:
    """The hub's cache: snapshots are links into its blobs."""
    home = place / "datasets--uoft-cs--cifar10"
    (home / "blobs").mkdir(parents=True)
    snapshot = home / "snapshots" / "0123abcd" / "plain_text"
    snapshot.mkdir(parents=True)
    for half, pictures, labels in halves(made):
        pq.write_table(table(pictures, labels), home / "blobs" / half)
        (snapshot / f"{half}-00000-of-00001.parquet").symlink_to(f"../../../blobs/{half}")
    return home


def arrow(made: MadeUp, place: Path) -> Path:
    """The cache of ``datasets``."""
    folder = place / "uoft-cs___cifar10" / "plain_text" / "0.0.0" / "0123abcd"
    folder.mkdir(parents=True)
    for half, pictures, labels in halves(made):
        rows = table(pictures, labels)
        with pa.ipc.new_stream(str(folder / f"cifar10-{half}.arrow"), rows.schema) as stream:
            stream.write_table(rows, max_chunksize=7)
    return place / "uoft-cs___cifar10"


def varint(value: int) -> bytes:
    out = b""
    while value > 127:
        out, value = out + bytes([value & 127 | 128]), value >> 7
    return out + bytes([value])


def field(number: int, content: bytes) -> bytes:
    return varint(number << 3 | 2) + varint(len(content)) + content


def example(number: str, picture: bytes, label: int) -> bytes:
    features = {
        "id": field(1, field(1, number.encode())),
        "image": field(1, field(1, picture)),
        "label": field(3, field(1, varint(label))),
    }
    return field(1, b"".join(field(1, field(1, key.encode()) + field(2, value)) for key, value in features.items()))


def tfds(made: MadeUp, place: Path) -> Path:
    """Records in another order, as TensorFlow Datasets shuffles them."""
    folder = place / "tensorflow_datasets" / "cifar10" / "3.0.2"
    folder.mkdir(parents=True)
    rng = np.random.default_rng(5)
    for half, pictures, labels in halves(made):
        content = b""
        for number in rng.permutation(len(labels)).tolist():
            record = example(f"{half}_{number:05d}", png(pictures[number]), labels[number])
            content += struct.pack("<QI", len(record), 0) + record + struct.pack("<I", 0)
        (folder / f"cifar10-{half}.tfrecord-00000-of-00001").write_bytes(content)
    (folder / "dataset_info.json").write_text("{}")
    return folder.parent


def npz(made: MadeUp, place: Path) -> Path:
    (_, x_train, y_train), (_, x_test, y_test) = halves(made)
    columns = {"y_train": np.array(y_train)[:, None], "y_test": np.array(y_test)[:, None]}
    np.savez_compressed(place / "cifar10.npz", x_train=x_train, x_test=x_test, **columns)
    return place / "cifar10.npz"


def xz(made: MadeUp, place: Path) -> Path:
    with tarfile.open(place / "cifar-10-batches-bin.tar.xz", "w:xz", preset=0) as archive:
        write(place / "beside", binary(made))
        archive.add(place / "beside" / "cifar-10-batches-bin", "./cifar-10-batches-bin")
    return place / "cifar-10-batches-bin.tar.xz"


def as_file(name: str, content: bytes, place: Path) -> Path:
    write(place, {name: content})
    return place / name


LAYOUTS: dict[str, Writer] = {
    "torchvision's folder": lambda made, place: write(place, pickled(made)),
    "torchvision's archive": lambda made, place: as_file("cifar-10-python.tar.gz", made.archive, place),
    "Keras 2's archive": lambda made, place: as_file("cifar-10-batches-py.tar.gz", made.archive, place),
    "Keras 3's archive": lambda made, place: as_file("cifar-10-batches-py-target_archive", made.archive, place),
    "Keras 3's folder": lambda made, place: write(place / "cifar-10-batches-py-target", pickled(made)),
    "batches zipped again": lambda made, place: zipped(place / "mine.ZIP", pickled(made)),
    "batches in a folder of another name": lambda made, place: write(place / "mine", made.files),
    "binary folder": lambda made, place: write(place, binary(made)),
    "binary archive": lambda made, place: as_file("cifar-10-binary.tar.gz", archive_of(binary(made)), place),
    "a file of the binary folder": lambda made, place: (
        write(place, binary(made)) / "cifar-10-batches-bin/test_batch.bin"
    ),
    "binary archive by xz": xz,
    "MATLAB folder": lambda made, place: write(place, matlab(made, compress=False)),
    "MATLAB archive": lambda made, place: as_file("cifar-10-matlab.tar.gz", archive_of(matlab(made)), place),
    "Hugging Face's hub": hub,
    "Hugging Face's snapshot": lambda made, place: hub(made, place) / "snapshots" / "0123abcd",
    "Hugging Face's datasets": arrow,
    "fastai's folder": lambda made, place: write(place, fastai(made)),
    "fastai's archive": lambda made, place: as_file("cifar10.tgz", archive_of(fastai(made)), place),
    "folders, val, BMP": lambda made, place: write(place, fastai(made, "BMP", "val", "{name}-{number}")),
    "folders, valid, WebP": lambda made, place: zipped(place / "x.zip", fastai(made, "WebP", "valid")),
    "TensorFlow Datasets": tfds,
    "npz": npz,
    "a folder with an archive in it": lambda made, place: as_file("cifar-10-x.tgz", made.archive, place).parent,
}


def kaggle(made: MadeUp, place: Path) -> Path:
    """Kaggle's: no labels for the test pictures."""
    files = {"trainLabels.csv": b"id,label\n1,frog\n", "train/1.png": png(made.pictures["test_batch"][0])}
    return write(place / "cifar-10", {**files, "test/1.png": files["train/1.png"]})


def clutter(place: Path) -> None:
    """What systems leave lying in folders."""
    for folder, _, _ in os.walk(place):
        for name in (".DS_Store", "Thumbs.db", "._a.png", "notes.txt"):
            Path(folder, name).write_bytes(b"x")
