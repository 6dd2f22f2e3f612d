"""Web pages: parsed once, pruned by rules, read by profiles and signals."""
