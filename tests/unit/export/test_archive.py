"""The profile is sRGB to a colour engine, and the metadata are XML whatever the title."""

from __future__ import annotations

import io
import xml.etree.ElementTree as ET

import numpy as np
import pytest
from PIL import Image, ImageCms

from pbn.export import _archive

DC = "{http://purl.org/dc/elements/1.1/}"
PDFAID = "{http://www.aiim.org/pdfa/ns/id/}"


def test_the_profile_is_srgb_to_a_colour_engine() -> None:
    made = ImageCms.ImageCmsProfile(io.BytesIO(_archive.srgb_profile()))
    assert ImageCms.getProfileDescription(made).strip() == _archive.PROFILE_NAME
    assert made.profile.version == pytest.approx(2.1)
    assert made.profile.xcolor_space.strip() == "RGB"
    levels = np.linspace(0, 255, 6).astype(np.uint8)
    colours = np.stack(np.meshgrid(levels, levels, levels), axis=-1).reshape(12, 18, 3)
    for one, other in ((made, ImageCms.createProfile("sRGB")), (ImageCms.createProfile("sRGB"), made)):
        turned = ImageCms.profileToProfile(Image.fromarray(colours), one, other, outputMode="RGB")
        assert turned is not None
        assert np.abs(np.asarray(turned).astype(int) - colours).max() <= 1


def test_the_profile_says_how_long_it_is_and_its_tags_lie_within() -> None:
    data = _archive.srgb_profile()
    assert int.from_bytes(data[:4]) == len(data)
    for k in range(int.from_bytes(data[128:132])):
        start, length = (int.from_bytes(data[132 + 12 * k + at :][:4]) for at in (4, 8))
        assert start % 4 == 0
        assert start + length <= len(data)


@pytest.mark.parametrize("title", ["Dusk", "Tom & <Jerry>", "", "Dämmerung 夕", "a\x0bb"])
def test_the_metadata_are_xml(title: str) -> None:
    packet = _archive.metadata(title=title, language="de", creator="c", producer="p")
    root = ET.fromstring(packet.decode())
    (written,) = root.iter(f"{DC}title")
    assert "".join(written.itertext()) == title.replace("\x0b", " ")
    assert [e.text for e in root.iter(f"{PDFAID}part")] == ["2"]
