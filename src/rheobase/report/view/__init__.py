"""A body part cut open, with pads, layers, nerves and isopotentials: to be turned on a page, and as a still."""
