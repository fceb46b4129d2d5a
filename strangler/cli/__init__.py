"""The command line: it wires, prints and catches. One module per command; nothing else may print.

No decision about code, traffic or manifests belongs here.
"""

from strangler.cli.main import main

__all__ = ["main"]
