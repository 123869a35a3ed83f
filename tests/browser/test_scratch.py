import json, pathlib, time, pytest
from axe_playwright_python.sync_playwright import Axe
from tests.browser.conftest import *
from tests.browser.pages import PAGES
pytestmark = pytest.mark.browser
OUT = pathlib.Path("/tmp/shots-review"); OUT.mkdir(exist_ok=True)
TAGS = ["wcag2a","wcag2aa","wcag21a","wcag21aa","wcag22aa","best-practice"]
REP = open("/tmp/axe-report.txt","a")
def axe(page, label):
    t=time.time()
    r = Axe().run(page, options={"runOnly": {"type":"tag","values":TAGS}, "resultTypes":["violations","incomplete","passes"]}).response
    for kind in ("violations","incomplete"):
        for v in r[kind]:
            for n in v["nodes"]:
                REP.write(f"{label} | {kind} | {v['id']} | {v['impact']} | {n['html'][:150]} | {(n.get('failureSummary') or '')[:200]!r}\n")
    REP.write(f"{label} | time {time.time()-t:.2f}\n"); REP.flush()
    return r
@pytest.mark.parametrize("which", PAGES, ids=str)
def test_scratch(which, open_page, console):
    t=time.time()
    page = open_page(which)
    REP.write(f"{which.name} | opened {time.time()-t:.2f}\n")
    n = which.name.replace(" ","-").replace(",","")
    page.wait_for_timeout(100)
    axe(page, f"{which.name} 1280")
    page.screenshot(path=OUT/f"{n}-1280.png", full_page=True)
    size(page, PHONE)
    axe(page, f"{which.name} 375")
    page.screenshot(path=OUT/f"{n}-375.png", full_page=True)
    size(page, NARROWEST)
    over = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    REP.write(f"{which.name} | overflow {over}\n")
    size(page, DESKTOP)
    page.emulate_media(forced_colors="active")
    axe(page, f"{which.name} forced")
    page.screenshot(path=OUT/f"{n}-forced.png", full_page=True)
    REP.write(f"{which.name} | console {console.said}\n")
    console.said.clear()
