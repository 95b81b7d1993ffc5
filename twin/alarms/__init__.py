"""Alarms: limits and digital events that want somebody's eye, in the life ISA-18.2 gives them."""
