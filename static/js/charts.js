// A chart is a picture made by the server until somebody reaches for it: then Plotly is fetched, once, and draws the same
// figures in its place. The picture can be had back, and the table is always there.
(function () {
  "use strict";

  var REST = 500; // milliseconds that a mouse rests on a chart before it is drawn
  var CONFIG = { showSendToCloud: false, plotlyServerURL: "", displaylogo: false, displayModeBar: false, responsive: true };
  var loading = null;

  function load(chart) {
    if (loading) return loading;
    loading = new Promise(function (resolve, reject) {
      // Plotly would inject these rules itself, which the content security policy refuses.
      var style = document.createElement("link");
      style.id = "plotly.js-style-global";
      style.className = "no-inline-styles";
      style.rel = "stylesheet";
      style.href = chart.dataset.plotlyCss;
      var script = document.createElement("script");
      script.src = chart.dataset.plotly;
      style.onload = function () { document.head.append(script); };
      script.onload = function () { resolve(window.Plotly); };
      style.onerror = script.onerror = function () {
        style.remove();
        script.remove();
        loading = null;
        reject(new Error("Plotly did not load"));
      };
      document.head.append(style);
    });
    return loading;
  }

  function figureOf(chart) {
    var data = document.getElementById(chart.dataset.chart);
    if (!data) return null;
    var figure = JSON.parse(data.textContent);
    return typeof figure === "string" ? JSON.parse(figure) : figure;
  }

  function still(layout) {
    if (window.matchMedia("(prefers-reduced-motion: reduce)").matches) {
      layout.transition = { duration: 0 };
    }
    return layout;
  }

  function setUp(chart) {
    var figure = figureOf(chart);
    if (!figure || chart.dataset.ready) return;
    chart.dataset.ready = "true";
    var picture = chart.querySelector("[data-chart-picture]");
    var plot = chart.querySelector("[data-chart-plot]");
    var explore = chart.querySelector("[data-chart-explore]");
    var back = chart.querySelector("[data-chart-back]");
    var save = chart.querySelector("[data-chart-save]");
    var state = chart.querySelector("[data-chart-state]");
    var resting = null;
    var declined = false;
    explore.hidden = false;

    function draw(asked) {
      if (!plot.hidden) return;
      if (asked) state.textContent = "Fetching the chart…";
      load(chart).then(function (Plotly) {
        if (!plot.hidden) return;
        var height = picture.offsetHeight;
        var layout = still(Object.assign({ height: Math.max(height, 280) }, figure.layout));
        plot.hidden = false;
        picture.hidden = true;
        return Plotly.newPlot(plot, figure.data, layout, CONFIG).then(function () {
          explore.hidden = true;
          back.hidden = save.hidden = false;
          state.textContent = "";
          if (asked) back.focus();
        });
      }).catch(function () {
        plot.hidden = true;
        picture.hidden = false;
        if (asked) state.textContent = "The chart could not be fetched. The picture and the table show the same figures.";
      });
    }

    explore.addEventListener("click", function () { draw(true); });
    explore.addEventListener("focus", function () { load(chart).catch(function () {}); });
    back.addEventListener("click", function () {
      declined = true;
      window.Plotly.purge(plot);
      plot.hidden = back.hidden = save.hidden = true;
      picture.hidden = explore.hidden = false;
      explore.focus();
    });
    save.addEventListener("click", function () {
      window.Plotly.downloadImage(plot, { format: "png", scale: 2, filename: chart.id });
    });
    picture.addEventListener("pointerenter", function (event) {
      if (event.pointerType !== "mouse" || declined) return;
      resting = window.setTimeout(function () { draw(false); }, REST);
    });
    picture.addEventListener("pointerleave", function () { window.clearTimeout(resting); });
  }

  function all(root) {
    root.querySelectorAll("[data-chart]").forEach(setUp);
  }

  document.addEventListener("DOMContentLoaded", function () { all(document); });
  document.addEventListener("htmx:afterSettle", function (event) { if (event.detail.elt) all(event.detail.elt); });
})();
