"""The record: who changed what, when, from what to what and by which way, for everything that people can change.

The database itself writes it (`triggers`), so that no way of writing gets past. `deeds` tells it who is at work;
`seals` chains what was written, so that tampering shows; `replaying` makes today's tables of it. What is in it, each
app says (`declared`).
"""
