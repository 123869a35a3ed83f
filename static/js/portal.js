// What htmx leaves unsaid: errors and a lost connection in words, focus after a swap, the token of a form.
// Every page works without this file.
(function () {
  "use strict";

  var WORDS = {
    0: "The portal could not be reached. Check your connection, then try again. What you typed is still here.",
    400: "The portal could not read that. Check what you chose, then try again.",
    401: "You have been signed out. Sign in again in another tab, then try again: what you typed is still here.",
    403: "Your role does not allow that. If you need it, ask the strategy office.",
    404: "That is no longer here. Reload the page to see what is.",
    409: "Somebody else changed this at the same time. Reload the page to see what they said.",
    413: "That is too long. Shorten it, then try again.",
    429: "That was too many at once. Wait a minute, then try again.",
    503: "The portal is busy or being updated. Wait a minute, then try again. What you typed is still here."
  };
  var ANY = "Something went wrong in the portal. Try again; if it happens again, tell the strategy office.";

  function region(id) {
    return document.getElementById(id);
  }

  function alertWith(words) {
    var place = region("page-alert");
    if (!place) return;
    var notice = document.createElement("div");
    notice.className = "notice notice--error";
    var title = document.createElement("h2");
    title.className = "notice__title";
    title.textContent = "That did not work";
    var text = document.createElement("p");
    text.className = "notice__words";
    text.textContent = words;
    notice.append(title, text);
    place.replaceChildren(notice);
    reveal(place);
  }

  function reveal(place) {
    var box = place.getBoundingClientRect();
    if (box.top < 0 || box.bottom > window.innerHeight) place.scrollIntoView({ block: "start" });
    // A button that was disabled while it waited has let go of the focus: nobody else holds it.
    var holder = document.activeElement;
    if (!holder || holder === document.body || holder.disabled) place.focus({ preventScroll: true });
  }

  function focusOn(element) {
    if (!element.matches("a[href], button, input, select, textarea, summary, [tabindex]")) {
      element.setAttribute("tabindex", "-1");
    }
    element.focus();
  }

  // A request that changes something carries the token of its form, read at the moment it is sent.
  document.addEventListener("htmx:configRequest", function (event) {
    if (event.detail.verb === "get") return;
    var form = event.target.closest("form");
    var token = (form && form.querySelector("[name=csrfmiddlewaretoken]")) ||
      document.querySelector("[name=csrfmiddlewaretoken]");
    if (token) event.detail.headers["X-CSRFToken"] = token.value;
  });

  document.addEventListener("htmx:beforeRequest", function () {
    var place = region("page-alert");
    if (place) place.replaceChildren();
  });

  // An answer that says no is shown where the server says; without such a place, in our words.
  document.addEventListener("htmx:beforeSwap", function (event) {
    var xhr = event.detail.xhr;
    if (xhr.status < 400 || xhr.status === 422) return;
    if (/^HX-Retarget:/im.test(xhr.getAllResponseHeaders())) return;
    event.detail.shouldSwap = false;
    alertWith(WORDS[xhr.status] || ANY);
  });

  ["htmx:sendError", "htmx:timeout", "htmx:sendAbort"].forEach(function (name) {
    document.addEventListener(name, function () {
      if (name !== "htmx:sendAbort") alertWith(WORDS[0]);
    });
  });

  // After a swap the reader is told once: focus moves to what is new, or, while somebody types in a filter, a line is spoken.
  document.addEventListener("htmx:afterSettle", function (event) {
    var swapped = event.detail.elt;
    if (!swapped || !swapped.isConnected) return;
    var place = region("page-alert");
    if (place && (swapped === place || place.contains(swapped))) {
      reveal(place);
      return;
    }
    var config = event.detail.requestConfig || {};
    var trigger = config.triggeringEvent;
    var typing = trigger && /^(input|keyup|change|search)$/.test(trigger.type) &&
      document.activeElement !== document.body && !swapped.contains(document.activeElement);
    if (typing) {
      var spoken = swapped.matches("[data-announce]") ? swapped : swapped.querySelector("[data-announce]");
      if (spoken && region("page-status")) region("page-status").textContent = spoken.textContent.trim();
      return;
    }
    var aim = swapped.matches("[data-focus]") ? swapped :
      swapped.querySelector("[data-focus]") || swapped.querySelector("h1, h2, h3, h4") || swapped;
    focusOn(aim);
  });

  document.addEventListener("DOMContentLoaded", function () {
    var first = document.querySelector("[data-focus-on-load]");
    if (first) first.focus();
  });
})();
