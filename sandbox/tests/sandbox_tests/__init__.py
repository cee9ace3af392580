"""A package with a name of its own: the folder above them all is called like the code that they test."""
