"""The window: what people sit before."""
