"""`python -m nodeportkit`: the command line."""

from nodeportkit.cli import main

if __name__ == "__main__":
    main()
