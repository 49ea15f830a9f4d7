"""nerve."""
