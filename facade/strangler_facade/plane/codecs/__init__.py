"""Bytes to heads and bodies, strictly: what one peer could read differently from another is refused, not repaired.

``heads`` and ``chunks`` are plain Python. ``accelerated`` does the common shapes of a head in C where it was built
(``accelerate``), says nothing about any other, and so can refuse or repair nothing that ``heads`` would not.
"""
