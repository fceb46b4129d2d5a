"""The HTTP API: what may be asked, of whom, and how it is answered. Every decision is made elsewhere."""
