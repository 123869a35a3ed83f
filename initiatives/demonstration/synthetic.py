"""A made-up portfolio of any size with five years of history, in the shape that the loader reads."""

from __future__ import annotations

from random import Random
from typing import Any

from initiatives.models import milestone_ref
from initiatives.status import Focus, Rag

YEARS = 5
FIRST = -365 * YEARS - 1
SUBJECTS = (
    "address matching", "case recording", "open data", "demand forecasting", "data sharing", "analyst training",
    "record linkage", "service dashboards", "data quality", "consent", "archiving", "mapping", "survey design",
)  # fmt: skip
PLACES = ("libraries", "schools", "highways", "social care", "public health", "planning", "waste", "adult learning")
STEPS = ("Agree the scope", "Sign the agreement", "Build the first version", "Test with users", "Go live", "Evaluate")
CHANGES = ("Work went on as planned.", "The supplier answered.", "Two teams joined.", "Tests found gaps.")
NEXT = ("Review with the sponsor.", "Finish the tests.", "Write the agreement up.", "Meet the partners.")
NEEDS = ("It builds on the same records.", "The same team does both.", "The supplier delivers them in this order.")
REASONS = ("The supplier is late.", "The team lost a post.", "Partners asked for more time.")


def portfolio(
    count: int, seed: int, organisation: dict[str, Any], people: list[dict[str, Any]]
) -> list[dict[str, Any]]:
    """Return `count` initiatives; the same seed gives the same portfolio."""
    random = Random(seed)  # noqa: S311  (nothing secret hangs on it)
    width = max(3, len(str(count)))
    names = [person["username"] for person in people if "contributor" in person["roles"]]
    made = [_initiative(random, f"DS-{n:0{width}d}", organisation, names) for n in range(1, count + 1)]
    for place, words in enumerate(made):
        if place and random.random() < 0.2:
            _depends(random, words, made[random.randrange(place)])
    return made


def _initiative(random: Random, ref: str, organisation: dict[str, Any], names: list[str]) -> dict[str, Any]:
    start = random.randint(FIRST, -30)
    cadence = random.choice(("monthly", "monthly", "quarterly"))
    stages = [{"stage": "in-progress", "on": start, "reason": "Work began."}]
    ending = random.random()
    end = 0
    if ending < 0.25 and start < -200:
        end = random.randint(start + 120, -1)
        word = random.choice(("complete", "complete", "paused", "stopped"))
        stages.append({"stage": word, "on": end, "reason": "Decided by the board."})
    elif ending > 0.95:
        stages = [{"stage": "proposed", "on": start, "reason": "Proposed by the directorate."}]
    proposed = stages[0]["stage"] == "proposed"
    subject, place = random.choice(SUBJECTS), random.choice(PLACES)
    slugs = [pillar["slug"] for pillar in organisation["pillars"]]
    codes = random.sample([c["code"] for c in organisation["commitments"]], random.choice((0, 1, 1, 2, 3)))
    owner, deputy, sponsor = random.sample(names, 3)
    pillar = random.choice(slugs)
    return {
        "ref": ref,
        "title": f"Better {subject} in {place} ({ref})",
        "summary": f"Improve {subject} so that {place} can plan with facts.",
        "pillar": pillar,
        "also": [random.choice([slug for slug in slugs if slug != pillar])] if random.random() < 0.2 else [],
        "focus": random.choice(Focus.values),
        "owner": owner if random.random() < 0.98 else None,
        "deputy": deputy,
        "sponsor": sponsor,
        "directorate": f"Directorate of {place}",
        "partners": [],
        "sources": [],
        "cadence": cadence,
        "weight": random.choice((1, 1, 2, 3)),
        "alignments": [
            {"commitment": code, "strength": random.choice(("main", "supporting")), "how": f"Better {subject}."}
            for code in codes
        ],
        "stages": stages,
        "promised_end": None,
        "promise_moves": [],
        "milestones": [] if random.random() < 0.05 else _milestones(random, start, end),
        "updates": [] if proposed or random.random() < 0.03 else _updates(random, start, end, cadence),
    }


def _depends(random: Random, words: dict[str, Any], other: dict[str, Any]) -> None:
    """Let one of the later half of its milestones need one of another initiative. Only refs before it: no rings."""
    if words["milestones"] and other["milestones"]:
        number = random.randint(len(STEPS) // 2, len(STEPS))
        both_began = max(words["stages"][0]["on"], other["stages"][0]["on"])
        words["dependencies"] = [
            {
                "milestone": number,
                "needs": milestone_ref(other["ref"], random.randint(1, len(STEPS))),
                "on": random.randint(both_began, -1),
                "why": random.choice(NEEDS),
            }
        ]


def _milestones(random: Random, start: int, end: int) -> list[dict[str, Any]]:
    milestones: list[dict[str, Any]] = []
    span = max(end - start, 60) + 200
    for place, step in enumerate(STEPS):
        first_due = start + 20 + span * (place + 1) // (len(STEPS) + 1)
        moves: list[dict[str, Any]] = []
        due = first_due
        while random.random() < 0.25 and due - 10 < end and len(moves) < 3:
            moves.append(
                {"at": max(start, due - 10), "to": due + 30 * random.randint(1, 4), "reason": random.choice(REASONS)}
            )
            due = moves[-1]["to"]
        done = due + random.randint(-10, 15)
        happened = start <= done <= end and random.random() < 0.92 and all(move["at"] <= done for move in moves)
        milestones.append(
            {
                "title": step,
                "weight": random.choice((1, 1, 2, 3)),
                "first_due": first_due,
                "done": done if happened else None,
                "moves": moves,
                "withdrawn": None,
            }
        )
    return milestones


def _updates(random: Random, start: int, end: int, cadence: str) -> list[dict[str, Any]]:
    step = 30 if cadence == "monthly" else 91
    silent_from = end - random.choice((0, 0, 0, 0, 0, 120, 400))
    said = [day + random.randint(-4, 4) for day in range(start + 15, silent_from, step)]
    return [_update(random, day) for day in said if start <= day <= 0]


def _update(random: Random, said: int) -> dict[str, Any]:
    rag = random.choices(Rag.values, (6, 3, 1))[0]
    asks = random.random() < 0.02
    answer = (
        {"after_days": 9, "outcome": "answered", "words": "Agreed."} if said < -30 and random.random() < 0.8 else None
    )
    return {
        "said": said,
        "late_by": 0,
        "rag": rag,
        "what_changed": random.choice(CHANGES),
        "what_next": random.choice(NEXT),
        "risk": "A post is empty." if rag == Rag.AMBER else "",
        "issue": "No supplier. Dates will move." if rag == Rag.RED else "",
        "ask": {"question": "Can the post be filled?", "needed_by": said + 30, "answer": answer} if asks else None,
    }
