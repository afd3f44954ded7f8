"""The write-up's networks: plain settings in, ``nn.Module`` out. They know nothing of runs."""

from models.layers import MyConv2d
from models.networks import ACTIVATIONS, BLOCKS, CNN, NETWORKS, RegressionCNN, UNet, build_network

__all__ = ["ACTIVATIONS", "BLOCKS", "CNN", "NETWORKS", "MyConv2d", "RegressionCNN", "UNet", "build_network"]
