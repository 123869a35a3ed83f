"""Reminders that are polite and stop: `ladder` knows the rules, `sending` keeps them and never sends twice, `letters`
finds the words, `preferences` and `calendar` are how people have it their own way.
"""
