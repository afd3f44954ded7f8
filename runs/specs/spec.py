"""RunSpec: everything that changes the numbers of one training run, validated once, and its id."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, ValidationInfo, field_validator

from runs.environment import RECIPE as RECIPE
from runs.errors import UsageError

Model = Literal["regression", "cnn", "unet"]
Task = Literal["colourize", "upscale"]
Order = Literal["relu-pool", "pool-relu", "pool-norm-relu"]
OwnPalette = Literal["data", "kmeans"]
Optimizer = Literal["adam", "sgd", "rmsprop"]
Activation = Literal["relu", "leaky-relu", "tanh"]
Loss = Literal["pixel", "rotation-features", "vgg16-features"]


class RunSpec(BaseModel):
    """One training trajectory. The number of epochs is no part of it: a run can always be continued.

    ``depth`` is the number of convolutions in the middle block (rfconv). ``palette`` says whose colours the classes
    are: those of the data, or as many that k-means finds in the same pictures. ``loss`` adds to the pixel loss of a
    regression the distance between the maps of a loss network.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    model: Model
    task: Task = "colourize"
    batch_size: Annotated[int, Field(ge=1)] = 100
    learning_rate: Annotated[float, Field(gt=0, le=10, allow_inf_nan=False)] = 0.001
    order: Order = "relu-pool"
    filters: Annotated[int, Field(ge=1, le=1024)] = 32
    kernel: Annotated[int, Field(ge=1, le=15)] = 3
    depth: Annotated[int, Field(ge=1, le=16)] = 1
    optimizer: Optimizer = "adam"
    activation: Activation = "relu"
    loss: Loss = "pixel"
    palette: OwnPalette = "data"
    seed: Annotated[int, Field(ge=0, le=2**31 - 1)] = 0

    @field_validator("kernel")
    @classmethod
    def _odd(cls, kernel: int) -> int:
        if kernel % 2 == 0:
            raise ValueError("expected an odd number, so that the padding keeps the size of the picture")
        return kernel

    @field_validator("loss")
    @classmethod
    def _of_pictures(cls, loss: str, info: ValidationInfo) -> str:
        if loss != "pixel" and (info.data.get("model"), info.data.get("task")) != ("regression", "colourize"):
            raise ValueError("expected pixel: a loss on features is for the colours of --model regression")
        return loss

    @property
    def id(self) -> str:
        """The run's name: model, task where it is not colourization, batch and rate always, then every
        field that differs from the baseline, the seed last. One-to-one with the spec.
        """
        parts: list[str] = [self.model]
        if self.task != "colourize":
            parts.append(self.task)
        parts += [f"b{self.batch_size}", f"lr{show_exactly(self.learning_rate)}"]
        for field, label in _LABELS.items():
            value = getattr(self, field)
            if value != _DEFAULTS[field]:
                parts.append(f"{label}{value}")
        return "-".join([*parts, f"s{self.seed}"])

    def with_seed(self, seed: int) -> RunSpec:
        """The same run from another seed."""
        return self.model_copy(update={"seed": seed})


_LABELS = {
    "order": "",
    "filters": "f",
    "kernel": "k",
    "depth": "d",
    "optimizer": "",
    "activation": "",
    "loss": "",
    "palette": "",
}


_DEFAULTS = {field: RunSpec.model_fields[field].default for field in _LABELS}

#: Options whose name is not the field's.
_OPTIONS = {"learning_rate": "lr"}


def read_spec(record: Mapping[str, Any]) -> RunSpec:
    """A RunSpec from a stored record. The first recipe also wrote the number of colours there, which was always 24.

    Raises:
        ValidationError: it is none.
    """
    return RunSpec(**{name: value for name, value in record.items() if (name, value) != ("colours", 24)})


def show_exactly(value: float) -> str:
    """A float as the shortest digits that stand for it alone; with an exponent only below 1e-9."""
    digits = f"{Decimal(repr(value)):f}" if value >= 1e-9 else repr(value)
    return digits.removesuffix(".0")


def make_spec(**fields: Any) -> RunSpec:
    """A RunSpec from outside values.

    Raises:
        UsageError: a field is out of its range; the text names the field, what came and what was expected.
    """
    try:
        return RunSpec(**fields)
    except ValidationError as error:
        first = error.errors()[0]
        name = "--" + _OPTIONS.get(field := str(first["loc"][0]), field.replace("_", "-"))
        reason = first["msg"].removeprefix("Value error, ")
        text = f"{name}: got {first.get('input')!r}. {reason[0].upper()}{reason[1:]}. Correct the option and try again."
        raise UsageError(text) from None
