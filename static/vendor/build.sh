#!/usr/bin/env bash
# Rebuilds every vendored file in this folder from published packages, and writes MANIFEST.json.
# Needs node with npm, and a Python with playwright and a chromium (the portal's own .venv will do).
#   static/vendor/build.sh              PYTHON=… CHROMIUM=… change the two defaults
# After a new version: delete the old files, change the names in templates/base.html and
# templates/components/figure.html, and run the browser tests.
set -euo pipefail

GOVUK=6.6.0
PLOTLY=4.1.1 # the version that plotly.offline.get_plotlyjs_version() names
ATKINSON=5.3.0
SASS=1.108.2
FONTTOOLS=4.68.0

here="$(cd "$(dirname "$0")" && pwd)"
python="${PYTHON:-$here/../../.venv/bin/python}"
chromium="${CHROMIUM:-/usr/bin/chromium}"
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT

cd "$work"
npm init -y >/dev/null
npm install --no-audit --no-fund --ignore-scripts --save-exact "govuk-frontend@$GOVUK" "sass@$SASS" \
  "plotly.js-basic-dist-min@$PLOTLY" "@fontsource/atkinson-hyperlegible@$ATKINSON" >/dev/null

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

# --- plotly.js, the basic bundle; a source map comment would stop collectstatic ---------------------------------
sed '/^\/\/# sourceMappingURL=/d' node_modules/plotly.js-basic-dist-min/plotly-basic.min.js \
  >"$here/plotly-basic-$PLOTLY.min.js"
cp node_modules/plotly.js-basic-dist-min/LICENSE "$here/plotly-basic-$PLOTLY.LICENSE.txt"

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
"$python" - "$here/plotly-basic-$PLOTLY.min.js" "$here/plotly-basic-$PLOTLY.css" "$chromium" <<'PYTHON'
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

here, govuk, plotly, atkinson = Path(sys.argv[1]), *sys.argv[2:]
sources = [
    ("govuk-frontend", govuk, "MIT", "govuk-frontend", "govuk-frontend-"),
    ("plotly.js basic bundle", plotly, "MIT", "plotly.js-basic-dist-min", "plotly-basic-"),
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
