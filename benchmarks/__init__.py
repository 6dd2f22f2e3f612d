"""Measurements of speed, memory and accuracy; none of it is part of the package."""
