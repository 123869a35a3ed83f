"""Signing in with Microsoft Entra ID: who the organisation's directory says that somebody is, and what they may do.

`configuration` reads the settings, `tokens` believes a token or refuses it, `people` turns its claims into a person;
`accounts.provider` and `accounts.views.entra` walk the way there and back with allauth.
"""
