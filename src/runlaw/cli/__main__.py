"""``python -m runlaw.cli`` is the command ``runlaw``."""

from runlaw.cli.entry import main

if __name__ == "__main__":
    main()
