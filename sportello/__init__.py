"""The queue of one centre, without a face."""

__version__ = "0.1.0"
