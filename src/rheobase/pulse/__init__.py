"""pulse."""
from rheobase.pulse.pieces import *
from rheobase.pulse.shapes import *
