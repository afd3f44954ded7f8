"""What only a GPU can show: real CUDA graphs, steps that never wait, workers that share a GPU, probes measured there.

The convolutions take the same kernels each time here; else two trainings round their sums in another order, and Adam
and MaxPool make much of little. All else in a step is the same each time as it is. (To have torch refuse what is not,
the environment would have to be set before CUDA begins: the matrix products of the rotation classifier ask for it.)
What compares two trainings leaves out the arrays that hold nothing but rounding, see :func:`tests.runs.stepping.apart`.
"""

from __future__ import annotations

import multiprocessing
import os
import subprocess
import sys
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor

from runs import probes
from runs.data.dataset import Dataset
from runs.environment import HOME
from runs.execution import events, local
from runs.execution.cluster import connect
from runs.execution.device import choose_device
from runs.execution.engine import Engine, Outcome
from runs.execution.worker import settle_process
from runs.probes.context import Context
from runs.specs.catalogue import Goal
from runs.specs.probe_outputs import DATA_PROBES, find_misfit
from runs.specs.spec import RunSpec
from runs.storage.store import DATA, Store
from runs.training.prepared import prepare
from runs.training.steps import CudaGraphs, quicken
from runs.training.trainer import Trainer, act_in_place, build_fresh, evaluate, load_weights
from tests.runs import tiny
from tests.runs.raylets import RAY
from tests.runs.stepping import SPECS, Here, apart, trained, trainer
from tests.runs.two_runs import REGRESSION, UNET, goals, of, open_store

DEVICE = "cuda"
#: How far two trainings may be apart, see :func:`apart`: noise of the seventh digit in all gradients gives 0.005 at
#: most, one step too many 0.5 at least in some array, and an array that was never trained 1.
ROUNDING = 0.03

pytestmark = [
    # Adam and RMSprop say so of plain steps: those before the capture, and the short one at the end of an epoch
    pytest.mark.filterwarnings("ignore:This instance was constructed with capturable=True:UserWarning"),
    pytest.mark.filterwarnings("ignore:Synchronization debug mode is a prototype feature:UserWarning"),
]
needs_cuda = pytest.mark.skipif(not torch.cuda.is_available(), reason="captures CUDA graphs: there is no such device")
each_spec = pytest.mark.parametrize("spec", SPECS, ids=lambda spec: spec.id)
each_model = pytest.mark.parametrize("model", tiny.APPLIES)


@pytest.fixture(autouse=True)
def _steady(monkeypatch: pytest.MonkeyPatch) -> None:
    """As a worker sets it, and the same kernels each time."""
    monkeypatch.setattr(torch.backends.cudnn, "allow_tf32", False)
    monkeypatch.setattr(torch.backends.cudnn, "deterministic", True)


@pytest.fixture
def data() -> Dataset:
    return tiny.dataset(12, 6)


def train(
    store: Store, data: Dataset, wanted: list[Goal], workers: int = 1, pool: Here | None = None
) -> list[events.Event]:
    """All that is told of a training on the GPU."""
    told = list[events.Event]()
    assert Engine(store, data, workers, *choose_device(DEVICE), told.append, pool).run(wanted) == Outcome({}, ())
    return told


@needs_cuda
@each_spec
def test_cuda_graph_gives_the_eager_steps_weights_moments_and_losses(spec: RunSpec) -> None:
    plain, quick = trainer(spec, DEVICE), trainer(spec, DEVICE)
    step = quicken(quick)
    assert step is not None
    (arrays, losses), (quick_arrays, quick_losses) = trained(plain), trained(quick)
    assert step.failure == ""
    assert step.replay is not None
    assert isinstance(step.graphs, CudaGraphs)
    assert quick_losses == pytest.approx(losses, rel=1e-3)
    distances = apart(arrays, quick_arrays, spec)
    assert {name: far for name, far in distances.items() if not far <= ROUNDING} == {}


@needs_cuda
@each_spec
def test_no_step_of_an_epoch_waits_for_the_gpu(spec: RunSpec) -> None:
    """Whole batches, whose step was captured in the epoch before, and the short one at the end."""
    quick = trainer(spec, DEVICE)
    step = quicken(quick)
    quick.train_epoch()
    assert step is not None
    assert step.replay is not None
    x, y, size = quick.data.train_x, quick.data.train_y, spec.batch_size
    quick.net.train()
    total = torch.zeros((), device=DEVICE)
    torch.cuda.set_sync_debug_mode("error")
    try:
        with act_in_place(quick.net):
            for start in range(0, len(x), size):
                total += quick.take_step(x[start : start + size], y[start : start + size])
        with pytest.raises(RuntimeError, match="called a synchronizing CUDA operation"):
            total.item()  # so this would have been seen
    finally:
        torch.cuda.set_sync_debug_mode("default")
    assert np.isfinite(total.item())


class Reader(Trainer):
    """Reads its loss while it is captured, which no device can do."""

    def step(self, x: Tensor, y: Tensor) -> Tensor:
        loss = super().step(x, y)
        if torch.cuda.is_current_stream_capturing():
            loss.item()
        return loss


def fall_back() -> tuple[str, bool, dict[str, float], list[float], list[float]]:
    """Why a step could not be captured, whether the thread is on the stream that it was on, how far the arrays of this
    training are from those of a plain one, and the losses of both.
    """
    settle_process()
    spec = SPECS[0]
    plain = trainer(spec, DEVICE)
    quick, stream = Reader(spec, plain.data), torch.cuda.current_stream()
    step = quicken(quick)
    assert step is not None
    (arrays, losses), (quick_arrays, quick_losses) = trained(plain), trained(quick)
    assert step.replay is None
    back = torch.cuda.current_stream() == stream
    return step.failure, back, apart(arrays, quick_arrays, spec), losses, quick_losses


@needs_cuda
def test_a_capture_that_fails_says_why_and_training_goes_on_with_plain_steps_where_it_was() -> None:
    """In a process of its own: one in which a capture has failed is not to be trusted with the next."""
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as alone:
        failure, back, distances, losses, quick_losses = alone.submit(fall_back).result(timeout=300)
    assert "captur" in failure
    assert "previous error" not in failure  # what ending the capture says, and not why it failed
    assert back
    assert quick_losses == pytest.approx(losses, rel=1e-3)
    assert {name: far for name, far in distances.items() if not far <= ROUNDING} == {}


#: Ends with 1 where a process that is forked after all that could not begin CUDA any more.
PRELOAD = """
import importlib, os, sys
import torch
from runs.execution.local import COMPILED, PRELOADED
for name in PRELOADED + COMPILED:
    importlib.import_module(name)
pid = os.fork()
if pid == 0:
    os._exit(int(torch._C._cuda_isInBadFork()))
sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
"""


@pytest.mark.skipif(not local.FORKS, reason="no server forks here")
@pytest.mark.skipif(not torch.backends.cuda.is_built(), reason="needs torch's build for CUDA, with or without a GPU")
def test_what_the_server_imports_leaves_cuda_to_the_workers_that_it_forks() -> None:
    surroundings = {name: value for name, value in os.environ.items() if name != "PYTHONWARNINGS"}
    done = subprocess.run(
        [sys.executable, "-c", PRELOAD], cwd=HOME, env=surroundings, capture_output=True, text=True, timeout=300
    )
    assert done.returncode == 0, done.stderr


@needs_cuda
def test_two_workers_on_one_gpu_give_two_whole_runs_whose_records_say_so(tmp_path: Path, data: Dataset) -> None:
    store, epochs = open_store(tmp_path, data), 2
    told = train(store, data, goals(epochs), workers=2)
    assert [type(event) for event in told[:2]] == [events.Started, events.Started]  # side by side
    assert of(told, events.FellBack) == of(told, events.Retried) == of(told, events.Crowded) == []
    assert store.runs() == sorted([UNET.id, REGRESSION.id])
    check_whole(store, epochs)


def check_whole(store: Store, epochs: int) -> None:
    """Two runs with all their epochs, whose records say that they shared this GPU and were captured."""
    for run in store.runs():
        stored = store.state(run)
        assert stored is not None
        assert [row["epoch"] for row in stored.record["rows"]] == list(range(1, epochs + 1))
        assert all(np.isfinite([row["train_loss"], row["val_loss"]]).all() for row in stored.record["rows"])
        (segment,) = stored.record["segments"]
        assert (segment["workers"], segment["uncaptured"]) == (2, "")
        where = segment["environment"]
        assert (where["device"], where["device_name"]) == choose_device(DEVICE)


@needs_cuda
@RAY
def test_two_tasks_of_ray_on_half_a_gpu_each_give_two_whole_runs_whose_records_say_so(
    tmp_path: Path, data: Dataset
) -> None:
    store, epochs = open_store(tmp_path, data), 2
    workers = 2 * torch.cuda.device_count()
    with connect(data, workers, DEVICE, None) as pool:
        assert (pool.device, pool.need) == (DEVICE, {"GPU": 0.5})
        told = list[events.Event]()
        done = Engine(store, data, 2, pool.device, "", told.append, pool).run(goals(epochs))
    assert done == Outcome({}, ())
    assert of(told, events.FellBack) == of(told, events.Retried) == of(told, events.Crowded) == []
    assert store.runs() == sorted([UNET.id, REGRESSION.id])
    check_whole(store, epochs)


@needs_cuda
@each_model
def test_every_probe_of_the_catalogue_is_measured_on_the_gpu(tmp_path: Path, data: Dataset, model: str) -> None:
    spec = RunSpec(model=model, batch_size=4, filters=4)
    store, names = Store.create(tmp_path, data), sorted(tiny.APPLIES[model])
    train(store, data, [Goal(spec, {1: tuple(names)})])
    for name in names:
        found = store.probe(spec.id, name, 1)
        assert found is not None, name
        assert found.record["environment"]["device"] == DEVICE
        assert find_misfit(name, found.arrays, found.record["notes"]) == ""
    assert all(store.probe(DATA, name, 0) for name in DATA_PROBES)

    weights, quality = store.snapshot(spec.id, 1), store.probe(spec.id, "quality", 1)
    assert weights is not None
    assert quality is not None
    net = build_fresh(spec).eval()
    load_weights(net, weights)
    for name, numbers in probes.measure("quality", Context(spec, 1, net, prepare(data, spec))).arrays.items():
        np.testing.assert_allclose(quality.arrays[name], numbers, rtol=0.02, atol=0.02, err_msg=name)


@needs_cuda
@each_model
def test_evaluation_on_the_gpu_gives_the_numbers_of_the_cpu(data: Dataset, model: str) -> None:
    spec = RunSpec(model=model, batch_size=4)
    here, there = (Trainer(spec, prepare(data, spec, device)) for device in ("cpu", DEVICE))
    here.train_epoch()
    load_weights(there.net, here.weights())
    (loss, accuracy), (its_loss, its_accuracy) = (evaluate(spec, one.net, one.data) for one in (here, there))
    assert its_loss == pytest.approx(loss, rel=1e-4)
    assert its_accuracy == pytest.approx(accuracy, abs=2e-3)  # a dozen pixels, whose colours are as likely


@needs_cuda
@pytest.mark.parametrize("spec", [UNET, REGRESSION], ids=lambda spec: spec.id)
def test_a_run_continued_on_the_gpu_has_the_rows_of_an_unbroken_one(
    tmp_path: Path, data: Dataset, spec: RunSpec
) -> None:
    """Through the store, in this process, where the kernels are the same each time."""
    stored = []
    for folder, stops in (("continued", (1, 3)), ("unbroken", (3,))):
        store = open_store(tmp_path / folder, data)
        for epochs in stops:
            told = train(store, data, [Goal(spec, {epochs: ()})], pool=Here(data, DEVICE))
            assert of(told, events.FellBack) == []
        state = store.state(spec.id)
        assert state is not None
        stored.append(state)
    one, other = stored
    for row, its in zip(one.record["rows"], other.record["rows"], strict=True):
        assert row["epoch"] == its["epoch"]
        assert row["train_loss"] == pytest.approx(its["train_loss"], rel=1e-3)
        assert row["val_loss"] == pytest.approx(its["val_loss"], rel=1e-2)
        assert row["val_accuracy"] == pytest.approx(its["val_accuracy"], abs=0.02)
    weights = [{name: array for name, array in state.arrays.items() if name != "pictures"} for state in stored]
    distances = apart(weights[0], weights[1], spec)
    assert {name: far for name, far in distances.items() if not far <= ROUNDING} == {}
