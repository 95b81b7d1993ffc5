"""A property is no slower for being tried on a busy machine: hypothesis sets no deadline here."""

from __future__ import annotations

from hypothesis import settings

settings.register_profile("unhurried", deadline=None)
settings.load_profile("unhurried")
