"""What tests of several rooms share: still chance, small cities, a tiny recipe, a tiny run of everything."""

import contextlib
import copy
import ipaddress
import shutil
import signal
import socket
import sys
import tomllib

import numpy as np
import pytest
import torch
from click.testing import CliRunner
from hypothesis import settings
from PIL import Image

from c2c.data.manifest import scan
from c2c.recipe import recipe_from, resolved
from c2c.records.provenance import provenance

settings.register_profile("c2c", deadline=None)  # a busy machine is no failure
settings.load_profile("c2c")

TINY = """
name = "tiny"
title = "Tiny"
size = 32

[cities]
old = { folder = "old" }
new = { folder = "new" }

[data]
test_fraction = 0.34

[training]
steps = 4
checkpoint_every = 2

[approaches.cyclegan]
kind = "cyclegan"
a = "old"
b = "new"
base_channels = 2
blocks = 1
discriminator_channels = 2
pool_size = 2

[approaches.old-depth]
kind = "pix2pix"
city = "old"
direction = "image_to_depth"
base_channels = 2
levels = 5
discriminator_channels = 2

[approaches.depth-new]
kind = "pix2pix"
city = "new"
direction = "depth_to_image"
base_channels = 2
levels = 5
discriminator_channels = 2

[approaches.chain]
kind = "depth_chain"
image_to_depth = "old-depth"
depth_to_image = "depth-new"
"""

TINY_TOYTOWN = """
title = "Every part, as small as it can be"
size = 32

[cities]
paris = { toytown = "paris" }
burano = { toytown = "burano" }

[toytown]
train = 3
val = 3
test = 3
train_size = 36
test_size = 64

[timing]
warmup_s = 0.0
measure_s = 0.0

[training]
steps = 4
checkpoint_every = 2

[approaches.cyclegan]
kind = "cyclegan"
a = "paris"
b = "burano"
base_channels = 4
blocks = 1
discriminator_channels = 4

[approaches.paris-depth]
kind = "pix2pix"
city = "paris"
direction = "image_to_depth"
base_channels = 4
levels = 5
discriminator_channels = 4
lambda_l1 = 50.0

[approaches.depth-burano]
kind = "pix2pix"
city = "burano"
direction = "depth_to_image"
base_channels = 4
levels = 5
discriminator_channels = 4

[approaches.depth-chain]
kind = "depth_chain"
apply_sizes = [64]
image_to_depth = "paris-depth"
depth_to_image = "depth-burano"
"""


class Traffic:
    """What tests tried to send past this machine; nothing of it is sent."""

    SENDINGS = ("socket.connect", "socket.sendto", "socket.sendmsg")

    def __init__(self):
        self.refused = []
        sys.addaudithook(self.heard)

    def heard(self, event, values):
        """Refuse what leaves this machine: the interpreter calls this before each such step of any library."""
        if event in self.SENDINGS and values[0].family in (socket.AF_INET, socket.AF_INET6):
            host, harmless = values[1][0] if values[1] else None, False
        elif event in ("socket.getaddrinfo", "socket.gethostbyname"):
            host, harmless = values[0], is_number(values[0])  # which no name server is asked for
        elif event == "socket.gethostbyaddr":
            host, harmless = values[0], False
        else:
            return
        if not harmless and not is_here(host):
            self.refused.append(f"{event} {host}")
            raise PermissionError(f"tests speak with this machine alone, not with {host}")


def is_number(host):
    """Whether a host is an IP address."""
    with contextlib.suppress(ValueError):
        return bool(ipaddress.ip_address(str(host).partition("%")[0]))
    return False


def is_here(host):
    """Whether a host is this machine; its own name counts, for programs look themselves up."""
    name = host.decode() if isinstance(host, bytes) else host
    if is_number(name):
        address = ipaddress.ip_address(name.partition("%")[0])
        return address.is_loopback or address.is_unspecified
    return name in (None, "", "localhost", socket.gethostname())


@pytest.fixture(scope="session", autouse=True)
def interruptible():
    """Programs that tests start can be interrupted, also where these tests run in the background of a shell."""
    if signal.getsignal(signal.SIGINT) == signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope="session")
def traffic():
    """The guard of the whole session."""
    return Traffic()


@pytest.fixture(autouse=True)
def _stays_here(traffic):
    before = len(traffic.refused)
    yield
    assert traffic.refused[before:] == []


@pytest.fixture(scope="session", autouse=True)
def _one_thread():
    torch.set_num_threads(1)


@pytest.fixture(autouse=True)
def _seeded():
    torch.manual_seed(0)


def write_city(folder, count=6, size=(44, 40), seed=0):
    """A city of random pictures with depth, as rgb/ beside depth/; a corner of each depth map is none."""
    generator = np.random.default_rng(seed)
    for layer in ("rgb", "depth"):
        (folder / layer).mkdir(parents=True)
    for index in range(count):
        coarse = Image.fromarray(generator.integers(0, 256, (5, 5, 3), dtype=np.uint8))
        coarse.resize(size, Image.Resampling.BICUBIC).save(folder / "rgb" / f"{index:03d}.png")
        depth = generator.integers(3 * 256, 90 * 256, size[::-1], dtype=np.uint16)
        depth[:8, :8] = 0
        Image.fromarray(depth).save(folder / "depth" / f"{index:03d}.png")
    return folder


@pytest.fixture
def make_city():
    """A function that writes a city of random pictures with depth into a folder."""
    return write_city


@pytest.fixture
def tiny_table():
    """A recipe of every approach that trains, as a table to change; its cities are folders."""
    return copy.deepcopy(tomllib.loads(TINY))


@pytest.fixture
def tiny_recipe(tiny_table):
    """That recipe itself."""
    return recipe_from(tiny_table)


@pytest.fixture(scope="session")
def tiny_cities(tmp_path_factory):
    """The manifests of the tiny recipe's cities."""
    root = tmp_path_factory.mktemp("cities")
    folders = {"old": write_city(root / "old", seed=1), "new": write_city(root / "new", count=5, seed=2)}
    return {name: scan(name, folder) for name, folder in folders.items()}


@pytest.fixture
def proof():
    """A provenance."""
    return provenance("tiny", "0" * 64, 0)


@pytest.fixture(scope="session")
def tiny_checkpoint(tmp_path_factory):
    """A function that gives the checkpoint of an approach of the tiny recipe, not trained at all."""
    from c2c.approaches import build
    from c2c.training.checkpoint import Checkpoint, save_checkpoint

    recipe, made = recipe_from(tomllib.loads(TINY)), {}

    def checkpoint(name):
        if name not in made:
            torch.manual_seed(1)
            description = Checkpoint(name, resolved(recipe), "key", 4, 4, 1.0, {}, provenance("tiny", "0" * 64, 0))
            made[name] = save_checkpoint(tmp_path_factory.mktemp(name), build(recipe, name), description)
        return made[name]

    return checkpoint


@pytest.fixture(scope="session")
def tiny_run(tmp_path_factory):
    """A folder where `c2c run` did everything at tiny size, with the recipe, and what the command printed."""
    from c2c.cli import main

    root = tmp_path_factory.mktemp("whole")
    recipe = root / "tiny-toytown.toml"
    recipe.write_text(TINY_TOYTOWN)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("C2C_CACHE", str(root / "cache"))
        patch.setenv("COLUMNS", "200")
        result = CliRunner().invoke(main, ["run", str(recipe), "--out", str(root / "run"), "--device", "cpu"])
    return TinyRun(root / "run", recipe, result)


class TinyRun:
    """A run's folder, its recipe's file, and the result of the command."""

    def __init__(self, folder, recipe, result):
        self.folder, self.recipe, self.result = folder, recipe, result


@pytest.fixture(scope="session")
def _small_town():
    from c2c.collect.service import serving, town_of

    with serving(town_of("paris", 9), height=64, keep=False) as service:
        yield service


@pytest.fixture
def toytown_service(_small_town):
    """The service of a Paris of 9 panoramas, 64 pixels high, drawn once a session; it behaves until told not to."""
    yield _small_town
    _small_town.behave()


SWITCHES = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--hide-scrollbars",
)


@pytest.fixture(scope="session")
def chromium(tmp_path_factory):
    """Headless Chromium, where there is one, started once."""
    from selenium import webdriver
    from selenium.webdriver.chrome.options import Options
    from selenium.webdriver.chrome.service import Service

    program, driver = shutil.which("chromium"), shutil.which("chromedriver")
    if not (program and driver):
        pytest.skip("no chromium with chromedriver on this machine")
    options = Options()
    options.binary_location = program
    for switch in (*SWITCHES, f"--user-data-dir={tmp_path_factory.mktemp('chromium')}"):
        options.add_argument(switch)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    opened = webdriver.Chrome(options=options, service=Service(driver))
    yield opened
    opened.quit()


@pytest.fixture
def browser(chromium):
    """The browser on an empty page, with nothing left of the test before: no log, no theme, nothing remembered."""
    chromium.get("about:blank")
    forgotten = {"origin": "file://", "storageTypes": "local_storage"}
    chromium.execute_cdp_cmd("Storage.clearDataForOrigin", forgotten)
    chromium.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": []})
    chromium.get_log("browser")
    return chromium
