"""The pages of a stylisation in a real browser: they play, they fit, and they fetch nothing."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from PIL import Image

from pbn.cli import main
from tests.helpers.browser import Page, browsing, found
from tests.helpers.styling import artwork, photo

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.skipif(found() is None, reason="there is no Chromium; install Debian's package chromium"),
]

STEPS = 9
LAYERS = ["relu1_2", "relu2_1"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the commands write: a history of nine steps over two sizes, and an explanation."""
    folder = tmp_path_factory.mktemp("pages")
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    for name, picture in (("photo.png", photo()), ("art.png", artwork())):
        Image.fromarray(picture.pixels).save(folder / name)
    inputs = [str(folder / "photo.png"), "--art", str(folder / "art.png"), "-q"]
    ways = ["--history", str(folder / "way"), "--set", f"gatys.steps={STEPS}", "--set", "gatys.scales=2"]
    size = ["--long-side", "64", "--set", "gatys.preview_every=2", "--no-cache", "-o", str(folder / "s.png")]
    layers = [f"--layer={layer}" for layer in LAYERS]
    for command in (
        ["stylise", *inputs, *ways, *size],
        ["explain", *inputs, *layers, "-o", str(folder / "explained.html")],
    ):
        with pytest.raises(SystemExit) as ended:
            main(command)
        assert ended.value.code == 0
    torch.set_num_threads(before)
    return folder


def _sound(page: Page) -> None:
    """No error, nothing fetched, every picture there, nothing wider than the window."""
    assert page.errors == []
    assert page.evaluate("performance.getEntriesByType('resource').every(e => e.name.startsWith('data:'))")
    assert page.evaluate("[...document.images].every(i => i.complete && i.naturalWidth > 0 && i.alt)")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


_COVERED = """(() => {
  const boxes = [...document.querySelectorAll('svg text')].map(t => t.getBoundingClientRect());
  let pairs = 0;
  boxes.forEach((a, i) => boxes.slice(i + 1).forEach(b => {
    if (a.left < b.right && b.left < a.right && a.top + 2 < b.bottom && b.top + 2 < a.bottom) pairs++;
  }));
  return pairs;
})()"""
"""How many pairs of texts in the plot lie over each other."""


def test_the_evolution_plays_and_slides(folder: Path) -> None:
    with browsing((folder / "way" / "evolution.html").as_uri()) as page:
        _sound(page)
        steps = page.evaluate("frames.map(f => f.step)")
        assert steps == [1, 2, 4, 6, 8, 9]
        label, picture = "document.getElementById('label').textContent", "document.images[0].src"
        assert page.evaluate(label).startswith("Step 9: content ")
        last = page.evaluate(picture)

        page.evaluate("document.getElementById('slider').focus()")
        page.press("Home")
        assert page.evaluate(label).startswith("Step 1: ")
        assert page.evaluate(picture) != last
        assert page.evaluate("mark.getAttribute('x1')") == str(page.evaluate("frames[0].x"))
        page.press("ArrowRight")
        assert page.evaluate(label).startswith("Step 2: ")

        page.click("#play")
        assert page.evaluate("document.getElementById('play').textContent") == "Pause"
        page.wait("document.getElementById('play').textContent === 'Play'")
        assert page.evaluate(label).startswith("Step 9: ")
        assert page.evaluate(picture) == last

        page.click("#play")  # at the end: from the start again
        assert page.evaluate(label).startswith("Step 1: ")
        page.click("#play")
        assert page.evaluate("document.getElementById('play').textContent") == "Play"
        assert page.evaluate("mark.getAttribute('x1') === String(frames[+slider.value].x)")


@pytest.mark.parametrize("width", [390, 1200])
def test_pages_fit_a_phone_and_a_screen(folder: Path, width: int) -> None:
    for path in (folder / "way" / "evolution.html", folder / "explained.html"):
        with browsing(path.as_uri(), width) as page:
            _sound(page)


def test_no_text_of_the_plot_covers_another(folder: Path) -> None:
    with browsing((folder / "way" / "losses.svg").as_uri(), 700) as page:
        assert page.evaluate("document.documentElement.tagName") == "svg"
        assert page.evaluate("document.querySelectorAll('polyline').length") == 4
        assert page.evaluate("document.querySelectorAll('path.scale').length") == 2
        assert page.evaluate(_COVERED) == 0


def test_the_explanation_shows_every_part_of_every_layer(folder: Path) -> None:
    with browsing((folder / "explained.html").as_uri()) as page:
        assert page.evaluate("[...document.querySelectorAll('h2')].map(h => h.textContent)") == LAYERS
        captions = page.evaluate("[...document.querySelectorAll('figcaption')].map(c => c.textContent)")
        assert sum(caption.startswith("unit ") for caption in captions) == 8
        assert sum(caption.startswith("from the ") for caption in captions) == 4
        assert sum(caption.startswith("Gram matrix") for caption in captions) == 2
        assert captions.count("100 %") >= 8
        widths = page.evaluate("[...document.querySelectorAll('.small img')].map(i => i.width)")
        assert set(widths) == {80, 200}
