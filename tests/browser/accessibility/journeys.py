"""Eight journeys that everyone can make: by keys alone (A3), and without JavaScript (A19)."""

from tests.browser.accessibility.keys import Journey

PLAIN = b"Project number,Project name,Theme\r\nP1,Street lights,People\r\n"
A_FILE = {"name": "return.csv", "mimeType": "text/csv", "buffer": PLAIN}
GOES_ON = (("tab", "Save and continue"), ("press", "Enter"))

JOURNEYS = [
    Journey(
        "Olga signs in",
        None,
        "/",
        (
            ("tab", "Username"),
            ("type", "owner"),
            ("tab", "Password"),
            ("type", "pop-up-book"),
            ("press", "Enter"),
            ("see", "^How the data strategy is going$"),
        ),
    ),
    Journey(
        "Lea finds an initiative by its words",
        "leader",
        "/initiatives/",
        (
            ("past_the_masthead",),
            ("tab", "Search initiatives"),
            ("type", "literacy"),
            ("press", "Enter"),
            ("see", "^1 of 30 initiatives$"),
            ("tab", "Organisation-wide data literacy programme"),
            ("press", "Enter"),
            ("see", "^What happened$|^The story|^Milestones$"),
        ),
    ),
    Journey(
        "The owner updates it and sees that it is saved",
        "owner",
        "/initiatives/DS-010/",
        (
            ("past_the_masthead",),
            ("tab", "Say how it is going"),
            ("press", "Enter"),
            ("see", "^How is it going\\?$"),
            ("past_the_masthead",),
            ("tab", "Green"),
            ("press", "Space"),
            ("tab", "What changed since the last update?"),
            ("type", "The portal has a new home."),
            ("tab", "Save this update"),
            ("press", "Enter"),
            ("see", "on record. Thank you."),
        ),
    ),
    Journey(
        "The office brings a file",
        "office",
        "/imports/",
        (
            ("past_the_masthead",),
            ("file", "The file", A_FILE),
            ("tab", "Bring this file"),
            ("press", "Enter"),
            ("see", "^What the portal read$"),
            ("past_the_masthead",),
            *GOES_ON,
            ("see", "^Which column tells what\\?$"),
        ),
    ),
    Journey(
        "Ana takes a data set away",
        "analyst",
        "/exports/",
        (("past_the_masthead",), ("tab", "CSV of initiatives"), ("download", "initiatives")),
    ),
    Journey(
        "Lea filters the list",
        "leader",
        "/initiatives/",
        (
            ("past_the_masthead",),
            ("tab", "Filters"),
            ("press", "Enter"),
            ("tab", "Red"),
            ("press", "Space"),
            ("send_if_nothing_does",),
            ("see", "^3 of 30 initiatives$"),
        ),
    ),
    Journey(
        "Lea reads a chart as a table",
        "leader",
        "/pillars/people/",
        (
            ("past_the_masthead",),
            ("tab", "Show the figures as a table"),
            ("press", "Enter"),
            ("see", "^Month’s end$"),
        ),
    ),
    Journey(
        "The owner sees that somebody else was quicker, and saves all the same",
        "owner",
        "/initiatives/DS-010/update/",
        (
            ("past_the_masthead",),
            ("tab", "Green"),
            ("press", "Space"),
            ("somebody_else_was_quicker",),
            ("tab", "Save this update"),
            ("press", "Enter"),
            ("see", "^Not saved$"),
            ("tab", "Save this update"),
            ("press", "Enter"),
            ("see", "on record. Thank you."),
        ),
    ),
]
