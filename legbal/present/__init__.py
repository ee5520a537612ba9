"""How values are said: numbers, sentences and tables, and three printers: plain text, styled cells, HTML.

Pure: values in, text out. Every surface (terminal, screen, report, speech, broker) says a value through this room,
so that two of them cannot disagree.
"""
