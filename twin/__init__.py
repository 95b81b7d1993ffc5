"""The station, headless: everything Pumphouse knows about a pump station, without a window."""

__version__ = "0.1.0"
