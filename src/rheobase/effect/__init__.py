"""effect."""
