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

  // Something that sends itself while somebody writes says what went wrong beside it, without taking them away.
  function isQuiet(element) {
    return Boolean(element && element.matches && element.matches("[data-quiet]"));
  }

  function sayQuietly(element, words) {
    var place = element.querySelector("[data-state]");
    if (place) place.textContent = words;
  }

  // A request that changes something carries the token of its form, read at the moment it is sent.
  document.addEventListener("htmx:configRequest", function (event) {
    if (event.detail.verb === "get") return;
    var form = event.target.closest("form");
    var token = (form && form.querySelector("[name=csrfmiddlewaretoken]")) ||
      document.querySelector("[name=csrfmiddlewaretoken]");
    if (token) event.detail.headers["X-CSRFToken"] = token.value;
  });

  document.addEventListener("htmx:beforeRequest", function (event) {
    var place = region("page-alert");
    if (place && !isQuiet(event.detail.elt)) place.replaceChildren();
  });

  // Signing in again, in another tab, gives the portal's forms a new token: the old one is changed for it, and what was
  // sent with it is sent once more, so that one press is enough.
  function sentOnceMore(event) {
    var element = event.detail.requestConfig.elt;
    var token = event.detail.xhr.status === 403 && event.detail.xhr.getResponseHeader("X-CSRFToken");
    if (!token || element.dataset.sentOnceMore) return false;
    document.querySelectorAll("[name=csrfmiddlewaretoken]").forEach(function (field) { field.value = token; });
    event.detail.shouldSwap = false;
    event.detail.isError = false;
    element.dataset.sentOnceMore = "true";
    var again = event.detail.requestConfig.triggeringEvent;
    var button = again && again.submitter;
    window.setTimeout(function () {
      if (element.matches("form")) element.requestSubmit(button && element.contains(button) ? button : undefined);
      else if (element.matches("button")) element.click();
      else window.htmx.trigger(element, "change");
    }, 0);
    return true;
  }

  document.addEventListener("htmx:afterRequest", function (event) {
    var xhr = event.detail.xhr;
    if (xhr && xhr.status >= 200 && xhr.status < 400) delete event.detail.elt.dataset.sentOnceMore;
  });

  // An answer that says no is shown where the server says; without such a place, in our words.
  document.addEventListener("htmx:beforeSwap", function (event) {
    var xhr = event.detail.xhr;
    if (xhr.status < 400 || xhr.status === 422) return;
    if (sentOnceMore(event)) return;
    var sender = event.detail.requestConfig.elt;
    if (isQuiet(sender)) {
      event.detail.shouldSwap = false;
      sayQuietly(sender, "Not kept as a draft. " + (WORDS[xhr.status] || ANY));
      return;
    }
    if (/^HX-Retarget:/im.test(xhr.getAllResponseHeaders())) return;
    event.detail.shouldSwap = false;
    alertWith(WORDS[xhr.status] || ANY);
  });

  ["htmx:sendError", "htmx:timeout", "htmx:sendAbort"].forEach(function (name) {
    document.addEventListener(name, function (event) {
      if (name === "htmx:sendAbort") return;
      if (isQuiet(event.detail.elt)) sayQuietly(event.detail.elt, "Not kept as a draft. " + WORDS[0]);
      else alertWith(WORDS[0]);
    });
  });

  // After a swap the reader is told once: focus moves to what is new, or, while somebody types in a filter, a line is spoken.
  document.addEventListener("htmx:afterSettle", function (event) {
    var swapped = event.detail.elt;
    if (!swapped || !swapped.isConnected) return;
    var wrong = document.querySelector(".govuk-error-summary");
    document.title = (wrong ? "Error: " : "") + document.title.replace("Error: ", "");
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
      var words = spoken && spoken.textContent.trim().replace(/\s+/g, " ");
      var status = region("page-status");
      if (words && status && status.textContent !== words) status.textContent = words;
      return;
    }
    var aim = swapped.matches("[data-focus]") ? swapped :
      swapped.querySelector("[data-focus]") || swapped.querySelector("h1, h2, h3, h4") || swapped;
    focusOn(aim);
  });

  // A tick fills in its day; taking it off clears the day again.
  document.addEventListener("change", function (event) {
    var day = event.target.dataset && event.target.dataset.fills && region(event.target.dataset.fills);
    if (day) day.value = event.target.checked ? event.target.dataset.day : "";
  }, true);

  document.addEventListener("keydown", function (event) {
    var form = event.target.closest && event.target.closest("[data-send-with-enter]");
    if (!form || event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    form.requestSubmit();
  });

  // What warns before a session ends is fetched five minutes before, or once somebody uses the page or comes back to it.
  function watchSession(dialog) {
    var since = Date.now();
    var near = window.setTimeout(begin, (dialog.dataset.left - 300) * 1000);
    document.addEventListener("visibilitychange", begin);
    document.addEventListener("htmx:afterRequest", begin);

    function begin() {
      if (document.hidden) return;
      window.clearTimeout(near);
      document.removeEventListener("visibilitychange", begin);
      document.removeEventListener("htmx:afterRequest", begin);
      dialog.dataset.since = since;
      var script = document.createElement("script");
      script.src = dialog.dataset.script;
      document.head.append(script);
    }
  }

  document.addEventListener("DOMContentLoaded", function () {
    var dialog = region("session-warning");
    if (dialog) watchSession(dialog);
    var first = document.querySelector("[data-focus-on-load]");
    var begins = document.querySelector("[autofocus]");  // a page that begins in its form tells the rest by its status
    if (first && !(begins && first.getAttribute("role") === "status")) first.focus();
    document.documentElement.classList.add("has-keys");
  });
})();
