"""A page and an API: drop a photo, see what the network sees, and trust the answer."""
