"""The reference pages of the docs follow from the code: `python -m tests.reference` writes them anew.

It stands with the tests because they hold pages and code together; riders have `--help` and `legbal config`.
"""
