"""The body: geometry, tissues, nerve paths and skin sites.

Coordinates are in mm. The z axis runs along the limb and grows towards the trunk of the body; theta = 0 points along x.
"""

from rheobase.anatomy.base import Layer, LayeredLimb, NervePath

__all__ = ["Layer", "LayeredLimb", "NervePath"]
