"""Readers and splits: from bytes somewhere to pictures with labels, and which to hold out."""

from homespun.data.dataset import Dataset, stored_dataset
from homespun.data.fashion_mnist import CLASS_NAMES, cache_folder, load_fashion_mnist
from homespun.data.fetch import fetch_fashion_mnist
from homespun.data.idx import encode_idx, read_idx
from homespun.data.idx_dataset import read_idx_dataset, read_idx_images
from homespun.data.scaling import Scaling
from homespun.data.split import split, stratified_split
from homespun.data.stored_images import StoredImages, store_images

__all__ = [
    "CLASS_NAMES",
    "Dataset",
    "Scaling",
    "StoredImages",
    "cache_folder",
    "encode_idx",
    "fetch_fashion_mnist",
    "load_fashion_mnist",
    "read_idx",
    "read_idx_dataset",
    "read_idx_images",
    "split",
    "store_images",
    "stored_dataset",
    "stratified_split",
]
