from dataclasses import dataclass
from datetime import date


@dataclass
class Orders:
    day_order: str = ""
    quarters: str = ""
    samples: tuple = ()


def orders(cells):
    return Orders()


def read_date(text, *, day_order="day-first", quarters="financial", edge="end"):
    try:
        return date.fromisoformat(text[:10])
    except ValueError:
        return None


def shown(d):
    return f"{d.day} {d:%B %Y}"
