"""The command line: each module parses, makes one call and prints."""
