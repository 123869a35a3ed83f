"""What leaves the portal and is read elsewhere: letters in plain text, and tables with one row of headings."""

import csv
import io
import re


def wrong_with_letter(letter):
    """A22, of a letter (a Django EmailMessage): plain text that says all, no picture without words."""
    findings = []
    if not letter.subject.strip():
        findings.append("the letter has no subject")
    if not letter.body.strip() or re.search(r"<(p|br|div|table|a)\b", letter.body):
        findings.append("the letter has no plain text")
    for part in getattr(letter, "alternatives", None) or []:
        markup = part[0]
        if not re.search(r"<html[^>]*\blang=", markup):
            findings.append("the letter's HTML does not say its language")
        if re.search(r"<img(?![^>]*\balt=)", markup):
            findings.append("the letter has a picture without words")
        for address in re.findall(r'href="([^"#]+)"', markup):
            if address.replace("&amp;", "&") not in letter.body:
                findings.append(f"the plain text does not say where it leads: {address}")
    return findings


def wrong_with_table(name, text):
    """A22, of a CSV file: one row of headings that differ, every row as long: nothing merged or above."""
    headings, *rows = list(csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline=""))) or [[]]
    findings = []
    if not headings or not all(heading.strip() for heading in headings):
        findings.append(f"{name}: a column has no heading")
    if len(set(headings)) != len(headings):
        findings.append(f"{name}: two columns have the same heading")
    if any(len(row) != len(headings) for row in rows):
        findings.append(f"{name}: a row has not as many cells as there are headings")
    if any(row == headings for row in rows):
        findings.append(f"{name}: the headings come twice")
    return findings


def unreadable_elsewhere(letters=(), tables=()):
    """A22: letters and tables (name, text) that are read without the portal."""
    return [
        *(finding for letter in letters for finding in wrong_with_letter(letter)),
        *(finding for name, text in tables for finding in wrong_with_table(name, text)),
    ]
