"""The plant run forwards: seeded, with faults on request, its whole state saved and restored exactly."""
