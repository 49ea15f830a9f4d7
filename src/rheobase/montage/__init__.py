"""Montages: which pads sit where on which anatomy, with which share of the current."""

from rheobase.montage.fit import check_fit
from rheobase.montage.montage import Montage
from rheobase.montage.pairs import PLACES, pad_pair
from rheobase.montage.usual import pads_at, usual_montage

__all__ = ["PLACES", "Montage", "check_fit", "pad_pair", "pads_at", "usual_montage"]
