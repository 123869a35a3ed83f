"""A2 by its pictures: every stop is photographed with the focus and without, and the pixels are compared."""

import base64

from tests.browser.accessibility.keys import by_keys
from tests.browser.checks import STOPS

# Both pictures are read in a page of their own, which no policy binds. A pixel counts when it changed by 3 to 1.
CHANGED = """async ([without, with_]) => {
    const pixels = async (png) => {
        const image = new Image();
        image.src = "data:image/png;base64," + png;
        await image.decode();
        const canvas = new OffscreenCanvas(image.width, image.height);
        const drawn = canvas.getContext("2d");
        drawn.drawImage(image, 0, 0);
        return drawn.getImageData(0, 0, image.width, image.height).data;
    };
    const luminance = (data, at) => [0.2126, 0.7152, 0.0722].reduce((sum, weight, part) => {
        const value = data[at + part] / 255;
        return sum + weight * (value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4);
    }, 0.05);
    const [one, other] = [await pixels(without), await pixels(with_)];
    if (one.length !== other.length) return -1;
    let changed = 0;
    for (let at = 0; at < one.length; at += 4) {
        const [darker, lighter] = [luminance(one, at), luminance(other, at)].sort((a, b) => a - b);
        if (lighter / darker >= 3) changed += 1;
    }
    return changed;
}"""
STOP_BOX = """(place) => {
    const stop = [...document.body.querySelectorAll("*")][place];
    stop.scrollIntoView({block: "center", inline: "center"});
    const drawn = stop.matches(".govuk-radios__input, .govuk-checkboxes__input") ? stop.nextElementSibling : stop;
    const {left, top, width, height} = drawn.getBoundingClientRect();
    return {x: left - 6, y: top - 6, width: width + 12, height: height + 12};
}"""
FOCUS = "(place) => [...document.body.querySelectorAll('*')][place].focus({preventScroll: true})"
AWAY = "() => document.activeElement?.blur()"


def rings_unseen(page):
    """A2, in pictures: the focus changes at least as many pixels by 3 to 1 as a line of 2 px at one side would."""
    reader = page.context.new_page()
    findings = []
    by_keys(page)
    for place in page.evaluate(STOPS):
        page.evaluate(AWAY)
        box = page.evaluate(STOP_BOX, place)
        room = page.viewport_size
        clip = {"x": max(0, box["x"]), "y": max(0, box["y"])}
        clip["width"] = min(room["width"], box["x"] + box["width"]) - clip["x"]
        clip["height"] = min(room["height"], box["y"] + box["height"]) - clip["y"]
        pictures = [page.screenshot(clip=clip)]
        page.evaluate(FOCUS, place)
        pictures.append(page.screenshot(clip=clip))
        changed = reader.evaluate(CHANGED, [base64.b64encode(picture).decode() for picture in pictures])
        if 0 <= changed < 2 * min(clip["width"] - 12, clip["height"] - 12):
            said = page.evaluate("(p) => [...document.body.querySelectorAll('*')][p].outerHTML.slice(0, 140)", place)
            findings.append(f"the focus changes {changed} pixels of {said}")
    reader.close()
    return findings
