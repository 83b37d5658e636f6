"""Readers and splits: from bytes somewhere to pictures with labels, and which to hold out."""

from homespun.data.dataset import Dataset, stored_dataset
from homespun.data.fashion_mnist import CLASS_NAMES, cache_folder, load_fashion_mnist
from homespun.data.fetch import fetch_fashion_mnist
from homespun.data.folder.check import FolderCheck, check_folder
from homespun.data.folder.labelled import Labelled, load_labelled
from homespun.data.folder.load import FolderData, load_folder
from homespun.data.folder.manifest import Manifest, read_manifest
from homespun.data.idx import encode_idx, read_idx
from homespun.data.idx_dataset import read_idx_dataset, read_idx_images
from homespun.data.photo.photo import Photo
from homespun.data.photo.preparation import Preparation, Prepared, Step
from homespun.data.photo.prepare import prepare
from homespun.data.photo.reading import read_photo
from homespun.data.scaling import Scaling
from homespun.data.split import split, stratified_split
from homespun.data.stored_images import StoredImages, store_images

__all__ = [
    "CLASS_NAMES",
    "Dataset",
    "FolderCheck",
    "FolderData",
    "Labelled",
    "Manifest",
    "Photo",
    "Preparation",
    "Prepared",
    "Scaling",
    "Step",
    "StoredImages",
    "cache_folder",
    "check_folder",
    "encode_idx",
    "fetch_fashion_mnist",
    "load_fashion_mnist",
    "load_folder",
    "load_labelled",
    "prepare",
    "read_idx",
    "read_idx_dataset",
    "read_idx_images",
    "read_manifest",
    "read_photo",
    "split",
    "store_images",
    "stored_dataset",
    "stratified_split",
]
