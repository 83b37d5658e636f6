"""`python -m homespun` is the command line."""

from homespun.cli import main

main()
