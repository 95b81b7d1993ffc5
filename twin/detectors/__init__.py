"""Detectors: from what is measured and what was expected to a named fault."""
