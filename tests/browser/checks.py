"""What a page is asked: what axe finds, whether it overflows, and what has the focus."""

from axe_playwright_python.base import AXE_SCRIPT

TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa", "best-practice"]

# A scrolling table's edges are shaded by gradients, on which axe judges no contrast: they go before it looks.
WITHOUT_GRADIENTS = """() => {
    for (const sheet of document.styleSheets) {
        if (sheet.href && sheet.href.includes("components.css")) {
            sheet.insertRule(".table-scroll { background: var(--sheet) !important; }", sheet.cssRules.length);
        }
    }
}"""

# What a reader may need between lines, letters and words (WCAG 1.4.12).
ROOM_BETWEEN = """() => {
    const sheet = document.styleSheets[document.styleSheets.length - 1];
    const room = "line-height: 1.5 !important; letter-spacing: .12em !important; word-spacing: .16em !important;";
    sheet.insertRule(`@media screen { * { ${room} } }`, sheet.cssRules.length);
}"""

# The element that has the focus (null for none), its words, its place in the page, and whether its focus is seen:
# an outline or a shadow of 2 px or more that is not there without it. A radio or checkbox draws its ring on its label.
STOP = """() => {
    const stop = document.activeElement;
    if (!stop || stop === document.body) return null;
    const look = () => {
        const drawn = stop.matches(".govuk-radios__input, .govuk-checkboxes__input");
        const style = drawn ? getComputedStyle(stop.nextElementSibling, "::before") : getComputedStyle(stop);
        const lit = (colour) => !/, 0\\)|transparent/.test(colour);
        const outline = style.outlineStyle !== "none" && lit(style.outlineColor) ? style.outlineWidth : "0px";
        const shadow = style.boxShadow !== "none" && lit(style.boxShadow) ? style.boxShadow : "";
        const widths = [outline, ...(shadow.match(/-?[0-9.]+px/g) || [])].map((width) => Math.abs(parseFloat(width)));
        return {ring: Math.max(...widths) >= 2, style: [outline, style.outlineColor, shadow].join(" ")};
    };
    let seen = true;
    if (window.lastStop !== stop) {  // a date is several stops in one place: look once
        const focused = look();
        document.getElementById("main").focus({preventScroll: true});
        const without = look();
        stop.focus();
        seen = focused.ring && focused.style !== without.style;
    }
    window.lastStop = stop;
    const label = stop.labels && stop.labels[0] ? stop.labels[0].innerText : "";
    const radios = stop.type === "radio" ? document.getElementsByName(stop.name)[0] : stop;
    return {
        words: (stop.ariaLabel || label || stop.innerText || stop.value || "").trim().replace(/\\s+/g, " "),
        place: [...document.body.querySelectorAll("*")].indexOf(radios),
        seen,
    };
}"""

# The places that Tab ought to reach. A group of radios is one.
STOPS = """() => {
    const all = [...document.body.querySelectorAll("*")];
    const reached = "a[href], button, input, select, textarea, summary, [tabindex='0']";
    const shown = (element) => element.checkVisibility({visibilityProperty: true}) && element.getClientRects().length;
    const stops = [...document.querySelectorAll(reached)].filter(
        (element) => shown(element) && !element.disabled && element.type !== "hidden" && element.tabIndex >= 0
    );
    const places = stops.map((stop) =>
        all.indexOf(stop.type === "radio" ? document.getElementsByName(stop.name)[0] : stop)
    );
    return [...new Set(places)];
}"""


def axe_finds(page):
    """Return what axe finds wrong, one line each: the rule, the element, and why."""
    page.evaluate(WITHOUT_GRADIENTS)
    if not page.evaluate("'axe' in window"):  # half a megabyte, which a page need read but once
        page.evaluate(AXE_SCRIPT)
    # To read what a style sheet imports, as the administration's do, axe writes a style that the policy refuses.
    options = {"runOnly": {"type": "tag", "values": TAGS}, "resultTypes": ["violations"]}
    options["preload"] = "/admin/" not in page.url
    found = page.evaluate("options => axe.run(options).then(found => found.violations)", options)
    return [
        f"{rule['id']}: {node['html'][:200]} {node.get('failureSummary', '')}"
        for rule in found
        for node in rule["nodes"]
    ]


def overflow(page):
    """Return by how many pixels the page is wider than its window."""
    return page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")


def with_room_between_letters(page):
    """Set every word of the page as wide apart as a reader may need it."""
    page.evaluate(ROOM_BETWEEN)


def press_tab(page, key="Tab"):
    """Press Tab, and return what then has the focus, which must be seen to have it; None for the page itself."""
    page.keyboard.press(key)
    stop = page.evaluate(STOP)
    assert stop is None or stop["seen"], f"nothing shows the focus on {stop['words']!r}"
    return stop


def tab_to(page, words, at_most=80):
    """Press Tab until something that begins with these words has the focus."""
    passed = []
    for _ in range(at_most):
        stop = press_tab(page)
        passed.append(stop["words"] if stop else None)
        if stop and stop["words"].startswith(words):
            return
    raise AssertionError(f"Tab never came to {words!r}, but to {passed}")


def focused(page):
    """Return the tag, id and words of what has the focus."""
    return page.evaluate("""() => {
        const {tagName, id, innerText} = document.activeElement;
        return [tagName, id, (innerText || "").trim()];
    }""")
