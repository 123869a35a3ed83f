// What a page says, to whom, and when: hover, errors, labels, headings, time. Stands on dom.js.
(() => {
    const {FIELDS, squeezed, said, shown, hiddenFromEyes, nameOf, wordsOf} = window.a11y;
    const REVEALS = ["display", "visibility", "opacity", "clip-path", "max-height"];

    const A15 = () => {
        const titled = [...document.body.querySelectorAll("[title]")].filter((element) => {
            const words = squeezed(element.title);
            return words && shown(element) && !element.matches("iframe, link, style") &&
                !squeezed(element.textContent + (element.alt || "")).includes(words) &&
                !(element.matches("input") && squeezed(nameOf(element)).includes(words));
        });
        const rules = [...document.styleSheets].flatMap((sheet) => [...sheet.cssRules])
            .flatMap((rule) => (rule.cssRules?.length && !rule.selectorText ? [...rule.cssRules] : [rule]));
        const hidden = rules.filter((rule) => rule.selectorText && REVEALS.some((name) => rule.style?.getPropertyValue(name)) &&
            /:hover[^,]*[ >+~]/.test(rule.selectorText) && !/:focus/.test(rule.selectorText));
        const stuck = [...document.querySelectorAll("[role=tooltip]")].flatMap((tip) => {
            const owner = tip.id && document.querySelector(`[aria-describedby~="${CSS.escape(tip.id)}"]`);
            if (!owner) return [`a tip belongs to nothing: ${said(tip)}`];
            owner.focus();
            if (!shown(tip)) return [`a tip is not shown to who has the focus: ${said(tip)}`];
            owner.dispatchEvent(new KeyboardEvent("keydown", {key: "Escape", bubbles: true}));
            const gone = !shown(tip);
            owner.blur();
            return gone ? [] : [`Escape does not take a tip away: ${said(tip)}`];
        });
        return [
            ...titled.map((element) => `words that only a mouse finds, “${squeezed(element.title)}”: ${said(element)}`),
            ...hidden.filter((rule) => document.querySelector(rule.selectorText.replaceAll(/:hover/g, "")))
                .map((rule) => `is shown to a mouse alone: ${rule.selectorText}`),
            ...stuck,
        ];
    };

    // Asked as the page stands after it was sent, before anything else has had the focus.
    const A16 = () => {
        const summary = document.querySelector(".govuk-error-summary, .errornote");
        const wrong = [...document.querySelectorAll("[aria-invalid=true]")].filter((field) => field.type !== "hidden");
        const messages = [...document.querySelectorAll(".govuk-error-message, .errorlist")].filter((message) => !message.contains(summary));
        if (!summary && !wrong.length && !messages.length) return [];
        const findings = [];
        if (!summary) findings.push(`an error without a summary: ${said(wrong[0] || messages[0])}`);
        else if (!summary.contains(document.activeElement)) findings.push(`the summary has no focus, but ${said(document.activeElement)}`);
        if (!/^Error: /.test(document.title)) findings.push(`the title does not begin with Error: ${document.title}`);
        for (const link of summary ? summary.querySelectorAll("a") : []) {
            const field = document.getElementById((link.getAttribute("href") || "").slice(1));
            if (!field) { findings.push(`leads to no field: ${said(link)}`); continue; }
            const group = field.closest("fieldset");
            const described = `${field.getAttribute("aria-describedby") || ""} ${group?.getAttribute("aria-describedby") || ""}`;
            const words = squeezed(wordsOf(described.trim()));
            if (!words.includes(squeezed(link.textContent))) findings.push(`is not described by its error “${squeezed(link.textContent)}”: ${said(field)}`);
        }
        for (const field of wrong) {
            const group = field.closest("fieldset");
            const described = squeezed(`${field.getAttribute("aria-describedby") || ""} ${group?.getAttribute("aria-describedby") || ""}`);
            if (!/_error\b/.test(described) && !squeezed(wordsOf(described))) findings.push(`is wrong and does not say why: ${said(field)}`);
        }
        return findings;
    };

    const A17 = () => [...document.querySelectorAll(FIELDS)].filter(shown).filter((field) => {
        const labels = [...(field.labels || []),
            ...(field.getAttribute("aria-labelledby") || "").split(/\s+/).map((id) => document.getElementById(id)).filter(Boolean)];
        return !labels.some((label) => shown(label) && !hiddenFromEyes(label) && squeezed(label.innerText));
    }).map((field) => `has no label that is seen: ${said(field)}`);

    const VAGUE = /^(click here|here|more|read more|link|this|this page|learn more|details)$/i;

    const A18 = () => {
        const findings = [];
        if (!document.documentElement.lang) findings.push("the page does not say its language");
        if (!squeezed(document.title)) findings.push("the page has no title");
        let above = 0;
        for (const heading of [...document.querySelectorAll("h1, h2, h3, h4, h5, h6")].filter(shown)) {
            const level = Number(heading.tagName[1]);
            if (level > above + 1) findings.push(`a heading of level ${level} stands under one of ${above}: ${said(heading)}`);
            if (!squeezed(heading.textContent)) findings.push(`a heading says nothing: ${said(heading)}`);
            above = level;
        }
        for (const [landmark, selector] of [["main", "main"], ["banner", "body > header, [role=banner], #header"]]) {
            const count = [...document.querySelectorAll(selector)].filter(shown).length;
            if (count !== 1) findings.push(`the page has ${count} landmarks for ${landmark}`);
        }
        if ([...document.querySelectorAll("h1")].filter(shown).length < 1) findings.push("the page has no heading of the first level");
        const leads = {};
        for (const link of [...document.querySelectorAll("main a[href]")].filter(shown)) {
            const name = nameOf(link);
            if (VAGUE.test(name)) findings.push(`does not say where it leads: ${said(link)}`);
            // The same words in rows of one table are told apart by their rows' headings.
            const row = link.closest("tr, li, article, section, dl > div");
            const context = squeezed(row?.querySelector("th, h2, h3, h4, dt")?.textContent || row?.textContent);
            (leads[`${name}|${context}`] ||= new Map()).set(link.href, link);
        }
        return findings.concat(Object.values(leads).filter((to) => to.size > 1).map((to) =>
            `the same words lead to ${to.size} places: ${[...to.values()].map(said).join(" ; ")}`));
    };

    const A20 = () => {
        const refreshed = [...document.querySelectorAll("meta[http-equiv=refresh i]")].filter((meta) => parseFloat(meta.content) > 0);
        const warnings = [...document.querySelectorAll("[data-left]")];
        const told = document.querySelector("[data-session-end]");
        const findings = refreshed.map((meta) => `the page leaves by itself: ${said(meta)}`);
        for (const warning of warnings) {
            if (!warning.matches("dialog, [role=alertdialog]")) findings.push(`a warning that is no dialog: ${said(warning)}`);
            if (!nameOf(warning)) findings.push(`a warning without a name: ${said(warning)}`);
            if (!warning.querySelector("form[method=post] button")) findings.push(`a session that cannot be extended: ${said(warning)}`);
            if (warning.dataset.warns && Number(warning.dataset.warns) < 120) findings.push(`a warning of less than two minutes: ${said(warning)}`);
        }
        if (told && !warnings.length) findings.push(`a session ends without a warning: ${said(told)}`);
        return findings;
    };

    Object.assign(window.a11y, {A15, A16, A17, A18, A20});
})();
