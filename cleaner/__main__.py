"""``python -m cleaner``: the command ``clean``, where its script is not on the path."""

from cleaner.cli.entry import main

main()
