"""Who a user is, for a service that never sees the monolith's secret.

The facade verifies the monolith's own session (Flask's, Django's signed or stored ones, or a JSON web token), takes the
claims the plan names out of it, and signs them anew with a key that only it and that one service know. Pure but for
``stored``, which looks sessions up in the monolith's database.
"""

from strangler_facade.sessions.bridge import HEADER, Bridge, Claims, bridge, nobody, obstacle
from strangler_facade.sessions.keys import identity_key, service_key

__all__ = ["HEADER", "Bridge", "Claims", "bridge", "identity_key", "nobody", "obstacle", "service_key"]
