"""`python -m legbal` is `legbal`."""

from legbal.cli import main

if __name__ == "__main__":
    main()
