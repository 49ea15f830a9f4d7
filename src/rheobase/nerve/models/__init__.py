"""Fibre models, one file each."""
