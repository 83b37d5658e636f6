"""The mathematics: layers that go forward and back, losses, initializers and penalties."""

from homespun.nn.activations import GELU, ReLU, Sigmoid, Tanh
from homespun.nn.batch_norm import BatchNorm
from homespun.nn.chain import Chain, forward_only
from homespun.nn.conv import Conv2D
from homespun.nn.dense import Dense
from homespun.nn.dropout import Dropout
from homespun.nn.flatten import Flatten
from homespun.nn.initializers import glorot_uniform, he_normal, lecun_normal, uniform
from homespun.nn.layer import Backward, Layer
from homespun.nn.losses import BinaryCrossEntropy, Loss, SoftmaxCrossEntropy, SquaredError
from homespun.nn.parameters import Parameters, named_arrays
from homespun.nn.penalties import l1_penalty, l2_penalty
from homespun.nn.pooled_conv import PooledConv2D
from homespun.nn.pools import AvgPool2D, GlobalAvgPool, GlobalMaxPool, MaxPool2D
from homespun.nn.residual import Residual
from homespun.nn.shapes import shapes_of

__all__ = [
    "GELU",
    "AvgPool2D",
    "Backward",
    "BatchNorm",
    "BinaryCrossEntropy",
    "Chain",
    "Conv2D",
    "Dense",
    "Dropout",
    "Flatten",
    "GlobalAvgPool",
    "GlobalMaxPool",
    "Layer",
    "Loss",
    "MaxPool2D",
    "Parameters",
    "PooledConv2D",
    "ReLU",
    "Residual",
    "Sigmoid",
    "SoftmaxCrossEntropy",
    "SquaredError",
    "Tanh",
    "forward_only",
    "glorot_uniform",
    "he_normal",
    "l1_penalty",
    "l2_penalty",
    "lecun_normal",
    "named_arrays",
    "shapes_of",
    "uniform",
]
