// Says two minutes before a session ends that it will, and lets the person go on. Nothing that was typed is touched.
// Without this file the foot of the page says when the session ends.
(function () {
  "use strict";

  var WARNING = 120;  // seconds
  var dialog = document.getElementById("session-warning");
  if (!dialog || !window.fetch || !dialog.showModal) return;

  var words = dialog.querySelector("[data-words]");
  var stay = dialog.querySelector("[data-stay]");
  var extendable = dialog.dataset.extendable === "true";
  var endsAt, timer, asked;

  function left() {
    return Math.round((endsAt - Date.now()) / 1000);
  }

  function goesOnFor(seconds, canBeExtended) {
    endsAt = Date.now() + seconds * 1000;
    extendable = canBeExtended;
    asked = false;
    var foot = document.querySelector("[data-session-end]");
    if (foot) {
      var end = new Date(endsAt);
      foot.dateTime = end.toISOString();
      foot.textContent = end.toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit", timeZone: "Europe/London" });
    }
    if (dialog.open && seconds > WARNING) dialog.close();
    wait();
  }

  function wait() {
    window.clearTimeout(timer);
    var seconds = left();
    if (seconds <= 0) { ask(ended); return; }
    if (seconds > WARNING) { timer = window.setTimeout(wait, Math.min((seconds - WARNING) * 1000, 3600000)); return; }
    if (asked) warn(); else ask(warn);  // another tab may have been used meanwhile
  }

  function warn() {
    var minutes = Math.max(1, Math.ceil(left() / 60));
    var soon = "in " + minutes + (minutes === 1 ? " minute" : " minutes");
    words.textContent = extendable ?
      "You have not used the portal for a while. You will be signed out " + soon + "." :
      "A session lasts a working day, and this one ends " + soon + ". Sign in again after that: what you typed stays here.";
    stay.hidden = !extendable;
    if (!dialog.open) dialog.showModal();
    window.clearTimeout(timer);
    timer = window.setTimeout(wait, Math.max(1, left() % 60 || 60) * 1000);
  }

  function ended() {
    window.clearTimeout(timer);
    if (dialog.open) dialog.close();
    var place = document.getElementById("page-alert");
    if (!place) return;
    var notice = document.createElement("div");
    notice.className = "notice notice--error";
    var title = document.createElement("h2");
    title.className = "notice__title";
    title.textContent = "You have been signed out";
    var text = document.createElement("p");
    text.className = "notice__words";
    var link = document.createElement("a");
    link.href = dialog.dataset.signIn + "?next=" + encodeURIComponent(window.location.pathname + window.location.search);
    link.target = "_blank";
    link.rel = "noopener";
    link.textContent = "Sign in (opens a new tab)";
    text.append("What you typed is still here. ", link, ", then come back to this tab and go on.");
    notice.append(title, text);
    place.replaceChildren(notice);
  }

  // Asks the portal how long the session goes on; asking is no use of it, so that an open tab keeps nobody signed in.
  function ask(then) {
    window.fetch(dialog.dataset.address, { headers: { Accept: "application/json" }, redirect: "manual" })
      .then(function (response) {
        if (response.type === "opaqueredirect") { ended(); return null; }
        return response.ok ? response.json() : null;
      })
      .then(function (said) {
        if (!said) return;
        if (said.left <= 0) { ended(); return; }
        goesOnForAndAsked(said);
      })
      .catch(function () { if (then === warn) { asked = true; warn(); } });
  }

  function goesOnForAndAsked(said) {
    endsAt = Date.now() + said.left * 1000;
    extendable = said.extendable;
    asked = true;
    if (said.left > WARNING) goesOnFor(said.left, said.extendable); else warn();
  }

  dialog.querySelector("form").addEventListener("submit", function (event) {
    event.preventDefault();
    var token = dialog.querySelector("[name=csrfmiddlewaretoken]").value;
    window.fetch(dialog.dataset.address, { method: "POST", headers: { "X-CSRFToken": token }, redirect: "manual" })
      .then(function (response) { return response.ok ? response.json() : null; })
      .then(function (said) {
        if (!said) { ended(); return; }
        dialog.close();
        goesOnFor(said.left, said.extendable);
        var status = document.getElementById("page-status");
        if (status) status.textContent = "You stay signed in.";
      })
      .catch(function () { words.textContent = "The portal could not be reached. Check your connection, then try again."; });
  });
  dialog.querySelector("[data-close]").addEventListener("click", function () { dialog.close(); });
  dialog.addEventListener("close", function () { window.clearTimeout(timer); timer = window.setTimeout(wait, Math.max(1, left()) * 1000); });

  // Whatever is sent by htmx and answered is a use of the session: its full time begins again.
  var whole = Number(dialog.dataset.left);
  var past = Math.round((Date.now() - dialog.dataset.since) / 1000);  // what of it had gone before this file came
  document.addEventListener("htmx:afterRequest", function (event) {
    var xhr = event.detail.xhr;
    if (xhr && xhr.status >= 200 && xhr.status < 400 && left() < whole - 60) ask(wait);
  });
  // What the page sends by itself while the warning stands is no use: the field that lost the focus to it says it changed.
  document.addEventListener("htmx:beforeRequest", function (event) { if (dialog.open) event.preventDefault(); });
  document.addEventListener("visibilitychange", function () { if (!document.hidden) wait(); });

  goesOnFor(whole - past, extendable);
  if (past > 60 && left() > WARNING) ask(wait);
})();
