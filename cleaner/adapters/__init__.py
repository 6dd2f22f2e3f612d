"""Engines for more than one machine; each module needs the extra of its name."""
