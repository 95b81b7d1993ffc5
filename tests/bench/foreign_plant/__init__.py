"""A supply circuit that EPANET solves, with motors, transmitters and faults of its own.

It keeps the detectors honest: nothing of ``twin`` is used, the pumps are built off their curves, the transmitters are
off by their class, and what is written is a CSV file of the tags that such a station would send.
"""
