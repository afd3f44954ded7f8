"""RunSpec: its id stands for it alone, each of its fields does something, bad values are refused with the next step."""

from __future__ import annotations

import math
import re
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from runs.data.dataset import Dataset
from runs.errors import UsageError
from runs.specs.spec import RunSpec, make_spec
from runs.training.prepared import prepare
from runs.training.trainer import Trainer

#: For each field, a value that is not the baseline's.
CHANGED: dict[str, Any] = {
    "model": "unet",
    "task": "upscale",
    "batch_size": 3,
    "learning_rate": 0.002,
    "order": "pool-relu",
    "filters": 5,
    "kernel": 5,
    "depth": 2,
    "optimizer": "sgd",
    "activation": "tanh",
    "loss": "rotation-features",
    "palette": "kmeans",
    "seed": 1,
}
BASE = RunSpec(model="cnn", batch_size=4, filters=4)
#: Fields that change a run of another kind only.
BASES = {"loss": BASE.model_copy(update={"model": "regression"})}


def kind(spec: RunSpec) -> tuple[str, str]:
    """What decides whether a spec may have a loss on features."""
    return spec.model, spec.task


positive = st.floats(min_value=0, max_value=10, exclude_min=True, allow_subnormal=True)
specs = st.builds(
    RunSpec,
    model=st.sampled_from(["regression", "cnn", "unet"]),
    task=st.sampled_from(["colourize", "upscale"]),
    batch_size=st.integers(1, 10**6),
    learning_rate=positive,
    order=st.sampled_from(["relu-pool", "pool-relu", "pool-norm-relu"]),
    filters=st.integers(1, 1024),
    kernel=st.integers(0, 7).map(lambda half: 2 * half + 1),
    depth=st.integers(1, 16),
    optimizer=st.sampled_from(["adam", "sgd", "rmsprop"]),
    activation=st.sampled_from(["relu", "leaky-relu", "tanh"]),
    palette=st.sampled_from(["data", "kmeans"]),
    seed=st.integers(0, 2**31 - 1),
).flatmap(
    lambda spec: st.sampled_from(["pixel", "rotation-features", "vgg16-features"]).map(
        lambda loss: spec.model_copy(update={"loss": loss if kind(spec) == ("regression", "colourize") else "pixel"})
    )
)

ID = re.compile(
    r"(?P<model>regression|cnn|unet)(-(?P<task>upscale))?-b(?P<batch_size>\d+)-lr(?P<learning_rate>[0-9.]+(e-\d+)?)"
    r"(-(?P<order>pool-relu|pool-norm-relu))?(-f(?P<filters>\d+))?(-k(?P<kernel>\d+))?(-d(?P<depth>\d+))?"
    r"(-(?P<optimizer>sgd|rmsprop))?(-(?P<activation>leaky-relu|tanh))?(-(?P<loss>(rotation|vgg16)-features))?"
    r"(-(?P<palette>kmeans))?-s(?P<seed>\d+)"
)


def test_every_field_has_a_changed_value_here() -> None:
    assert CHANGED.keys() == RunSpec.model_fields.keys()
    assert all(getattr(BASE, field) != value for field, value in CHANGED.items())


@given(specs)
def test_id_can_be_read_back_into_the_spec(spec: RunSpec) -> None:
    match = ID.fullmatch(spec.id)
    assert match, spec.id
    read: dict[str, Any] = {name: text for name, text in match.groupdict().items() if text is not None}
    numbers = {
        name: (float if name == "learning_rate" else int)(text)
        for name, text in read.items()
        if name not in ("model", "task", "order", "optimizer", "activation", "loss", "palette")
    }
    assert RunSpec(**(read | numbers)) == spec


@given(specs, st.sampled_from(sorted(CHANGED)), st.data())
def test_specs_that_differ_in_one_field_have_ids_that_differ(spec: RunSpec, field: str, data: st.DataObject) -> None:
    other = spec.model_copy(update={field: getattr(data.draw(specs), field)})
    assert (spec.id == other.id) == (spec == other)


@given(positive)
def test_rates_next_to_each_other_have_ids_that_differ(rate: float) -> None:
    neighbour = math.nextafter(rate, 5)
    assert RunSpec(model="cnn", learning_rate=rate).id != RunSpec(model="cnn", learning_rate=neighbour).id


@given(specs)
def test_id_is_a_short_name_that_any_path_can_hold(spec: RunSpec) -> None:
    assert re.fullmatch(r"[a-z0-9.-]{10,200}", spec.id)
    assert spec.id.startswith(f"{spec.model}-")


def test_id_of_the_baseline_is_that_of_the_design() -> None:
    assert RunSpec(model="unet").id == "unet-b100-lr0.001-s0"
    assert RunSpec(model="cnn", learning_rate=1, seed=12).id == "cnn-b100-lr1-s12"
    assert RunSpec(model="cnn", task="upscale", learning_rate=1e-5).id == "cnn-upscale-b100-lr0.00001-s0"


@pytest.mark.parametrize("field", CHANGED)
def test_every_field_changes_the_id(field: str) -> None:
    assert BASE.model_copy(update={field: CHANGED[field]}).id != BASE.id


@pytest.fixture(scope="module")
def tiny() -> Dataset:
    rng = np.random.default_rng(1)
    levels = np.array([[0, 0, 0], [90, 90, 90], [160, 60, 200], [255, 255, 255]], np.uint8)
    pictures = levels[rng.integers(0, 4, (8, 32, 32))]
    return Dataset("folder", "tiny", "made up", pictures[:6], pictures[6:], levels[::-1] / 256, "other")


def outcome(spec: RunSpec, data: Dataset) -> dict[str, Any]:
    """What a run is made of and what its first epoch comes to."""
    prepared = prepare(data, spec)
    trainer = Trainer(spec, prepared)
    printed, begun = str(trainer.net), trainer.weights()
    row = trainer.train_epoch()
    return {
        "network": printed,
        "first weights": {name: array.tobytes() for name, array in begun.items()},
        "pictures": (prepared.train_x.numpy().tobytes(), prepared.train_y.numpy().tobytes()),
        "loss": (row.train_loss, row.val_loss),
        "trained weights": {name: array.tobytes() for name, array in trainer.weights().items()},
    }


@pytest.fixture(scope="module")
def base_outcome(tiny: Dataset) -> dict[str, Any]:
    return outcome(BASE, tiny)


def test_same_spec_gives_the_same_outcome(tiny: Dataset, base_outcome: dict[str, Any]) -> None:
    assert outcome(BASE, tiny) == base_outcome


@pytest.mark.parametrize("field", CHANGED)
def test_every_field_changes_the_network_or_the_run(field: str, tiny: Dataset, base_outcome: dict[str, Any]) -> None:
    base = BASES.get(field, BASE)
    before = base_outcome if base == BASE else outcome(base, tiny)
    assert outcome(base.model_copy(update={field: CHANGED[field]}), tiny) != before


@pytest.mark.parametrize(
    ("fields", "option", "said"),
    [
        ({"batch_size": 0}, "--batch-size", "greater than or equal to 1"),
        ({"batch_size": 2.5}, "--batch-size", "integer"),
        ({"learning_rate": math.nan}, "--lr", "finite"),
        ({"learning_rate": math.inf}, "--lr", "finite"),
        ({"learning_rate": -0.001}, "--lr", "greater than 0"),
        ({"learning_rate": 0}, "--lr", "greater than 0"),
        ({"kernel": 4}, "--kernel", "odd"),
        ({"model": "resnet"}, "--model", "'regression', 'cnn' or 'unet'"),
        ({"task": "paint"}, "--task", "'colourize' or 'upscale'"),
        ({"order": "relu"}, "--order", "'relu-pool', 'pool-relu' or 'pool-norm-relu'"),
        ({"loss": "rotation-features"}, "--loss", "--model regression"),
        ({"loss": "ssim"}, "--loss", "'pixel', 'rotation-features' or 'vgg16-features'"),
        ({"optimizer": "lion"}, "--optimizer", "'adam', 'sgd' or 'rmsprop'"),
        ({"filters": 0}, "--filters", "greater than or equal to 1"),
        ({"depth": 17}, "--depth", "less than or equal to 16"),
        ({"seed": -1}, "--seed", "greater than or equal to 0"),
        ({"dilation": 2}, "--dilation", "not permitted"),
    ],
)
def test_bad_value_is_refused_with_its_option_and_what_was_expected(
    fields: dict[str, Any], option: str, said: str
) -> None:
    with pytest.raises(UsageError) as caught:
        make_spec(**({"model": "cnn"} | fields))
    text = str(caught.value)
    assert text.startswith(f"{option}: got {next(iter(fields.values()))!r}. ")
    assert said in text
    assert text.endswith("Correct the option and try again.")


def test_missing_model_is_refused() -> None:
    with pytest.raises(UsageError, match="--model"):
        make_spec()


def test_spec_is_frozen_and_seeds_are_all_that_with_seed_changes() -> None:
    spec = RunSpec(model="unet", batch_size=7)
    with pytest.raises(ValueError, match="frozen"):
        spec.batch_size = 8
    assert spec.with_seed(3) == RunSpec(model="unet", batch_size=7, seed=3)
