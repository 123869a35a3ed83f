// In a meeting the keys of a keyboard, or of a presenter's remote control, follow the page's own links.
(function () {
  "use strict";

  var WAYS = {
    ArrowRight: "next", PageDown: "next", ArrowLeft: "prev", PageUp: "prev", Home: "first", Escape: "up"
  };

  function isField(element) {
    return Boolean(element.closest && element.closest("input, textarea, select, [contenteditable]"));
  }

  document.addEventListener("keydown", function (event) {
    var way = WAYS[event.key];
    if (!way || event.defaultPrevented || event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
    if (isField(event.target)) return;
    var link = document.querySelector("a[rel=" + way + "]");
    if (!link) return;
    event.preventDefault();
    link.click();
  });

  document.addEventListener("DOMContentLoaded", function () {
    var words = document.querySelector("[data-meeting-keys]");
    if (words) words.hidden = false;
  });
})();
