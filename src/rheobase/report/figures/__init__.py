"""The figures of the report, one file each, in the order in which they are shown."""

from rheobase.report.figures._picture import Picture
from rheobase.report.figures.arm import ARM
from rheobase.report.figures.comfort import COMFORT
from rheobase.report.figures.contraction import CONTRACTION
from rheobase.report.figures.intensity import INTENSITY
from rheobase.report.figures.nerve import NERVE
from rheobase.report.figures.overview import OVERVIEW, lowest_limit
from rheobase.report.figures.pad import PAD
from rheobase.report.figures.pulse import PULSE
from rheobase.report.figures.recruitment import RECRUITMENT
from rheobase.report.figures.routes import ROUTES
from rheobase.report.figures.section import SECTION
from rheobase.report.figures.strength import STRENGTH
from rheobase.report.figures.strides import STRIDES
from rheobase.report.figures.swing import SWING
from rheobase.report.figures.torque import TORQUE
from rheobase.report.figures.training import TRAINING
from rheobase.report.figures.view import VIEW
from rheobase.report.figures.walk import WALK
from rheobase.report.figures.ways import WAYS

MUSCLE = (TORQUE, CONTRACTION, COMFORT, TRAINING)
WALKING = (WALK, SWING, WAYS, STRIDES, ROUTES)
PICTURES = (OVERVIEW, *MUSCLE, *WALKING, VIEW, ARM, PULSE, SECTION, NERVE, RECRUITMENT, INTENSITY, STRENGTH, PAD)
LEADS = (OVERVIEW, WALK)
"""The picture on top of a page is the first of these that has data."""

__all__ = ["LEADS", "OVERVIEW", "PICTURES", "Picture", "lowest_limit"]
