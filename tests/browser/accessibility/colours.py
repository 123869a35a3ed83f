"""Colours as people see them: in grey, and with one kind of cone missing (Machado and others, 2009)."""

from itertools import combinations

# What each kind of colour vision makes of linear red, green and blue.
SEEN_BY = {
    "everyone": ((1, 0, 0), (0, 1, 0), (0, 0, 1)),
    "protanopia": ((0.152286, 1.052583, -0.204868), (0.114503, 0.786281, 0.099216), (-0.003882, -0.048116, 1.051998)),
    "deuteranopia": ((0.367322, 0.860646, -0.227968), (0.280085, 0.672501, 0.047413), (-0.011820, 0.042940, 0.968881)),
    "tritanopia": ((1.255528, -0.076749, -0.178779), (-0.078411, 0.930809, 0.147602), (0.004733, 0.691367, 0.303900)),
    "nobody's cones": ((0.2126, 0.7152, 0.0722),) * 3,
}
APART = 15


def linear(colour):
    """Return the linear red, green and blue of `#rrggbb`."""
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    return [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]


def lab(light):
    """Return CIE L*, a*, b* of linear red, green and blue, under daylight."""
    rows = ((0.4124, 0.3576, 0.1805), (0.2126, 0.7152, 0.0722), (0.0193, 0.1192, 0.9505))
    x, y, z = (
        sum(weight * part for weight, part in zip(row, light, strict=True)) / white
        for row, white in zip(rows, (0.9505, 1, 1.089), strict=True)
    )
    x, y, z = (part ** (1 / 3) if part > 0.008856 else 7.787 * part + 16 / 116 for part in (x, y, z))
    return 116 * y - 16, 500 * (x - y), 200 * (y - z)


def apart(one, other, seen_by="everyone"):
    """Return how far apart two colours look (delta E, 1976) to a kind of colour vision."""

    def look(colour):
        light = linear(colour)
        return lab(
            [
                min(1, max(0, sum(weight * part for weight, part in zip(row, light, strict=True))))
                for row in SEEN_BY[seen_by]
            ]
        )

    return sum((here - there) ** 2 for here, there in zip(look(one), look(other), strict=True)) ** 0.5


def told_apart_by_colour_alone(looks):
    """A10, of a palette: whoever lacks a cone tells two statuses apart by colour, or by their pattern.

    looks: name -> (colour, pattern, ...), as `reports.charts.STATUS_LOOK`.
    """
    return [
        f"{one} and {other} look alike to {seen_by}: {apart(looks[one][0], looks[other][0], seen_by):.0f} apart"
        for one, other in combinations(looks, 2)
        for seen_by in SEEN_BY
        if looks[one][1] == looks[other][1] and apart(looks[one][0], looks[other][0], seen_by) < APART
    ]
