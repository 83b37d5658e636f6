"""The pictures of the replay. The only modules of the package that import matplotlib."""
