"""Plug-in kinds (stand-in until the safety branch lands)."""
from importlib import import_module
def get(kind, name):
    return import_module(f"rheobase.nerve.models.{name.replace('mrg_discrete','mrg')}").MODEL
