"""The colours of the window: ``dark`` for a control room, ``light`` for a bright one; each holds the same names."""
