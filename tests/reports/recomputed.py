"""The arithmetic once more, from the exported files alone: CSV, dates and fractions, and nothing of ours.

Where the portal and this disagree, one of them is wrong. Keep it so: import nothing from the product here.
"""

from calendar import monthrange
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

STATUSES = [
    "proposed", "green", "amber", "red", "no-current-update", "never-updated", "paused", "complete", "stopped",
]  # fmt: skip
SILENT = ("no-current-update", "never-updated")

# England's bank holidays on weekdays, as gov.uk lists them: year, then month and day.
BANK_HOLIDAYS = {
    2024: ["01-01", "03-29", "04-01", "05-06", "05-27", "08-26", "12-25", "12-26"],
    2025: ["01-01", "04-18", "04-21", "05-05", "05-26", "08-25", "12-25", "12-26"],
    2026: ["01-01", "04-03", "04-06", "05-04", "05-25", "08-31", "12-25", "12-28"],
}


def works(day):
    return day.isoweekday() <= 5 and f"{day:%m-%d}" not in BANK_HOLIDAYS[day.year]


def period_end(day, cadence):
    """Return the last day of the month or financial quarter that holds the day."""
    month = day.month if cadence == "monthly" else {1: 3, 2: 6, 3: 9, 4: 12}[(day.month + 2) // 3]
    return date(day.year, month, monthrange(day.year, month)[1])


def due_on(last_said_on, began_on, cadence):
    """Return the last working day of the period after the last update, or of the one in which work began."""
    if last_said_on:
        end = period_end(period_end(last_said_on, cadence) + timedelta(days=1), cadence)
    else:
        end = period_end(began_on, cadence)
    while not works(end):
        end -= timedelta(days=1)
    return end


def overdue_from(due):
    """Return the calendar day after the fifth working day after the due date."""
    fifth = [day for day in (due + timedelta(days=n) for n in range(1, 30)) if works(day)][4]
    return fifth + timedelta(days=1)


def rounded(share):
    """Return a share as the text of a whole percentage, half away from zero; empty for none."""
    return "" if share is None else nearest(share * 100)


def nearest(number):
    """Return a number as the text of a whole one, half away from zero; empty for none."""
    if number is None:
        return ""
    exact = Decimal(number.numerator) / Decimal(number.denominator)
    return str(int(exact.quantize(Decimal(1), rounding=ROUND_HALF_UP)))


def on(text):
    return date.fromisoformat(text) if text else None


class Work:
    """One initiative, its figures recomputed from its row's attributes, its milestones and its updates."""

    def __init__(self, row, milestones, updates, moves):
        self.row, self.day = row, on(row["as_at"])
        self.milestones, self.moves = milestones, moves
        self.stage, self.weight = row["stage"], int(row["weight"])
        self.last = max(updates, key=lambda u: (u["said_on"], u["submitted_at"], int(u["id"])), default=None)
        self.total = sum(int(m["weight"]) for m in milestones)

    def share(self, counted):
        return (
            Fraction(sum(int(m["weight"]) for m in self.milestones if counted(m)), self.total) if self.total else None
        )

    def is_done(self, m):
        return bool(m["done_on"]) and on(m["done_on"]) <= self.day

    def is_late(self, m):
        return not self.is_done(m) and on(m["due_on"]) < self.day and not m["withdrawn_on"]

    @property
    def progress(self):
        return self.share(self.is_done)

    @property
    def planned(self):
        return self.share(lambda m: on(m["first_due_on"]) <= self.day)

    @property
    def gap(self):
        return None if self.progress is None else self.progress - self.planned

    @property
    def due_by_now(self):
        return self.share(lambda m: on(m["due_on"]) <= self.day)

    @property
    def days_moved(self):
        days = sum(int(m["weight"]) * (on(m["due_on"]) - on(m["first_due_on"])).days for m in self.milestones)
        return Fraction(days, self.total) if self.total else None

    @property
    def late(self):
        return [m for m in self.milestones if self.is_late(m)]

    @property
    def still_open(self):
        return [m for m in self.milestones if not self.is_done(m) and not m["withdrawn_on"]]

    @property
    def due(self):
        if self.stage != "in-progress":
            return None
        return due_on(self.last and on(self.last["said_on"]), on(self.row["starts_on"]), self.row["cadence"])

    @property
    def status(self):
        if self.stage != "in-progress":
            return self.stage
        if self.last is None:
            return "never-updated"
        return "no-current-update" if self.day >= overdue_from(self.due) else self.last["rag"]

    @property
    def reading(self):
        if self.stage != "in-progress":
            return ""
        if self.status in SILENT:
            return "silent"
        if not self.milestones:
            return ""
        lateness = max([(self.day - on(m["due_on"])).days for m in self.late], default=0)
        if lateness > 30 or self.gap * 100 <= -25:
            return "red"
        moved = max([int(m["moves"]) for m in self.still_open], default=0)
        return "amber" if lateness > 0 or self.gap * 100 <= -10 or moved >= 2 else "green"

    @property
    def watermelon(self):
        return self.stage == "in-progress" and self.reading == "red" and self.last["rag"] == "green"

    @property
    def own_due_on(self):
        own = [move["to"] for move in self.moves if not move["milestone"]]
        return own[-1] if own else self.row["first_ends_on"]

    def cells(self):
        """Return the cells of the initiative's row that can be recomputed."""
        following = min(self.still_open, key=lambda m: (m["due_on"], m["ref"]), default=None)
        ends = [m["due_on"] for m in self.milestones]
        return {
            "status": self.status,
            "rag": self.last["rag"] if self.last else "",
            "rag_said_on": self.last["said_on"] if self.last else "",
            "days_since_update": str((self.day - on(self.last["said_on"])).days) if self.last else "",
            "update_due_on": self.due.isoformat() if self.due else "",
            "machine_reading": self.reading,
            "watermelon": "true" if self.watermelon else "false",
            "progress_percent": rounded(self.progress),
            "planned_percent": rounded(self.planned),
            "gap_points": rounded(self.gap),
            "due_percent": rounded(self.due_by_now),
            "due_gap_points": rounded(None if self.progress is None else self.progress - self.due_by_now),
            "days_moved": nearest(self.days_moved),
            "milestones_total": str(len(self.milestones)),
            "milestones_done": str(sum(self.is_done(m) for m in self.milestones)),
            "milestones_late": str(len(self.late)),
            "date_moves": str(len(self.moves)),
            "first_ends_on": max([m["first_due_on"] for m in self.milestones], default=self.row["first_ends_on"]),
            "ends_on": max(ends) if ends else self.own_due_on,
            "next_milestone": following["ref"] if following else "",
            "next_milestone_due_on": following["due_on"] if following else "",
        }


def mean(work, figure):
    """Return the mean by weight over work in progress or complete that has milestones."""
    counted = [w for w in work if w.stage in ("in-progress", "complete") and w.milestones]
    weight = sum(w.weight for w in counted)
    return sum((figure(w) * w.weight for w in counted), Fraction(0)) / weight if weight else None


def totals(work):
    """Return what every row of many initiatives shares: how many, each status, progress and plan."""
    statuses = [w.status for w in work]
    return {
        "initiatives": str(len(work)),
        **{status.replace("-", "_"): str(statuses.count(status)) for status in STATUSES},
        "progress_percent": rounded(mean(work, lambda w: w.progress)),
        "planned_percent": rounded(mean(work, lambda w: w.planned)),
        "due_percent": rounded(mean(work, lambda w: w.due_by_now)),
        "days_moved": nearest(mean(work, lambda w: w.days_moved)),
    }
