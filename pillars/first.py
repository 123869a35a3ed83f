"""The four pillars that a new portal begins with. They are data: the office may name others."""

from pillars.models import Pillar, Shape

FIRST_PILLARS = (
    ("purpose", "Purpose", Shape.CIRCLE),
    ("process", "Process", Shape.SQUARE),
    ("people", "People", Shape.HEXAGON),
    ("potential", "Potential", Shape.STAR),
)


def make_first_pillars() -> None:
    """Make the four pillars; the caller has made sure that there are none."""
    for order, (slug, name, shape) in enumerate(FIRST_PILLARS, start=1):
        Pillar.objects.create(slug=slug, name=name, shape=shape, order=order, colour=order)
