"""A user's own photos: read safely, whatever the file, and prepared as the training pictures were.

The modules are imported by `homespun.data`; Pillow and SciPy only when a photo is read or prepared.
"""
