"""Recordings into files that other programs read."""
