"""Writes the client: modules with the signatures of those that moved, over a run-time library of its own.

The client runs in the monolith's environment: standard library only, Python 3.8 and later.
"""

from strangler_scaffolds.clients.contract import contract_of
from strangler_scaffolds.clients.package import Client, client_of

__all__ = ["Client", "client_of", "contract_of"]
