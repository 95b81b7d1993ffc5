"""Sources: where frames come from, each behind the same small protocol."""
