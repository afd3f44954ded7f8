"""Every configuration the write-up covers, as data, and which question needs which of them.

A *need* is a run, the epoch up to which a question wants it, and the probes it wants there. Epochs are given
as the write-up's own (15, 25, 50); a preset turns them into those that are trained.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from runs.data.palette_names import ASSIGNMENT, KMEANS
from runs.specs.presets import PRESETS as PRESETS
from runs.specs.presets import SECTIONS as SECTIONS
from runs.specs.presets import Preset, choose_sections
from runs.specs.spec import RunSpec
from runs.specs.vgg16 import find_vgg16

REGRESSION = RunSpec(model="regression")
CNN = RunSpec(model="cnn")
UNET = RunSpec(model="unet")
UNET_BATCHES = (10, 20, 50, 100, 200)
CNN_UPSCALE = RunSpec(model="cnn", task="upscale")
UNET_UPSCALE = RunSpec(model="unet", task="upscale")
CNN_FAST = RunSpec(model="cnn", learning_rate=0.01)
CNN_POOL_FIRST = RunSpec(model="cnn", order="pool-relu")
#: Beyond the write-up: the layers in the order that the assignment's handout draws, and the CNN on the colours that
#: k-means finds in the same pictures, where the data comes with others.
CNN_AS_DRAWN = RunSpec(model="cnn", order="pool-norm-relu")
UNET_AS_DRAWN = RunSpec(model="unet", order="pool-norm-relu")
CNN_KMEANS = RunSpec(model="cnn", palette="kmeans")

#: Beyond the write-up: each other setting that it names, changed once, in a network that is otherwise the CNN.
SWEEP = {
    field: CNN.model_copy(update={field: value})
    for field, value in (("optimizer", "rmsprop"), ("filters", 16), ("depth", 2), ("activation", "tanh"))
}
#: What can be tuned, as the write-up says: each of these a run of the user's own may change once.
TUNABLE = ("learning_rate", "optimizer", "filters", "depth", "kernel", "activation")
#: Beyond the write-up: the regression with a perceptual loss beside its own, on the maps of either loss network.
PERCEPTUAL_ROTATION = REGRESSION.model_copy(update={"loss": "rotation-features"})
PERCEPTUAL_VGG = REGRESSION.model_copy(update={"loss": "vgg16-features"})

#: All that the write-up never trained.
BEYOND = frozenset({CNN_AS_DRAWN, UNET_AS_DRAWN, CNN_KMEANS, *SWEEP.values(), PERCEPTUAL_ROTATION, PERCEPTUAL_VGG})


def trains(preset: Preset, spec: RunSpec) -> bool:
    """Whether a preset trains a run: all but what goes beyond the write-up, or all."""
    return preset.beyond or spec.with_seed(0) not in BEYOND


#: The write-up's epoch counts.
SHORT, BASE, LONG = 15, 25, 50


def make_unet(batch_size: int) -> RunSpec:
    """The UNet of 1.3 with another batch size."""
    return UNET.model_copy(update={"batch_size": batch_size})


def is_tuned(spec: RunSpec) -> bool:
    """Whether a run is the CNN with one setting changed that can be tuned, from whatever seed."""
    changed = [field for field in RunSpec.model_fields if getattr(spec, field) != getattr(CNN, field)]
    return [field in TUNABLE for field in changed if field != "seed"] == [True]


@dataclass(frozen=True)
class Need:
    """A run, the write-up's epoch up to which it is wanted, the probes wanted at that epoch, and whether they go beyond
    the write-up though the run does not.
    """

    spec: RunSpec
    epoch: int
    probes: tuple[str, ...] = ()
    beyond: bool = False

    def belongs_to(self, preset: Preset) -> bool:
        """Whether a preset wants it: what goes beyond the write-up not every one does."""
        return trains(preset, self.spec) and (preset.beyond or not self.beyond)


NEEDS: dict[str, tuple[Need, ...]] = {
    "1.1": (
        Need(REGRESSION, SHORT, ("quality",)),
        Need(REGRESSION, BASE, ("quality", "layers", "extremes")),
        Need(REGRESSION, LONG, ("quality",)),
        Need(CNN, BASE, ("quality", "temperature", "layers")),
    ),
    "1.2": (
        Need(REGRESSION, BASE, ("quality", "lightness")),
        Need(CNN, BASE, ("quality", "extremes", "lightness", "layers")),
        Need(CNN_KMEANS, BASE, ("quality",)),
        Need(CNN_AS_DRAWN, BASE, ("quality",)),
    ),
    "1.3": (
        Need(CNN, BASE, ("quality", "gradients", "activations", "layers")),
        Need(UNET, BASE, ("quality", "gradients", "activations", "skips", "layers", "extremes")),
        Need(CNN_AS_DRAWN, BASE, ("quality",)),
        Need(UNET_AS_DRAWN, BASE, ("quality",)),
        *(Need(make_unet(size), BASE, ("noise", "quality")) for size in UNET_BATCHES),
    ),
    "1.4": (
        Need(CNN_UPSCALE, BASE, ("quality", "extremes")),
        Need(UNET_UPSCALE, BASE, ("quality", "extremes")),
        Need(CNN, BASE, ("layers",)),
        Need(UNET, BASE),
    ),
    "1.5": (
        Need(CNN, BASE, ("activations", "gradients")),
        Need(UNET, BASE, ("activations", "gradients")),
        Need(UNET_UPSCALE, BASE, ("activations",)),
    ),
    "1.6": (
        Need(CNN, BASE, ("quality", "commute", "sizes", "layers", "lightness")),
        Need(UNET, BASE, ("quality", "sizes", "lightness")),
        Need(REGRESSION, BASE, ("quality",)),
        Need(REGRESSION, BASE, ("features",), beyond=True),
        Need(UNET_UPSCALE, BASE),
        Need(CNN_FAST, BASE, ("quality",)),
        Need(CNN_POOL_FIRST, BASE, ("layers",)),
        *(Need(spec, SHORT) for spec in SWEEP.values()),
        Need(PERCEPTUAL_ROTATION, BASE, ("quality", "features")),
    ),
}


def list_needs(section: str) -> tuple[Need, ...]:
    """What a section wants; the loss network is VGG-16 where this machine has its weights."""
    if not find_vgg16().is_file():
        return NEEDS[section]
    return tuple(
        replace(need, spec=PERCEPTUAL_VGG) if need.spec == PERCEPTUAL_ROTATION else need for need in NEEDS[section]
    )


@dataclass(frozen=True)
class Goal:
    """All that is wanted of one run: the last epoch, and the probes at each epoch that somebody needs."""

    spec: RunSpec
    probes: dict[int, tuple[str, ...]]

    @property
    def epochs(self) -> int:
        """The epoch up to which the run is wanted."""
        return max(self.probes)


def list_goals(
    preset: Preset, asked: Iterable[str] = (), seeds: int | None = None, palette: str = ASSIGNMENT
) -> list[Goal]:
    """The needs of the sections asked for, each run once, for seeds 0 to N-1: seed 0 of every run first.

    Args:
        preset: how much to train.
        asked: the sections; none for all.
        seeds: how many; None for the preset's own.
        palette: the name of the data's palette. Where that is k-means already no run takes k-means beside it.
    """
    merged: dict[RunSpec, dict[int, dict[str, None]]] = {}
    for section in choose_sections(asked):
        for need in list_needs(section):
            if not need.belongs_to(preset) or (need.spec.palette, palette) == (KMEANS, KMEANS):
                continue
            at = merged.setdefault(need.spec, {}).setdefault(preset.epoch(need.epoch), {})
            at.update(dict.fromkeys(need.probes))
    return [
        Goal(spec.with_seed(seed), {epoch: tuple(names) for epoch, names in sorted(wanted.items())})
        for seed in range(preset.seeds if seeds is None else seeds)
        for spec, wanted in merged.items()
    ]
