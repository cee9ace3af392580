"""A package with a name of its own, so that its files can name each other."""
