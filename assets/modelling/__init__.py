"""Builds 3D models of pump stations out of dimensions. For development only; the program reads what this wrote."""
