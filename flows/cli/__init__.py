"""The command line: a file a group of commands. Each parses, calls one function and prints."""
