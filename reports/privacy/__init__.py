"""What is held about people: declared once, shown to everyone, told to each person of themselves, and kept no longer
than its time.

`declaration` says what and why; the page `/privacy/`, docs/privacy.md (`document`) and each person's own page (`told`)
are made from it. `retention` has the days, and `forgetting` takes a leaver's name away.
"""
