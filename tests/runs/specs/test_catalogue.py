"""The runs of the write-up, exactly; each trained once however many questions ask for it."""

from __future__ import annotations

import itertools
from pathlib import Path

import pytest

from runs.errors import UsageError
from runs.specs.catalogue import (
    CNN,
    NEEDS,
    PERCEPTUAL_ROTATION,
    PERCEPTUAL_VGG,
    PRESETS,
    REGRESSION,
    SECTIONS,
    SWEEP,
    UNET,
    UNET_UPSCALE,
    is_tuned,
    list_goals,
)
from runs.specs.presets import Preset, choose_sections
from runs.specs.probe_outputs import RUN_PROBES
from runs.specs.spec import RunSpec

#: The write-up's runs: id of seed 0 -> (epochs whose weights are wanted, questions that cannot do without it).
RUNS = {
    "regression-b100-lr0.001-s0": ((15, 25, 50), ("1.1", "1.2")),
    "cnn-b100-lr0.001-s0": ((25,), ("1.1", "1.2", "1.3", "1.5", "1.6")),
    "unet-b10-lr0.001-s0": ((25,), ("1.3",)),
    "unet-b20-lr0.001-s0": ((25,), ("1.3",)),
    "unet-b50-lr0.001-s0": ((25,), ("1.3",)),
    "unet-b100-lr0.001-s0": ((25,), ("1.3", "1.5", "1.6")),
    "unet-b200-lr0.001-s0": ((25,), ("1.3",)),
    "cnn-upscale-b100-lr0.001-s0": ((25,), ("1.4",)),
    "unet-upscale-b100-lr0.001-s0": ((25,), ("1.4", "1.5")),
    "cnn-b100-lr0.01-s0": ((25,), ("1.6",)),
    "cnn-b100-lr0.001-pool-relu-s0": ((25,), ("1.6",)),
}
#: Runs beyond the write-up: id of seed 0 -> epochs whose weights are wanted, and the questions that ask for them.
BEYOND = {
    "cnn-b100-lr0.001-kmeans-s0": ((25,), ("1.2",)),
    "cnn-b100-lr0.001-pool-norm-relu-s0": ((25,), ("1.2", "1.3")),
    "unet-b100-lr0.001-pool-norm-relu-s0": ((25,), ("1.3",)),
    "cnn-b100-lr0.001-rmsprop-s0": ((15,), ("1.6",)),
    "cnn-b100-lr0.001-f16-s0": ((15,), ("1.6",)),
    "cnn-b100-lr0.001-d2-s0": ((15,), ("1.6",)),
    "cnn-b100-lr0.001-tanh-s0": ((15,), ("1.6",)),
    "regression-b100-lr0.001-rotation-features-s0": ((25,), ("1.6",)),
}
WRITTEN = PRESETS["write-up"]


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({}, False),
        ({"seed": 3}, False),
        ({"filters": 8, "seed": 3}, True),
        ({"kernel": 5}, True),
        ({"filters": 8, "kernel": 5}, False),
        ({"batch_size": 7}, False),
        ({"filters": 8, "batch_size": 7}, False),
        ({"model": "unet"}, False),
    ],
    ids=str,
)
def test_run_of_ones_own_is_told_of_when_it_changes_one_setting_alone(changed: dict[str, object], told: bool) -> None:
    assert is_tuned(CNN.model_copy(update=changed)) is told


def test_runs_are_those_of_the_write_up_with_its_snapshots() -> None:
    wanted = list_goals(WRITTEN)
    asked = {goal.spec.id: tuple(goal.probes) for goal in wanted}
    assert asked == {run: epochs for run, (epochs, _) in (RUNS | BEYOND).items()}
    assert sum(goal.epochs for goal in wanted if goal.spec.id in RUNS) == 50 + 10 * 25


@pytest.mark.parametrize("section", SECTIONS)
def test_section_asks_for_its_runs_of_the_write_up_and_for_its_own_beyond(section: str) -> None:
    asked = {goal.spec.id for goal in list_goals(WRITTEN, [section])}
    assert {run for run, (_, questions) in RUNS.items() if section in questions} <= asked
    assert asked - RUNS.keys() == {run for run, (_, questions) in BEYOND.items() if section in questions}


def test_no_run_takes_k_means_beside_data_whose_palette_is_that_already() -> None:
    every, wanted = list_goals(WRITTEN, palette="assignment"), list_goals(WRITTEN, palette="kmeans")
    assert {goal.spec.id for goal in every} - {goal.spec.id for goal in wanted} == {"cnn-b100-lr0.001-kmeans-s0"}


def test_the_sweep_changes_one_setting_of_the_cnn_at_a_time() -> None:
    for field, spec in SWEEP.items():
        changed = {name for name in RunSpec.model_fields if getattr(spec, name) != getattr(CNN, name)}
        assert changed == {field}


def test_the_loss_network_is_vgg_16_where_its_weights_are(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TORCH_HOME", str(tmp_path))
    assert PERCEPTUAL_ROTATION in [goal.spec for goal in list_goals(WRITTEN, ["1.6"])]
    weights = tmp_path / "hub" / "checkpoints" / "vgg16-397923af.pth"
    weights.parent.mkdir(parents=True)
    weights.touch()
    asked = [goal.spec for goal in list_goals(WRITTEN, ["1.6"])]
    assert PERCEPTUAL_VGG in asked
    assert PERCEPTUAL_ROTATION not in asked


@pytest.mark.parametrize("asked", [(), ("1.1", "1.2"), ("1.3", "1.3", "1.5")])
def test_each_run_comes_once_with_all_the_probes_of_all_who_ask(asked: tuple[str, ...]) -> None:
    wanted = list_goals(WRITTEN, asked)
    assert len({goal.spec for goal in wanted}) == len(wanted)
    needs = list(itertools.chain.from_iterable(NEEDS[name] for name in choose_sections(asked)))
    for goal in wanted:
        for epoch, probes in goal.probes.items():
            expected = [probe for n in needs if n.spec == goal.spec and n.epoch == epoch for probe in n.probes]
            assert sorted(probes) == sorted(set(expected))


def test_seeds_are_rounds_over_all_runs_from_seed_0() -> None:
    wanted, every = list_goals(WRITTEN, seeds=3), {*RUNS, *BEYOND}
    assert [goal.spec.seed for goal in wanted] == [0] * len(every) + [1] * len(every) + [2] * len(every)
    assert {goal.spec.with_seed(0).id for goal in wanted[-len(every) :]} == every


@pytest.mark.parametrize(
    ("preset", "epochs", "seeds", "images"),
    [("write-up", [15, 25, 50], 1, None), ("thorough", [15, 25, 50], 5, None), ("quick", [3, 5, 10], 1, (1000, 200))],
)
def test_preset_stands_for_the_epochs_of_the_write_up(
    preset: str, epochs: list[int], seeds: int, images: tuple[int, int] | None
) -> None:
    chosen = PRESETS[preset]
    assert [chosen.epoch(written) for written in (15, 25, 50)] == epochs
    assert chosen.images == images
    assert chosen.shortened == (preset == "quick")
    regression = [goal for goal in list_goals(chosen) if goal.spec.with_seed(0) == REGRESSION]
    assert [list(goal.probes) for goal in regression] == [epochs] * seeds
    # the picture numbered 0 is that of epoch 1
    assert chosen.picture(0) == 1
    assert chosen.picture(5) <= chosen.picture(15) <= chosen.epoch(25)
    if chosen.divisor == 1:
        assert [chosen.picture(number) for number in (0, 5, 15)] == [1, 6, 16]


def test_preset_is_shortened_by_fewer_epochs_or_by_fewer_pictures() -> None:
    assert Preset("fewer epochs", divisor=2).shortened
    assert Preset("fewer pictures", images=(9, 9)).shortened
    assert not Preset("more seeds", seeds=2).shortened


def test_short_epochs_never_fall_to_none() -> None:
    assert PRESETS["quick"].epoch(1) == 1


def test_unknown_section_is_refused_with_those_there_are() -> None:
    with pytest.raises(UsageError, match=r"1\.1, 1\.2, 1\.3, 1\.4, 1\.5, 1\.6.*'2\.1'"):
        choose_sections(["1.1", "2.1"])
    with pytest.raises(UsageError):
        list_goals(WRITTEN, ["1"])


def test_sections_come_in_their_order_and_none_named_means_all() -> None:
    assert choose_sections(["1.6", "1.1", "1.6"]) == ("1.1", "1.6")
    assert choose_sections([]) == SECTIONS == tuple(NEEDS)


def test_every_probe_that_is_named_exists_and_every_one_that_exists_is_wanted() -> None:
    named = {probe for need in itertools.chain.from_iterable(NEEDS.values()) for probe in need.probes}
    assert named == RUN_PROBES.keys()


def test_baselines_are_those_of_the_protocol() -> None:
    for spec in (REGRESSION, CNN, UNET, UNET_UPSCALE):
        assert spec.model_dump(exclude={"model", "task"}) == RunSpec(model="cnn").model_dump(exclude={"model", "task"})
    assert CNN.batch_size == 100
    assert CNN.learning_rate == 0.001
    assert (CNN.filters, CNN.kernel, CNN.palette, CNN.order, CNN.optimizer) == (32, 3, "data", "relu-pool", "adam")
