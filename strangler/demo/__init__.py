"""The demonstration: the whole story on the sample monolith, with real processes and real traffic.

It only calls what users call, in their order; nothing it needs may be known to a capability.
"""

from strangler.demo.facts import Facts
from strangler.demo.story import tell

__all__ = ["Facts", "tell"]
