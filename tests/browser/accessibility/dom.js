// What a page is asked from the inside. Every check returns findings in words, none when nothing is wrong.
(() => {
    const REACHED = "a[href], button, input, select, textarea, summary, [tabindex='0']";
    const FIELDS = "input:not([type=hidden], [type=submit], [type=button], [type=reset], [type=image]), select, textarea";

    // --- How an element is spoken of, seen and named ---------------------------------------------------------------
    const squeezed = (words) => (words || "").trim().replace(/\s+/g, " ");
    const said = (element) => squeezed(element.outerHTML).slice(0, 140);
    const shown = (element) => element.checkVisibility({visibilityProperty: true}) && element.getClientRects().length > 0;
    const hiddenFromEyes = (element) => {
        const {width, height} = element.getBoundingClientRect();
        return width <= 1 || height <= 1 || Boolean(element.closest(".govuk-visually-hidden"));
    };
    const wordsOf = (ids) => (ids || "").split(/\s+/).map((id) => document.getElementById(id)?.textContent || "").join(" ");
    const nameOf = (element) => squeezed(
        wordsOf(element.getAttribute("aria-labelledby")) || element.ariaLabel ||
        [...(element.labels || [])].map((label) => label.textContent).join(" ") || element.textContent ||
        [...element.querySelectorAll("img[alt]")].map((image) => image.alt).join(" ") || element.alt ||
        (element.matches("input[type=submit], input[type=button]") ? element.value : "") || element.title
    );
    const stops = () => [...document.querySelectorAll(REACHED)].filter((element) =>
        shown(element) && !element.disabled && element.type !== "hidden" && element.tabIndex >= 0);

    // --- Colours ---------------------------------------------------------------------------------------------------
    const parts = (colour) => (colour.match(/[0-9.]+/g) || []).map(Number);
    const lit = (colour) => colour && colour !== "transparent" && colour !== "none" && !(parts(colour)[3] < 0.9);
    const luminance = (colour) => parts(colour).slice(0, 3).map((part) => part / 255)
        .map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4))
        .reduce((sum, part, place) => sum + part * [0.2126, 0.7152, 0.0722][place], 0);
    const contrast = (one, other) => {
        const [darker, lighter] = [luminance(one), luminance(other)].sort((a, b) => a - b);
        return (lighter + 0.05) / (darker + 0.05);
    };
    // The colour behind an element; null where a picture or a gradient lies behind it.
    const groundOf = (element) => {
        for (let behind = element.parentElement; behind; behind = behind.parentElement) {
            const {backgroundColor, backgroundImage} = getComputedStyle(behind);
            if (backgroundImage !== "none") return null;
            if (lit(backgroundColor)) return backgroundColor;
        }
        return "rgb(255, 255, 255)";
    };

    // --- Focus -----------------------------------------------------------------------------------------------------
    // A radio or checkbox of govuk-frontend draws its ring on its label.
    const ringOf = (stop) => {
        const drawn = stop.matches(".govuk-radios__input, .govuk-checkboxes__input");
        const style = drawn ? getComputedStyle(stop.nextElementSibling, "::before") : getComputedStyle(stop);
        const rings = [];
        if (style.outlineStyle !== "none" && lit(style.outlineColor)) rings.push([style.outlineColor, parseFloat(style.outlineWidth)]);
        for (const shadow of style.boxShadow === "none" ? [] : style.boxShadow.split(/,(?![^(]*\))/)) {
            const colour = (shadow.match(/rgba?\([^)]*\)/) || [""])[0];
            const widths = shadow.replace(colour, "").match(/-?[0-9.]+px/g) || [];
            if (lit(colour)) rings.push([colour, Math.max(0, ...widths.map((width) => Math.abs(parseFloat(width))))]);
        }
        return {rings, look: JSON.stringify(rings), inside: style.backgroundColor};
    };

    const A2 = () => {
        const findings = [];
        for (const stop of stops()) {
            const without = ringOf(stop);
            stop.focus({preventScroll: true});
            if (document.activeElement !== stop) continue;
            const {rings, look, inside} = ringOf(stop);
            const grounds = [groundOf(stop), lit(inside) ? inside : null].filter(Boolean);
            const wide = rings.filter(([, width]) => width >= 2);
            const seen = wide.some(([colour]) => !grounds.length || grounds.some((ground) => contrast(colour, ground) >= 3));
            if (look === without.look) findings.push(`nothing shows the focus on ${said(stop)}`);
            else if (!wide.length) findings.push(`the ring is thinner than 2 px on ${said(stop)}`);
            else if (!seen) findings.push(`the ring is too pale, ${JSON.stringify(wide)} on ${grounds}, on ${said(stop)}`);
        }
        document.activeElement?.blur();
        return findings;
    };

    // --- Places ----------------------------------------------------------------------------------------------------
    const A5 = () => {
        const asked = "[onclick], [hx-get], [hx-post], [data-hx-get], [data-hx-post]";
        const byClick = (element) => {
            const trigger = element.getAttribute("hx-trigger") || element.getAttribute("data-hx-trigger");
            if (element.hasAttribute("onclick")) return true;
            return trigger ? /\bclick\b/.test(trigger) : !element.matches("form, input, select, textarea");
        };
        const pointed = [...document.body.querySelectorAll("*")].filter((element) =>
            getComputedStyle(element).cursor === "pointer" && getComputedStyle(element.parentElement).cursor !== "pointer");
        const clickable = new Set([...document.querySelectorAll(asked)].filter(byClick).concat(pointed));
        const native = "a[href], button, input, select, textarea, summary, label, option";
        return [...clickable].filter(shown).flatMap((element) => {
            const natural = element.matches(native) || element.closest("a[href], button, summary, label");
            const made = /^(button|link|tab|menuitem|checkbox|switch)$/.test(element.getAttribute("role")) && element.tabIndex >= 0;
            if (!natural && !made) return [`is clicked but is no button or link: ${said(element)}`];
            return element.matches("label, option") || nameOf(element) ? [] : [`is clicked but has no name: ${said(element)}`];
        });
    };

    const A6 = () => {
        const {scrollWidth, clientWidth} = document.documentElement;
        const findings = scrollWidth > clientWidth ? [`the page is ${scrollWidth - clientWidth} px wider than its window: ${
            [...document.body.querySelectorAll("*")].filter((element) => shown(element) &&
                element.getBoundingClientRect().right > clientWidth + 1).slice(0, 3).map(said).join(" ; ")}`] : [];
        const scrolling = [...document.body.querySelectorAll("*")].filter((element) =>
            /auto|scroll/.test(getComputedStyle(element).overflowX) && shown(element) && !element.matches("textarea, select") &&
            element.scrollWidth > element.clientWidth + 1);
        return findings.concat(scrolling.filter((element) => element.tabIndex < 0 || !nameOf(element))
            .map((element) => `scrolls sideways, and not by keyboard: ${said(element)}`));
    };

    const A7 = () => {
        const cut = () => [...document.body.querySelectorAll("*")].filter((element) => {
            const {overflowX, overflowY, clipPath} = getComputedStyle(element);
            if (!/hidden|clip/.test(overflowX + overflowY) || clipPath !== "none" || !squeezed(element.innerText)) return false;
            if (!shown(element) || hiddenFromEyes(element) || element.closest("svg")) return false;
            return (/hidden|clip/.test(overflowX) && element.scrollWidth > element.clientWidth + 1) ||
                (/hidden|clip/.test(overflowY) && element.scrollHeight > element.clientHeight + 1);
        });
        const sheet = document.styleSheets[document.styleSheets.length - 1];
        const room = "line-height: 1.5 !important; letter-spacing: .12em !important; word-spacing: .16em !important;";
        const place = sheet.cssRules.length;
        sheet.insertRule(`@media screen { * { ${room} } p { margin-bottom: 2em !important; } }`, place);
        const wide = document.documentElement.scrollWidth - document.documentElement.clientWidth;
        const findings = cut().map((element) => `is cut off when its letters stand wider: ${said(element)}`);
        sheet.deleteRule(place);
        return wide > 0 ? [...findings, `the page is ${wide} px too wide when its letters stand wider`] : findings;
    };

    // --- Looks -----------------------------------------------------------------------------------------------------
    const A10 = (words) => {
        const shapes = {};
        const findings = [];
        for (const mark of document.querySelectorAll("svg.mark")) {
            const status = [...mark.classList].find((name) => name.startsWith("mark--"))?.slice("mark--".length);
            const beside = squeezed(mark.parentElement.textContent);
            if (!/\p{L}/u.test(beside)) findings.push(`colour and shape alone say ${status}: ${said(mark.parentElement)}`);
            else if (words[status] && !beside.toLowerCase().includes(words[status].toLowerCase())) {
                findings.push(`the words “${beside.slice(0, 60)}” do not say ${words[status]}`);
            }
            const shape = [...mark.querySelectorAll(".mark__shape, .mark__sign, .mark__pole")].map((part) =>
                part.getAttribute("d") || part.outerHTML).join();
            if (words[status] && shape) (shapes[shape] ||= new Set()).add(status);
        }
        return findings.concat(Object.values(shapes).filter((alike) => alike.size > 1).map((alike) =>
            `one shape stands for ${[...alike].join(" and ")}`));
    };

    const A11 = () => {
        const pale = [];
        const judged = (element, style, what) => {
            const ground = groundOf(element);
            if (!ground) return;
            const edge = parseFloat(style.borderTopWidth || style.borderBottomWidth) > 0 ? [style.borderTopColor, style.borderBottomColor] : [];
            const seen = [...edge, style.backgroundColor].filter(lit).some((colour) => contrast(colour, ground) >= 3);
            if (!seen) pale.push(`${what} is not seen, ${[edge, style.backgroundColor]} on ${ground}: ${said(element)}`);
        };
        for (const field of document.querySelectorAll(FIELDS)) {
            if (!shown(field) || field.disabled) continue;
            if (field.matches(".govuk-radios__input, .govuk-checkboxes__input")) {
                judged(field, getComputedStyle(field.nextElementSibling, "::before"), "the edge of a choice");
            } else if (getComputedStyle(field).appearance === "none" || !/radio|checkbox|range|file|color/.test(field.type)) {
                judged(field, getComputedStyle(field), "the edge of a field");
            }
        }
        for (const shape of document.querySelectorAll(".mark__shape")) {
            const [ground, style] = [groundOf(shape.closest("svg")), getComputedStyle(shape)];
            if (!ground || !shown(shape.closest("svg"))) continue;
            const seen = [style.stroke, style.fill].filter((colour) => colour.startsWith("rgb") && lit(colour));
            if (seen.length && !seen.some((colour) => contrast(colour, ground) >= 3)) {
                pale.push(`a mark is not seen, ${seen} on ${ground}: ${said(shape.closest("svg"))}`);
            }
        }
        return pale;
    };

    // Asked under prefers-reduced-motion.
    const A13 = () => {
        const endless = document.getAnimations().filter((motion) => motion.effect.getComputedTiming().endTime === Infinity);
        const moving = [...document.querySelectorAll("*")].filter((element) => {
            const {transitionDuration, animationName, animationDuration, scrollBehavior} = getComputedStyle(element);
            return parseFloat(transitionDuration) || scrollBehavior === "smooth" ||
                (animationName !== "none" && parseFloat(animationDuration));
        });
        const charts = [...document.querySelectorAll("[data-chart] > script")].filter((data) =>
            JSON.parse(data.textContent).layout?.transition?.duration !== 0);
        return [
            ...endless.map((motion) => `moves without end: ${said(motion.effect.target)}`),
            ...moving.map((element) => `moves although less motion was asked for: ${said(element)}`),
            ...charts.map((data) => `a chart moves: ${data.id}`),
        ];
    };

    const A14 = () => {
        const findings = [];
        const all = stops();
        for (const stop of all) {
            stop.focus();
            const box = [...stop.getClientRects()].find(({width, height}) => width && height);
            if (!box || document.activeElement !== stop) continue;
            const inset = (from, to) => [from + 2, (from + to) / 2, to - 2];
            const hits = inset(box.left, box.right).flatMap((x) => inset(box.top, box.bottom).map((y) => document.elementFromPoint(x, y)))
                .filter(Boolean);
            const own = (hit) => stop.contains(hit) || hit.contains(stop) || [...(stop.labels || [])].some((label) => label.contains(hit));
            if (hits.length && !hits.some(own)) findings.push(`${said(stop)} has the focus beneath ${said(hits[0])}`);
        }
        document.activeElement?.blur();
        const targets = all.filter((stop) => stop.matches("button, summary, select, [role=button], input, a[href]"))
            .map((stop) => [stop, (stop.labels?.[0] && stop.matches("[type=radio], [type=checkbox]") ? stop.labels[0] : stop)
                .getBoundingClientRect()]);
        const inText = (stop) => getComputedStyle(stop).display === "inline" && squeezed(stop.parentElement.textContent) !== squeezed(stop.textContent);
        for (const [stop, {left, top, width, height}] of targets) {
            if ((width >= 23.9 && height >= 23.9) || inText(stop) || !width) continue;
            const [x, y] = [left + width / 2, top + height / 2];
            const near = targets.find(([other, box]) => other !== stop && !other.contains(stop) && !stop.contains(other) &&
                Math.hypot(Math.max(box.left - x, 0, x - box.right), Math.max(box.top - y, 0, y - box.bottom)) < 11.9);
            if (near) findings.push(`is smaller than 24 px and near another: ${said(stop)}`);
        }
        const dragged = [...document.querySelectorAll("[draggable=true]")].filter((element) => !element.querySelector("button, a[href], select"));
        return findings.concat(dragged.map((element) => `can only be dragged: ${said(element)}`));
    };

    window.a11y = {A2, A5, A6, A7, A10, A11, A13, A14, FIELDS, squeezed, said, shown, hiddenFromEyes, nameOf, wordsOf};
})();
