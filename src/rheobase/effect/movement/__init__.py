"""Limbs that stimulated muscles move, in MuJoCo."""
