// Hears every swap of htmx: where the focus is afterwards, and how often a reader was told. In window.swaps, and in the
// console for debugging, where it is kept when the page goes.
(() => {
    const TOLD = "[role=status], [role=alert], [aria-live]";
    const squeezed = (words) => (words || "").trim().replace(/\s+/g, " ");
    const spoken = [];
    const watch = new MutationObserver((changes) => {
        const places = new Set();
        for (const {target, addedNodes} of changes) {
            const element = target.nodeType === Node.ELEMENT_NODE ? target : target.parentElement;
            const place = element?.closest(TOLD);
            if (place) places.add(place);
            for (const node of addedNodes) {
                if (node.nodeType !== Node.ELEMENT_NODE) continue;
                if (node.matches(TOLD)) places.add(node);
                node.querySelectorAll(TOLD).forEach((inside) => places.add(inside));
            }
        }
        for (const place of places) if (squeezed(place.textContent)) spoken.push(squeezed(place.textContent).slice(0, 80));
    });
    window.swaps = [];
    let begun = 0;
    let before = null;
    watch.observe(document, {subtree: true, childList: true, characterData: true});
    document.addEventListener("htmx:beforeSwap", () => {
        watch.takeRecords();
        begun = spoken.length;
        before = document.activeElement;
    });
    document.addEventListener("htmx:afterSettle", (event) => {
        const region = event.detail?.elt || event.target;
        const from = begun;
        window.setTimeout(() => {
            const holder = document.activeElement;
            const swap = {
                region: region.id || region.tagName,
                quiet: Boolean(region.matches?.("[data-quiet]")),
                focus: !holder || holder === document.body ? null : squeezed(holder.outerHTML).slice(0, 80),
                moved: holder !== before && Boolean(region.contains?.(holder)),
                told: spoken.slice(from),
            };
            window.swaps.push(swap);
            console.debug("swap " + JSON.stringify(swap));
        }, 0);
    });
})();
