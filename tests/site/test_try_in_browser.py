"""The page that translates a visitor's photo, with the real onnxruntime-web; left out where the cache has none.

`c2c site RUN --try-it` brings it there.
"""

import base64
import io
import shutil
import threading
import tomllib
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import WebDriverWait

from c2c.data.pictures import read_picture, write_picture
from c2c.data.transforms import test_view as centre_view
from c2c.loopback import served
from c2c.pipeline.folder import RunFolder
from c2c.pipeline.graphs import export_graphs
from c2c.pipeline.reporter import SilentReporter
from c2c.recipe import recipe_from
from c2c.site import build_site
from c2c.site.runtime import cached_files
from c2c.site.serving import application
from c2c.site.try_it import TryIt
from c2c.translation.folder import translate_folder

RUNTIME = cached_files()
pytestmark = pytest.mark.skipif(RUNTIME is None, reason="onnxruntime-web is not in the cache")

TINY = """
name = "tiny"
title = "Tiny"
size = 32
cities = { old = { folder = "old" }, new = { folder = "new" } }
[approaches.cyclegan]
kind = "cyclegan"
a = "old"
b = "new"
base_channels = 2
blocks = 1
discriminator_channels = 2
"""
ONE_STEP = 1  # of 255, as much as a picture in 8 bits may differ from torch's, by rounding


@pytest.fixture(scope="module")
def run(make, tiny_checkpoint, tmp_path_factory):
    """A run of an untrained CycleGAN between 32 pixels of old and new, with a page to try it."""
    folder = RunFolder(tmp_path_factory.mktemp("trial") / "run")
    folder.write_recipe(recipe_from(tomllib.loads(TINY)))
    shutil.copytree(tiny_checkpoint("cyclegan").parent, folder.checkpoints("cyclegan"))
    columns = [("input", "image", "real", "old"), ("output", "image", "fake", "new")]
    make.translation(folder.root, "cyclegan", "cyclegan", "old", "new", 32, columns)
    found = export_graphs(folder, lambda done, total: None)
    build_site(folder.root, try_it=TryIt(found.graphs, RUNTIME))
    return folder.root


@pytest.fixture(scope="module")
def address(run):
    """Where `c2c serve` shows the site."""
    with served(application(run / "site")) as address:
        yield f"{address}/try.html"


@pytest.fixture
def page(browser, address):
    """The page, opened anew; whatever the browser complained of by the end is an error."""
    browser.get(address)
    browser.get_log("browser")
    yield browser
    assert browser.get_log("browser") == []


@pytest.fixture
def photo(tmp_path):
    """A function that writes a smooth picture of some sides."""

    def write(width, height, name="photo.png", **options):
        coarse = np.random.default_rng(0).integers(0, 256, (9, 11, 3), dtype=np.uint8)
        Image.fromarray(coarse).resize((width, height), Image.Resampling.BICUBIC).save(tmp_path / name, **options)
        return tmp_path / name

    return write


def wait_until(browser, true):
    return WebDriverWait(browser, 60, poll_frequency=0.05).until(lambda _: true())


def said(browser):
    return browser.find_element(By.ID, "said").text


def choose(browser, path, size=None):
    """Choose a photo, and a size; comes back when it is translated or refused."""
    if size:
        browser.find_element(By.CSS_SELECTOR, f"#size option[value='{size}']").click()
    browser.find_element(By.ID, "choose").send_keys(str(path))
    wait_until(browser, lambda: said(browser).startswith("Translated") or refusal(browser))


def refusal(browser):
    return browser.find_element(By.ID, "failed").text


def pixels(browser, name):
    """What a canvas of the page shows, (H, W, 3)."""
    data = browser.execute_script("return document.getElementById(arguments[0]).toDataURL()", name)
    return np.asarray(Image.open(io.BytesIO(base64.b64decode(data.partition(",")[2]))).convert("RGB"))


def by_torch(run, picture, out, direction="old-to-new"):
    """What `c2c translate` makes of a picture."""
    progress = SilentReporter().stage("translate").__enter__()
    translate_folder(run / "checkpoints" / "cyclegan", picture, out, direction, "cpu", progress)
    return read_picture(out / f"{picture.stem}.png")


def apart(one, other):
    return int(np.abs(one.astype(int) - other).max())


@pytest.mark.parametrize(
    ("sides", "size"), [((32, 32), 32), ((128, 128), 128), ((100, 67), 32), ((641, 480), 64), ((20, 30), 128)]
)
def test_the_browser_makes_the_picture_that_c2c_makes(sides, size, page, photo, run, tmp_path):
    picture = photo(*sides)
    choose(page, picture, size)

    view = centre_view(read_picture(picture), size)
    assert apart(pixels(page, "view"), view) == 0  # resized to the last bit as the test pictures are
    write_picture(tmp_path / "view.png", view)
    assert apart(pixels(page, "made"), by_torch(run, tmp_path / "view.png", tmp_path / "out")) <= ONE_STEP
    assert said(page).startswith(f"Translated {size} × {size} pixels in 0.")


def test_the_way_back_is_another_network_and_takes_the_photo_that_is_there(page, photo, run, tmp_path):
    picture = photo(32, 32)
    choose(page, picture)
    page.find_element(By.CSS_SELECTOR, "#network option:nth-child(2)").click()
    wait_until(page, lambda: "New → Old" in page.find_element(By.ID, "made-as").text)

    assert apart(pixels(page, "made"), by_torch(run, picture, tmp_path / "out", "new-to-old")) <= ONE_STEP


def test_a_photo_of_a_phone_is_turned_and_one_that_is_partly_clear_lies_on_white(page, photo, tmp_path):
    upright = Image.Exif()
    upright[0x0112] = 6
    turned = photo(96, 64, "phone.jpg", quality=100, exif=upright)
    choose(page, turned, 64)
    assert apart(pixels(page, "view"), centre_view(read_picture(turned), 64)) <= 3  # two JPEG decoders

    Image.new("RGBA", (64, 64), (0, 0, 0, 0)).save(tmp_path / "clear.png")
    choose(page, tmp_path / "clear.png", 64)
    assert pixels(page, "view").min() == 255


def test_what_is_generated_and_what_is_real_is_written_below_and_it_can_be_saved(page, photo):
    choose(page, photo(32, 32, "my street.png"))

    caption = page.find_element(By.CSS_SELECTOR, ".try-result figcaption").text
    assert "Real yours" in caption.replace("\n", " ")
    assert "Generated CycleGAN: Old → New" in caption.replace("\n", " ")
    wait_until(page, lambda: page.find_element(By.ID, "save").get_attribute("href").startswith("blob:"))
    assert page.find_element(By.ID, "save").get_attribute("download") == "my street-cyclegan-old-to-new-32.png"


def test_the_slider_moves_by_keyboard(page, photo):
    choose(page, photo(32, 32))
    slider = page.find_element(By.ID, "divide")
    slider.send_keys(Keys.END)
    real = "return getComputedStyle(document.getElementById('result')).getPropertyValue('--real')"
    assert page.execute_script(real) == "100%"
    slider.send_keys(Keys.HOME, Keys.ARROW_RIGHT)
    assert page.execute_script(real) == "1%"


def test_a_test_picture_can_be_tried_by_keyboard_alone(page):
    page.find_element(By.CSS_SELECTOR, ".try-examples a").send_keys(Keys.ENTER)
    wait_until(page, lambda: said(page).startswith("Translated"))

    assert page.find_element(By.ID, "result").is_displayed()


@pytest.mark.parametrize(("event", "data"), [("paste", "clipboardData"), ("drop", "dataTransfer")])
def test_a_photo_can_be_pasted_and_dropped(event, data, page, photo):
    encoded = base64.b64encode(photo(32, 32).read_bytes()).decode()
    page.execute_script(
        "const [event, data, content] = arguments;"
        "const bytes = Uint8Array.from(atob(content), (letter) => letter.charCodeAt(0));"
        "const given = new DataTransfer(); given.items.add(new File([bytes], 'given.png'));"
        "const made = new Event(event, {bubbles: true, cancelable: true});"
        "document.body.dispatchEvent(Object.assign(made, {[data]: given}))",
        *(event, data, encoded),
    )
    wait_until(page, lambda: said(page).startswith("Translated"))

    assert page.find_element(By.ID, "result").is_displayed()


REFUSED = [
    (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", "photo.heic is in the HEIC format, which this browser cannot open."),
    (b"Dear diary", "photo.heic is no picture that this browser can open. JPEG, PNG and WebP are."),
    (b"", "photo.heic is no picture that this browser can open."),
    (b"\x89PNG\r\n\x1a\n torn", "photo.heic is damaged, or too large for this browser."),
]


@pytest.mark.parametrize(("content", "words"), REFUSED)
def test_what_is_no_picture_is_said_and_the_next_one_works(content, words, page, photo, tmp_path):
    (tmp_path / "photo.heic").write_bytes(content)
    choose(page, tmp_path / "photo.heic")
    assert refusal(page).startswith(words)

    choose(page, photo(32, 32))
    assert said(page).startswith("Translated")
    assert refusal(page) == ""


class Ear(SimpleHTTPRequestHandler):
    """Serves files as any host of static pages does, and hears what is asked for."""

    def do_GET(self):
        self.server.heard.append(self.path)
        super().do_GET()

    def log_message(self, *_):
        pass


@contextmanager
def plain_host(folder):
    """A server of static files without any headers of its own; it hears what it is asked for."""
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Ear, directory=folder)) as server:
        server.heard, server.address = [], f"http://127.0.0.1:{server.server_address[1]}"
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.fixture
def elsewhere(run):
    """A plain host, which shows the site below a path."""
    folder = run.parent / "host"
    if not folder.exists():
        shutil.copytree(run / "site", folder / "some" / "path")
    with plain_host(folder) as server:
        yield server


def test_it_works_on_a_plain_host_below_a_path_with_one_core(browser, elsewhere, photo, run, tmp_path):
    browser.get(f"{elsewhere.address}/some/path/try.html")
    browser.get_log("browser")
    picture = photo(32, 32)
    choose(browser, picture)

    assert browser.execute_script("return crossOriginIsolated") is False
    assert apart(pixels(browser, "made"), by_torch(run, picture, tmp_path / "out")) <= ONE_STEP
    assert browser.get_log("browser") == []
    assert "/some/path/runtime/ort-wasm-simd-threaded.wasm" in elsewhere.heard
    assert all(path.startswith("/some/path/") for path in elsewhere.heard if path != "/favicon.ico")


ASKS = """
const [url, done] = arguments;
const code = `fetch('${url}', {mode: 'no-cors'}).then(() => postMessage('sent'), () => postMessage('refused'))`;
const worker = new Worker(URL.createObjectURL(new Blob([code], {type: 'text/javascript'})), {type: 'module'});
const here = fetch(url, {mode: 'no-cors'}).then(() => 'sent', () => 'refused');
worker.onmessage = async ({data}) => done([await here, data]);
"""


@pytest.mark.parametrize(("name", "outcome"), [("try.html", "refused"), ("files.txt", "sent")])
def test_neither_the_page_nor_its_worker_can_ask_anybody_else(name, outcome, browser, elsewhere, tmp_path):
    browser.get(f"{elsewhere.address}/some/path/{name}")  # files.txt has no policy: it shows what would happen then
    with plain_host(tmp_path) as stranger:
        asked = browser.execute_async_script(ASKS, f"{stranger.address}/told")
        heard = len(stranger.heard)
    browser.get_log("browser")  # it tells of both

    assert asked == [outcome, outcome]
    assert heard == (0 if outcome == "refused" else 2)


@pytest.mark.parametrize("width", [360, 768, 1440])
def test_the_page_fits_its_window_before_and_after(width, page, photo):
    size = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": width < 500}
    page.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
    assert page.execute_script("return document.documentElement.scrollWidth") <= width
    choose(page, photo(32, 32))
    assert page.execute_script("return document.documentElement.scrollWidth") <= width


def test_the_scripts_of_all_other_pages_are_no_heavier_for_it(run):
    scripts = {path.name for path in Path(run / "site").glob("*.html") if "try.js" in path.read_text(encoding="utf-8")}

    assert scripts == {"try.html"}
