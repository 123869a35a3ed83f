"""What a page is asked: whether it overflows, and what has the focus."""

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


def overflow(page):
    """Return by how many pixels the page is wider than its window."""
    return page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")


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
