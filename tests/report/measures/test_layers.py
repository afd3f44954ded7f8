"""What is read off the layers of a built network: whether a size is tied to it, and what a side must divide into."""

from __future__ import annotations

import torch
from torch import nn

from models import build_network
from report.measures.layers import count_layers, count_tied, find_step
from runs.probes.layers import time_layers


def test_networks_of_the_write_up_are_tied_to_no_size_and_halve_a_picture_twice() -> None:
    for model in ("regression", "cnn", "unet"):
        layers = time_layers(build_network(model, in_channels=1, outputs=24, seed=0), torch.rand(1, 1, 32, 32))
        assert count_tied(layers) == 0
        assert find_step(layers) == 4
        assert count_layers(layers) == len(layers) > 15


def test_layer_that_takes_one_size_alone_is_counted() -> None:
    net = nn.Sequential(nn.Conv2d(1, 2, 3, padding=1), nn.Flatten(2), nn.Linear(64, 4))
    layers = time_layers(net, torch.rand(1, 1, 8, 8))
    assert count_tied(layers) == 2
