#!/usr/bin/env bash
# Rebuilds every vendored file in this folder from published packages, and writes MANIFEST.json.
# Needs node 20 or newer with npm, and a Python with playwright and a chromium (the portal's own .venv will do).
#   static/vendor/build.sh              PYTHON=… CHROMIUM=… change the two defaults
# After a new version: delete the old files, change the names in templates/base.html and
# templates/components/figure.html, and run the browser tests.
set -euo pipefail

GOVUK=6.6.0
PLOTLY=4.1.1 # the version that plotly.offline.get_plotlyjs_version() names
ATKINSON=5.3.0
SASS=1.108.2
ESBUILD=0.28.2
ACORN=8.19.0
ACORN_WALK=8.3.5
FONTTOOLS=4.68.0

here="$(cd "$(dirname "$0")" && pwd)"
python="${PYTHON:-$here/../../.venv/bin/python}"
chromium="${CHROMIUM:-/usr/bin/chromium}"
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT

cd "$work"
npm init -y >/dev/null
npm install --no-audit --no-fund --ignore-scripts --save-exact "govuk-frontend@$GOVUK" "sass@$SASS" \
  "plotly.js@$PLOTLY" "esbuild@$ESBUILD" "acorn@$ACORN" "acorn-walk@$ACORN_WALK" \
  "@fontsource/atkinson-hyperlegible@$ATKINSON" >/dev/null

# --- govuk-frontend: only what the portal uses; no font face, crown, logo, header or footer ---------------------
cat >govuk.scss <<'SCSS'
@use "govuk-frontend/dist/govuk/base" with (
  $govuk-include-default-font-face: false,
  $govuk-font-family: ("Atkinson Hyperlegible", system-ui, "Segoe UI", "Helvetica Neue", arial, sans-serif),
  $govuk-typography-scale: (
    80: (null: (font-size: 44px, line-height: 48px), tablet: (font-size: 64px, line-height: 68px), print: (font-size: 40pt, line-height: 1.1)),
    48: (null: (font-size: 30px, line-height: 36px), tablet: (font-size: 42px, line-height: 48px), print: (font-size: 26pt, line-height: 1.15)),
    36: (null: (font-size: 25px, line-height: 31px), tablet: (font-size: 31px, line-height: 38px), print: (font-size: 20pt, line-height: 1.15)),
    27: (null: (font-size: 21px, line-height: 28px), tablet: (font-size: 25px, line-height: 32px), print: (font-size: 16pt, line-height: 1.15)),
    24: (null: (font-size: 19px, line-height: 26px), tablet: (font-size: 21px, line-height: 28px), print: (font-size: 14pt, line-height: 1.2)),
    19: (null: (font-size: 17px, line-height: 26px), print: (font-size: 11pt, line-height: 1.35)),
    16: (null: (font-size: 15px, line-height: 22px), print: (font-size: 10pt, line-height: 1.3))
  )
);
@use "govuk-frontend/dist/govuk/core";
@use "govuk-frontend/dist/govuk/objects";
@use "govuk-frontend/dist/govuk/components/back-link";
@use "govuk-frontend/dist/govuk/components/breadcrumbs";
@use "govuk-frontend/dist/govuk/components/button";
@use "govuk-frontend/dist/govuk/components/checkboxes";
@use "govuk-frontend/dist/govuk/components/date-input";
@use "govuk-frontend/dist/govuk/components/details";
@use "govuk-frontend/dist/govuk/components/error-message";
@use "govuk-frontend/dist/govuk/components/error-summary";
@use "govuk-frontend/dist/govuk/components/fieldset";
@use "govuk-frontend/dist/govuk/components/hint";
@use "govuk-frontend/dist/govuk/components/input";
@use "govuk-frontend/dist/govuk/components/inset-text";
@use "govuk-frontend/dist/govuk/components/label";
@use "govuk-frontend/dist/govuk/components/notification-banner";
@use "govuk-frontend/dist/govuk/components/pagination";
@use "govuk-frontend/dist/govuk/components/radios";
@use "govuk-frontend/dist/govuk/components/select";
@use "govuk-frontend/dist/govuk/components/skip-link";
@use "govuk-frontend/dist/govuk/components/summary-list";
@use "govuk-frontend/dist/govuk/components/table";
@use "govuk-frontend/dist/govuk/components/tag";
@use "govuk-frontend/dist/govuk/components/textarea";
@use "govuk-frontend/dist/govuk/components/warning-text";
@use "govuk-frontend/dist/govuk/utilities";
SCSS
npx sass --load-path=node_modules --style=compressed --no-source-map --quiet-deps govuk.scss \
  >"$here/govuk-frontend-$GOVUK.min.css"
# The package carries no licence file: this is the one in its repository.
cat >"$here/govuk-frontend-$GOVUK.LICENSE.txt" <<'LICENCE'
The MIT License (MIT)

Copyright (C) 2017 Crown Copyright (Government Digital Service)

Permission is hereby granted, free of charge, to any person obtaining a copy of
this software and associated documentation files (the "Software"), to deal in
the Software without restriction, including without limitation the rights to
use, copy, modify, merge, publish, distribute, sublicense, and/or sell copies
of the Software, and to permit persons to whom the Software is furnished to do
so, subject to the following conditions:

The above copyright notice and this permission notice shall be included in all
copies or substantial portions of the Software.

THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR
IMPLIED, INCLUDING BUT NOT LIMITED TO THE WARRANTIES OF MERCHANTABILITY,
FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE
AUTHORS OR COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER
LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR OTHERWISE, ARISING FROM,
OUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE
SOFTWARE.
LICENCE

# --- plotly.js: the portal's own bundle of what reports/charts draws with --------------------------------------
# Bars and scatters, with their legends, hover labels, lines and words. Left out: every other trace and the components
# of error bars, colour bars, images, grids, calendars, sliders, menus and range sliders. It does what src/core.js does.
cat >plotly-entry.js <<'JS'
exports.version = require('plotly.js/src/version').version;
require('native-promise-only');
require('plotly.js/build/plotcss');

const { register } = require('plotly.js/src/registry');
const methods = {
  ...require('plotly.js/src/plot_api/plot_api'),
  toImage: require('plotly.js/src/plot_api/to_image'),
  downloadImage: require('plotly.js/src/snapshot/download'),
};
for (const [name, fn] of Object.entries(methods)) {
  if (!name.startsWith('_')) exports[name] = fn;
  register({ moduleType: 'apiMethod', name, fn });
}
register([
  require('plotly.js/src/traces/scatter'),
  require('plotly.js/src/traces/bar'),
  require('plotly.js/src/components/annotations'),
  require('plotly.js/src/components/selections'), // without it a layout has no list of selections, which dragging reads
  require('plotly.js/src/components/shapes'),
  require('plotly.js/src/components/colorscale'), // what a trace's own colour is made with
  require('plotly.js/src/components/legend'), // after shapes
  require('plotly.js/src/components/fx'), // after the legend
  require('plotly.js/src/components/modebar'),
  require('plotly.js/src/locale-en'),
  require('plotly.js/src/locale-en-us'),
]);
JS
cat >plotly-bundle.mjs <<'JS'
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { parse } from 'acorn';
import { simple } from 'acorn-walk';
import { build } from 'esbuild';

const [bundle, licence, version] = process.argv.slice(2);

// Plotly's attributes carry its handbook, which its own minified bundles leave out too.
const withoutHandbook = {
  name: 'without the handbook',
  setup({ onLoad }) {
    onLoad({ filter: /plotly\.js\/src\/.*\.js$/ }, async ({ path }) => {
      let source = await readFile(path, 'utf8');
      const found = [];
      simple(parse(source, { ecmaVersion: 'latest' }), {
        Property: ({ key, value }) => key.name === 'description' && found.push(value),
      });
      for (const { start, end } of found.sort((a, b) => b.start - a.start)) {
        source = `${source.slice(0, start)}''${source.slice(end)}`;
      }
      return { contents: source };
    });
  },
};

// Colours are written as hex, rgb() or hsl(), or named; culori's whole bundle knows thirty spaces more.
const fewColours = {
  name: 'few colours',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^culori$/ }, () => ({ path: 'culori', namespace: 'few' }));
    onLoad({ filter: /./, namespace: 'few' }, () => ({
      resolveDir: process.cwd(),
      contents: `import { modeHsl, modeLrgb, modeRgb, useMode } from 'culori/fn';
        [modeRgb, modeHsl, modeLrgb].forEach((mode) => useMode(mode));
        export { converter, formatHex, formatRgb, wcagContrast, wcagLuminance } from 'culori/fn';`,
    }));
  },
};

const { metafile } = await build({
  entryPoints: ['plotly-entry.js'],
  outfile: bundle,
  bundle: true,
  minify: true,
  format: 'iife',
  globalName: 'Plotly',
  target: 'es2016',
  define: { global: 'window' },
  loader: { '.css': 'empty' }, // the style sheet of maps, which nothing asks for
  legalComments: 'none', // all are in the licence file
  banner: {
    js: `/**
* plotly.js (bars and scatters, minified) v${version}
* Copyright 2012-2026, Plotly, Inc.
* All rights reserved.
* Licensed under the MIT license
* The packages that it contains, and their licences: plotly-portal-${version}.LICENSE.txt
*/`,
  },
  plugins: [withoutHandbook, fewColours],
  metafile: true,
});

// The licence of each package that has bytes in the bundle, plotly.js's first.
const [{ inputs }] = Object.values(metafile.outputs);
const packages = new Set(['plotly.js']);
for (const [path, { bytesInOutput }] of Object.entries(inputs)) {
  const name = /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path)?.[1];
  if (name && bytesInOutput && !path.endsWith('.css')) packages.add(name);
}
const [first, ...others] = packages;
const texts = [];
for (const name of [first, ...others.sort()]) {
  const folder = `node_modules/${name}`;
  const about = JSON.parse(await readFile(`${folder}/package.json`, 'utf8'));
  const file = (await readdir(folder)).find((entry) => /^licen[cs]e/i.test(entry));
  const author = about.author?.name ?? about.author ?? '';
  const text = file ? (await readFile(`${folder}/${file}`, 'utf8')).trim() : `${about.license} licence. ${author}`.trim();
  texts.push(`${name} ${about.version} (${about.license})\n${'='.repeat(60)}\n${text}\n`);
}
await writeFile(licence, texts.join('\n\n').replaceAll('\r', ''));
JS
node plotly-bundle.mjs "$here/plotly-portal-$PLOTLY.min.js" "$here/plotly-portal-$PLOTLY.LICENSE.txt" "$PLOTLY"

# --- Atkinson Hyperlegible: the letters of UK English, Welsh and the names that live among them -----------------
python3 -m venv fonttools
fonttools/bin/pip install --quiet "fonttools==$FONTTOOLS" brotli
for weight in 400 700; do
  fonttools/bin/pyftsubset \
    "node_modules/@fontsource/atkinson-hyperlegible/files/atkinson-hyperlegible-latin-$weight-normal.woff2" \
    --unicodes="U+20-7E,U+A0,U+A3,U+A7,U+A9,U+B0,U+B7,U+BD,U+C0-C2,U+C4,U+C7-CB,U+CD,U+CF,U+D3,U+D4,U+D6,U+D7,U+DA,U+DC,U+E0-E2,U+E4,U+E7-EB,U+ED,U+EF,U+F1,U+F3,U+F4,U+F6,U+FA,U+FC,U+2013,U+2014,U+2018,U+2019,U+201C,U+201D,U+2022,U+2026,U+20AC,U+2212" \
    --layout-features=kern,liga,mark,mkmk,ccmp,tnum,lnum --no-hinting --desubroutinize --flavor=woff2 \
    --output-file="$here/atkinson-hyperlegible-$ATKINSON-$weight.woff2"
done
cp node_modules/@fontsource/atkinson-hyperlegible/LICENSE "$here/atkinson-hyperlegible-$ATKINSON.LICENSE.txt"

# --- plotly.css: the rules that plotly.js would inject, which the content security policy refuses ----------------
"$python" - "$here/plotly-portal-$PLOTLY.min.js" "$here/plotly-portal-$PLOTLY.css" "$chromium" <<'PYTHON'
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

bundle, out, chromium = sys.argv[1:]
flags = "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking"
with sync_playwright() as play:
    browser = play.chromium.launch(executable_path=chromium, args=flags.split())
    page = browser.new_page()
    page.set_content("<!doctype html><title>plotly</title><div id=chart></div>")
    page.add_script_tag(path=bundle)
    rules = page.evaluate(
        "() => Plotly.newPlot('chart', [{y: [1, 2]}]).then(() => "
        "[...document.getElementById('plotly.js-style-global').sheet.cssRules].map(rule => rule.cssText))"
    )
    browser.close()
Path(out).write_text("\n".join(rules) + "\n", encoding="utf-8")
print(f"{len(rules)} rules of plotly.css")
PYTHON

# --- MANIFEST.json: what each file is, where it came from, and its checksum -------------------------------------
"$python" - "$here" "$GOVUK" "$PLOTLY" "$ATKINSON" <<'PYTHON'
import hashlib
import json
import sys
from pathlib import Path

PLOTLY_LICENCES = "MIT AND BSD-3-Clause AND Zlib"  # of plotly.js and of what it brings: its LICENSE.txt has each
here, govuk, plotly, atkinson = Path(sys.argv[1]), *sys.argv[2:]
sources = [
    ("govuk-frontend", govuk, "MIT", "govuk-frontend", "govuk-frontend-"),
    ("plotly.js, the portal's own bundle", plotly, PLOTLY_LICENCES, "plotly.js", "plotly-portal-"),
    ("Atkinson Hyperlegible", atkinson, "OFL-1.1", "@fontsource/atkinson-hyperlegible", "atkinson-hyperlegible-"),
]
files = []
for name, version, licence, package, start in sources:
    for path in sorted(here.glob(f"{start}{version}*")):
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        files.append({"file": path.name, "name": name, "version": version, "licence": licence, "package": package, "sha256": digest})
(here / "MANIFEST.json").write_text(json.dumps({"files": files}, indent=2) + "\n", encoding="utf-8")
for entry in files:
    print(f"{(here / entry['file']).stat().st_size:>9}  {entry['file']}")
PYTHON
