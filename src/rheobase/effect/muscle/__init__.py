"""Muscle under stimulation: pulses in, force out."""
