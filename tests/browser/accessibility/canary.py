"""A page that fails each check exactly once, and its clean twin: for each number, what is wrong and what is right."""

from django.core.mail import EmailMultiAlternatives

from tests.browser.accessibility.keys import Journey

PIXEL = "data:image/gif;base64,R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7"
RED = (
    '<svg class="mark mark--red" width="20" height="20" viewBox="0 0 20 20" aria-hidden="true">'
    '<path class="mark__shape" fill="#b81f2e" d="M10 1 19 10 10 19 1 10z"/></svg>'
)
CHART = """<figure class="chart" id="seed-A12" data-chart="figure">
<figcaption><h2>Progress</h2><p>One pillar is half done.</p></figcaption>
<div role="img" aria-label="Chart: Progress"></div>
<table><caption>Progress</caption><tr><th scope="col">Pillar</th><th scope="col">Done</th></tr>
<tr><th scope="row">People</th><td>%d</td></tr></table>
<script type="application/json">{"data": [{"type": "bar", "name": "Done", "y": ["People"], "x": [50]}],
"layout": {"transition": {"duration": 0}}}</script></figure>"""
ERROR = """<div class="govuk-error-summary" id="summary" role="alert" tabindex="-1"><h2>There is a problem</h2>
<ul><li><a href="#seed-A16">Say how many.</a></li></ul></div>
<p id="seed-A16_error" class="govuk-error-message">Say how many.</p>
<label>How many? <input id="seed-A16" aria-invalid="true"%s></label>"""
SESSION = """<dialog id="seed-A20" data-left="900" aria-label="You are about to be signed out">
<p>In two minutes.</p>%s</dialog>"""
OPENED = '<p id="%s" hidden>The %s is open</p>'
TIP = '<p id="seed-A15"><button>Help</button> <span class="tip">Ask the office</span></p>'

# Number -> what a page does wrong, and the same done right. Each names itself.
SEEDS = {
    "A1": (f'<img id="seed-A1" src="{PIXEL}">', f'<img id="seed-A1" src="{PIXEL}" alt="A dot">'),
    "A2": (
        '<p><a id="seed-A2" class="unmarked" href="/second">The second page</a></p>',
        '<p><a id="seed-A2" href="/second">The second page</a></p>',
    ),
    "A3": (
        '<div id="seed-A3" class="button" role="button" tabindex="0" onclick="opens(\'third\')">Open the third</div>'
        + OPENED % ("third", "third"),
        '<button id="seed-A3" onclick="opens(\'third\')">Open the third</button>' + OPENED % ("third", "third"),
    ),
    "A5": (
        '<p><span id="seed-A5" onclick="opens(\'fifth\')">Open the fifth</span></p><p id="fifth" hidden>It is open</p>',
        '<button id="seed-A5" onclick="opens(\'fifth\')">Open the fifth</button><p id="fifth" hidden>It is open</p>',
    ),
    "A6": ('<div id="seed-A6" class="wide">Wide</div>', '<div id="seed-A6">Narrow</div>'),
    "A7": (
        '<p id="seed-A7" class="cut">Words that fit while they stand close</p>',
        '<p id="seed-A7">Words that fit</p>',
    ),
    "A8": (
        '<div id="seed-A8"><button>Save the eighth</button></div>',
        '<div id="seed-A8" data-moves><button>Save the eighth</button></div>',
    ),
    "A9": ('<div id="seed-A9"><p>Nine found</p></div>', '<div id="seed-A9" data-tells><p>Nine found</p></div>'),
    "A10": (f'<p id="seed-A10">{RED}</p>', f'<p id="seed-A10">{RED} Red</p>'),
    "A11": (
        '<p><label>Pale <input id="seed-A11" class="pale"></label></p>',
        '<p><label>Clear <input id="seed-A11"></label></p>',
    ),
    "A12": (CHART % 51, CHART % 50),
    "A13": ('<p id="seed-A13" class="moves">It moves</p>', '<p id="seed-A13">It stands still</p>'),
    "A14": (
        '<p class="under"><a id="seed-A14" href="/fourteenth">The fourteenth page</a><span class="over"></span></p>',
        '<p class="under"><a id="seed-A14" href="/fourteenth">The fourteenth page</a></p>',
    ),
    "A15": (
        "<style>#seed-A15:hover .tip { display: inline }</style>" + TIP,
        "<style>#seed-A15:hover .tip, #seed-A15:focus-within .tip { display: inline }</style>" + TIP,
    ),
    "A16": (ERROR % "", ERROR % ' aria-describedby="seed-A16_error"'),
    "A17": (
        '<p><input id="seed-A17" aria-label="Your name" placeholder="Your name"></p>',
        '<p><label for="seed-A17">Your name</label> <input id="seed-A17"></p>',
    ),
    "A18": (
        '<p>For more, see <a id="seed-A18" href="/eighteenth">here</a></p>',
        '<p>See <a id="seed-A18" href="/eighteenth">the eighteenth page</a></p>',
    ),
    "A19": (
        '<button id="seed-A19" onclick="opens(\'nineteenth\')">Open the nineteenth</button>'
        + OPENED % ("nineteenth", "nineteenth"),
        '<details id="seed-A19"><summary>Open the nineteenth</summary><p>The nineteenth is open</p></details>',
    ),
    "A20": (
        SESSION % '<button type="button">Close</button>',
        SESSION % '<form method="post"><button>Stay signed in</button></form>',
    ),
    "A21": (
        '<section id="seed-A21" aria-label="seed-A21 renamed"><p>As reviewed</p></section>',
        '<section id="seed-A21" aria-label="seed-A21"><p>As reviewed</p></section>',
    ),
    # Last, for whoever comes into it does not come out.
    "A4": (
        '<p id="trap"><button>In the trap</button></p><p><a id="seed-A4" href="/after">After the trap</a></p>',
        '<p><button>In the open</button></p><p><a id="seed-A4" href="/after">After it</a></p>',
    ),
}

PAGE = """<!doctype html><html lang="en"><head><meta name="viewport" content="width=device-width">
<title>Error: Canary</title><link rel="icon" href="data:,"><style>
body { font: 16px/1.2 sans-serif; background: #fff; color: #111 } input { appearance: none; border: 2px solid #555 }
a, button, summary, .button { display: inline-block; min-width: 24px; min-height: 24px; margin: 4px }
:focus-visible { outline: 3px solid #2f3fd1 } .unmarked:focus-visible { outline: none }
.wide { width: 900px } .pale { border: 1px solid #ddd } .cut { width: 160px; height: 38px; overflow: hidden }
.moves { transition: color 1s } .under { position: relative } .over { position: absolute; inset: 0; background: #fff }
.tip { display: none }
</style></head><body><header>Canary</header><main id="main" tabindex="-1"><h1>Canary</h1>
<p id="status" role="status"></p>%s</main><script>
const part = (id) => document.getElementById(id);
function opens(id) { part(id).hidden = false; }
function exchange(region, words, then) {
    document.dispatchEvent(new CustomEvent("htmx:beforeSwap"));
    region.innerHTML = words;
    then();
    region.dispatchEvent(new CustomEvent("htmx:afterSettle", {bubbles: true, detail: {elt: region}}));
}
const tells = (words) => { part("status").textContent = words; };
const steps = [
    () => {
        const region = part("seed-A8");
        region.querySelector("button").focus();
        exchange(region, "<h2 tabindex='-1'>Saved</h2>", () => {
            if ("moves" in region.dataset) region.querySelector("h2").focus(); else tells("Saved");
        });
    },
    () => {
        const region = part("seed-A9");
        part("seed-A3").focus();
        exchange(region, "<p>Ten found</p>", () => { if ("tells" in region.dataset) tells("Ten found"); });
    },
    () => { part("summary").focus(); document.body.dataset.ready = "true"; },
];
const walk = () => { const step = steps.shift(); if (step) { step(); setTimeout(walk, 60); } };
walk();
if (part("trap")) part("trap").addEventListener("keydown", (event) => {
    if (event.key === "Tab" && !event.shiftKey) event.preventDefault();
});
</script></body></html>"""

CANARY, TWIN = (PAGE % "\n".join(seed[place] for seed in SEEDS.values()) for place in (0, 1))

JOURNEYS = {
    "A3": Journey(
        "seed-A3", None, "/canary/", (("tab", "Open the third"), ("press", "Enter"), ("see", "The third is open", 3))
    ),
    "A19": Journey(
        "seed-A19",
        None,
        "/canary/",
        (("tab", "Open the nineteenth"), ("press", "Enter"), ("see", "The nineteenth is open", 3)),
    ),
}


def a_letter(body, html):
    letter = EmailMultiAlternatives("seed-A22", body, "portal@council.example", ["olga@council.example"])
    letter.attach_alternative(html, "text/html")
    return letter


# A22: what leaves the portal, wrong and right: the letter's HTML leads where its text does not; a title above a table.
LINK = '<html lang="en"><p>See <a href="https://portal.example/seed-A22">your initiative</a></p></html>'
SENT = (
    {
        "letters": [a_letter("See your initiative.", LINK)],
        "tables": [("seed-A22", "Initiatives in June\nref,title\nDS-001,One\n")],
    },
    {
        "letters": [a_letter("See your initiative: https://portal.example/seed-A22", LINK)],
        "tables": [("seed-A22", "ref,title\nDS-001,One\n")],
    },
)
