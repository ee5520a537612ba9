"""FIT files of head units, read as rides and written from rides.

Garmin's SDK does the coding (`docs/decisions/fit.md`). `moments` holds FIT's way of telling time, `unfinished` and
`devices` help to read.
"""
