"""Recordings: the station's memory, in HDF5."""
