"""The write-up's networks, built as ``nn.Module`` from plain settings. They know nothing of runs."""

from models.layers import MyConv2d
from models.networks import ACTIVATIONS, BLOCKS, CNN, NETWORKS, RegressionCNN, UNet, build_network

__all__ = ["ACTIVATIONS", "BLOCKS", "CNN", "NETWORKS", "MyConv2d", "RegressionCNN", "UNet", "build_network"]
