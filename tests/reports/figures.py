"""Reading the figures off a page: what each element that names a row of a data set says of that row."""

import re
from html.parser import HTMLParser

VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "wbr"}
GAP = re.compile(r"(\d+)% done\s*, (\d+)% planned: (.*)")


class Page(HTMLParser):
    """The figures of a page by row, in the order in which they stand, and the words of its main part.

    Forms, which are there today alone, are left out of the words.
    """

    def __init__(self, html):
        super().__init__()
        self.open, self.said, self.figures, self.catching = [], [], [], []
        self.feed(html)

    @property
    def words(self):
        return re.sub(r"\s+", " ", " ".join(self.said)).strip()

    def handle_starttag(self, tag, attrs):
        if tag in VOID:
            return
        attrs = dict(attrs)
        classes = (attrs.get("class") or "").split()
        self.open.append((tag, attrs.get("data-row"), classes))
        row = next((row for _, row, _ in reversed(self.open) if row is not None), None)
        if row and "progress__words" in classes:
            self.catching.append((len(self.open), row, "progress", []))
        elif row and "distribution__counts" in classes:
            self.figures.append((row, "counts", {}))
        elif row and "status" in classes:
            words = [name.removeprefix("status--") for name in classes if name.startswith("status--")]
            kind = next((word for word in words if word in ("reading", "milestone", "said")), "status")
            self.figures.append((row, kind, next(word for word in words if word not in (kind, "large"))))

    def handle_startendtag(self, tag, attrs):
        """An element of a picture that holds nothing."""

    def handle_endtag(self, tag):
        if tag in VOID or not self.open:
            return
        if self.catching and self.catching[-1][0] == len(self.open):
            _, row, kind, words = self.catching.pop()
            self.figures.append((row, kind, re.sub(r"\s+", " ", "".join(words)).strip()))
        self.open.pop()

    def handle_data(self, words):
        tags = [tag for tag, _, _ in self.open]
        if self.catching:
            self.catching[-1][3].append(words)
        counts = any("distribution__counts" in classes for _, _, classes in self.open)
        if counts and words.strip() and self.figures and self.figures[-1][1] == "counts":
            found = self.figures[-1][2]
            if words.strip().isdigit():
                found[None] = int(words.strip())
            elif None in found:
                found[words.strip().lower().replace(" ", "_")] = found.pop(None)
        if "main" in tags and not {"form", "script", "style", "svg"} & set(tags):
            self.said.append(words)
