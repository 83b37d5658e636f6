"""A user's own pictures in a folder: found, read once, parted without twins on both sides."""
