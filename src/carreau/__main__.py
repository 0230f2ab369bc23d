"""`python -m carreau` is the command `carreau`."""

from carreau.cli import main

main()
