"""Dumps of any size: sources in chunks through a pool of processes, in order, to outputs that can be gone on with."""
