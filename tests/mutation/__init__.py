"""Would the tests notice? Branches that no test takes, and small faults put into the rooms that decode and fold.

``python -m tests.mutation`` (needs ``pip install -e '.[test,mutation]'``) works on ``gatt``, ``meters`` and ``ride``.
cosmic-ray says where and how code can be changed; each mutant is tried in a process of its own, forked from one in
which the libraries are loaded already, and no file is changed. Only tests run that reach the changed line, the quickest
first, up to the first failure. ``survivors.md`` has what was measured, and what is still to be explained.
"""
