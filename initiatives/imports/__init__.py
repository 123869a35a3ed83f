"""Bringing in the spreadsheet that somebody has: reading it (`files`, `tables`), its dates and its numbers."""
