"""The command line and the small core that the capabilities share."""

__version__ = "0.1.0"
