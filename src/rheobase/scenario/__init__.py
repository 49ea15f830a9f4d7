"""A scenario run as a whole: from the pulse to what is felt, judged and told."""

from rheobase.scenario.build import Chain, build_chain
from rheobase.scenario.run import run, run_scenario
from rheobase.scenario.view import view_scene

__all__ = ["Chain", "build_chain", "run", "run_scenario", "view_scene"]
