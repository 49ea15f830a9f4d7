"""On a build machine (CI set) hypothesis draws the same examples every time, without a clock; elsewhere it explores."""

import os

from hypothesis import settings

settings.register_profile("same", derandomize=True, deadline=None)
if os.environ.get("CI"):
    settings.load_profile("same")
