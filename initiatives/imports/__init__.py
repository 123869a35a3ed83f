"""Bringing in the spreadsheet that people have: read, match, look, then apply or undo."""
