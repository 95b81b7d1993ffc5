"""Foreign files into recordings."""
