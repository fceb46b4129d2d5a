"""Reference pages that are made from the code they describe (``docs/generate.py`` writes them).

The prose is in ``pages``; what can be asked of the code is filled in at its marks (``@@name@@``).
"""
