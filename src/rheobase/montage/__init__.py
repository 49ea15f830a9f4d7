"""Montages: which pads sit where on which anatomy, with which share of the current."""

from rheobase.montage.fit import check_fit
from rheobase.montage.implanted import Drive, Implanted, check_shares, index_of
from rheobase.montage.montage import Montage
from rheobase.montage.pairs import PLACES, pad_pair
from rheobase.montage.usual import pads_at, usual_montage

__all__ = [
    "PLACES", "Drive", "Implanted", "Montage", "check_fit", "check_shares", "index_of", "pad_pair", "pads_at",
    "usual_montage",
]  # fmt: skip
