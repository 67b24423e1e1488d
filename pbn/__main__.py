"""``python -m pbn``."""

from pbn.cli import main

if __name__ == "__main__":
    main()
