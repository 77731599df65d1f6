"""One module a command: its name is the command's, and `command` runs it. There is no list to edit."""
