"""Montages: which pads sit where on which anatomy, with which share of the current."""

from rheobase.montage.fit import check_fit
from rheobase.montage.montage import Montage
from rheobase.montage.pairs import PLACES, pad_pair

__all__ = ["PLACES", "Montage", "check_fit", "pad_pair"]
