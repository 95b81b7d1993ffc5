"""Plain Python: what is to be shown, worked out without Qt."""
