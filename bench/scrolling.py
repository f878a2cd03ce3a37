"""How a page of a site behaves in Chromium: `python bench/scrolling.py SITE/PAGE.html`; needs chromedriver.

Prints when the first pictures are there, how many elements the page has, and what scrolling through all of it holds up.
"""

import argparse
import shutil
import tempfile
from pathlib import Path

from selenium import webdriver
from selenium.webdriver.chrome.options import Options
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.support.ui import WebDriverWait

WATCH = """
// To ask where an image lies that the browser has not laid out yet would make it do so.
const seen = () => [...document.images].filter((image) => {
  if (!image.checkVisibility({contentVisibilityAuto: true})) return false;
  const box = image.getBoundingClientRect();
  return box.top < innerHeight && box.bottom > 0 && box.width;
});
const look = () => {
  const images = seen();
  if (document.readyState !== "loading" && images.length && images.every((image) => image.complete))
    window.firstPictures = [performance.now(), images.length];
  else requestAnimationFrame(look);
};
requestAnimationFrame(look);
"""
FIRST = "return window.firstPictures && [...window.firstPictures, document.querySelectorAll('*').length]"
SCROLL = """
const done = arguments[0], frames = [], tasks = [];
new PerformanceObserver((list) => tasks.push(...list.getEntries().map((entry) => entry.duration)))
  .observe({type: "longtask"});
let before = performance.now();
const step = (now) => {
  frames.push(now - before);
  before = now;
  scrollBy({top: 120, behavior: "instant"});
  const root = document.documentElement;
  if (frames.length < 1500 && root.scrollTop + innerHeight < root.scrollHeight - 2) requestAnimationFrame(step);
  else setTimeout(() => done([frames, tasks, root.scrollTop]), 300);
};
requestAnimationFrame(step);
"""


def main() -> None:
    """Open a page, wait for its first pictures, scroll through it, and print what was measured."""
    parser = argparse.ArgumentParser(description="Measure how a page opens and scrolls in Chromium.")
    parser.add_argument("page", type=Path)
    parser.add_argument("--width", type=int, default=1440)
    asked = parser.parse_args()
    browser = _browser()
    try:
        size = {"width": asked.width, "height": 900, "deviceScaleFactor": 1, "mobile": False}
        browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
        browser.set_script_timeout(300)
        browser.set_page_load_timeout(120)
        browser.execute_cdp_cmd("Page.addScriptToEvaluateOnNewDocument", {"source": WATCH})
        browser.get(asked.page.resolve().as_uri())
        first, pictures, elements = WebDriverWait(browser, 60).until(lambda opened: opened.execute_script(FIRST))
        frames, tasks, scrolled = browser.execute_async_script(SCROLL)
    finally:
        browser.quit()
    frames = sorted(frames[5:])
    print(f"first {pictures} pictures after {first:.0f} ms; {elements} elements")
    print(f"scrolled {scrolled:.0f} px in {len(frames)} frames: median {frames[len(frames) // 2]:.1f} ms, "
          f"99th percentile {frames[int(len(frames) * 0.99)]:.1f} ms, longest {frames[-1]:.0f} ms")  # fmt: skip
    print(f"long tasks (over 50 ms): {len(tasks)}, {sum(tasks):.0f} ms in all, longest {max(tasks, default=0):.0f} ms")


def _browser() -> webdriver.Chrome:
    options = Options()
    options.binary_location = shutil.which("chromium") or ""
    for switch in ("--headless=new", "--no-sandbox", "--disable-gpu", f"--user-data-dir={tempfile.mkdtemp()}"):
        options.add_argument(switch)
    return webdriver.Chrome(options=options, service=Service(shutil.which("chromedriver")))


if __name__ == "__main__":
    main()
