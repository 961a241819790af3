"""`python -m sportello` is the `sportello` command."""

from sportello.cli import main

main()
