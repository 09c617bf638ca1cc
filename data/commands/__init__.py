"""Groups of commands, one module each; data/__main__.py puts them together."""
