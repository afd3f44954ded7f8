"""CIFAR-10 where it lies on this machine, else from the university that made it."""

from __future__ import annotations

from runs.data.sources.source import Pictures, Selection, Source


def read_pictures(wanted: Selection) -> Pictures:
    """One class of CIFAR-10.

    Raises:
        UsageError: no such class.
        DataError: CIFAR-10 is neither here nor to be had.
    """
    from runs.data import cifar
    from runs.data.places import PLACES, expand_home

    places = [expand_home(place) for place in PLACES]
    train, test = cifar.read_cifar10(wanted.category, wanted.root, places, wanted.say)
    origin = f"the {wanted.category} pictures of CIFAR-10 (Krizhevsky, 2009), as torchvision reads them"
    return Pictures("cifar10", wanted.category, origin, train, test, vouched=True)


CIFAR10 = Source(
    "cifar10",
    "torchvision's CIFAR-10, one category (`--category horse`); put `cifar-10-python.tar.gz` or "
    "`cifar-10-batches-py` into `data/` (or `results/downloads/`) to do without a download",
    read_pictures,
)
