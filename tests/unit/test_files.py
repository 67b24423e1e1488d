from __future__ import annotations

import io
import os
import struct
import sys
import zlib
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image as PillowImage
from PIL import ImageCms, PngImagePlugin

from pbn import files
from pbn._srgb import upright
from pbn.errors import InputImageError
from pbn.files import digest, read_picture, shown

RED, GREEN, BLUE, WHITE = (255, 0, 0), (0, 255, 0), (0, 0, 255), (255, 255, 255)


def quarters(width: int = 64, height: int = 32) -> PillowImage.Image:
    """Red, green over blue, white: no two of its eight orientations look alike."""
    picture = PillowImage.new("RGB", (width, height), WHITE)
    picture.paste(RED, (0, 0, width // 2, height // 2))
    picture.paste(GREEN, (width // 2, 0, width, height // 2))
    picture.paste(BLUE, (0, height // 2, width // 2, height))
    return picture


def saved(picture: PillowImage.Image, form: str, **options: object) -> bytes:
    out = io.BytesIO()
    picture.save(out, form, **options)
    return out.getvalue()


def png(
    size: tuple[int, int], depth: int, colour_type: int, scanlines: bytes, *chunks: tuple[bytes, bytes]
) -> bytes:
    """A PNG from its parts, for what Pillow cannot write."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", *size, depth, colour_type, 0, 0, 0)
    body = b"".join(chunk(k, d) for k, d in chunks) + chunk(b"IDAT", zlib.compress(scanlines))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + body + chunk(b"IEND", b"")


@pytest.fixture
def put(tmp_path: Path) -> Callable[[bytes], Path]:
    def write(data: bytes) -> Path:
        path = tmp_path / "a picture"
        path.write_bytes(data)
        return path

    return write


Put = Callable[[bytes], Path]


def corners(path: Path, *, long_side_px: int | None = None) -> list[tuple[int, ...]]:
    """The colours in the middle of the four quarters, row by row."""
    pixels = read_picture(path, long_side_px=long_side_px).pixels
    height, width = pixels.shape[:2]
    at = [
        (height // 4, width // 4),
        (height // 4, -width // 4),
        (-height // 4, width // 4),
        (-height // 4, -width // 4),
    ]
    return [tuple(int(c) for c in pixels[y, x]) for y, x in at]


def near(found: object, wanted: object, slack: int = 3) -> bool:
    return bool(np.abs(np.asarray(found, int) - np.asarray(wanted, int)).max() <= slack)


# Orientation: EXIF 2.3, tag 0x0112, from where the 0th row and the 0th column are to be seen.
UPRIGHT = {
    1: [[1, 2, 3], [4, 5, 6]],
    2: [[3, 2, 1], [6, 5, 4]],
    3: [[6, 5, 4], [3, 2, 1]],
    4: [[4, 5, 6], [1, 2, 3]],
    5: [[1, 4], [2, 5], [3, 6]],
    6: [[4, 1], [5, 2], [6, 3]],
    7: [[6, 3], [5, 2], [4, 1]],
    8: [[3, 6], [2, 5], [1, 4]],
}
UNDO = {1: 1, 2: 2, 3: 3, 4: 4, 5: 5, 6: 8, 7: 7, 8: 6}


@pytest.mark.parametrize("orientation", UPRIGHT)
def test_upright_follows_exif(orientation: int) -> None:
    stored = np.repeat(np.array([[1, 2, 3], [4, 5, 6]], np.uint8)[..., None], 3, axis=2)
    assert upright(stored, orientation)[..., 0].tolist() == UPRIGHT[orientation]


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP", "TIFF", "AVIF"])
@pytest.mark.parametrize("orientation", [0, *UPRIGHT, 9])
def test_orientation_is_applied_exactly_once(form: str, orientation: int, put: Put) -> None:
    stored = upright(np.asarray(quarters()), UNDO.get(orientation, 1))
    exif = PillowImage.Exif()
    exif[274] = orientation
    path = put(saved(PillowImage.fromarray(stored), form, exif=exif, quality=95))
    image = read_picture(path)
    assert (image.width, image.height) == (64, 32)
    assert near(corners(path), [RED, GREEN, BLUE, WHITE], 12)


def test_orientation_is_applied_to_a_reduced_jpeg(put: Put) -> None:
    exif = PillowImage.Exif()
    exif[274] = 6
    path = put(saved(quarters(640, 320), "JPEG", exif=exif, quality=95))
    image = read_picture(path, long_side_px=64)
    assert (image.width, image.height) == (32, 64)
    assert near(corners(path, long_side_px=64), [BLUE, RED, WHITE, GREEN], 12)


def test_orientation_text_that_is_no_exif_counts_as_upright(put: Put) -> None:
    text = PngImagePlugin.PngInfo()
    text.add_text("Raw profile type exif", "\nexif\n  4\nnot hexadecimal")
    assert near(corners(put(saved(quarters(), "PNG", pnginfo=text))), [RED, GREEN, BLUE, WHITE])


# Colour


def swapped_primaries() -> bytes:
    """The sRGB profile with the tags of red's and green's primaries exchanged."""
    icc = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    return icc.replace(b"rXYZ", b"xXYZ", 1).replace(b"gXYZ", b"rXYZ", 1).replace(b"xXYZ", b"gXYZ", 1)


def linear_grey() -> bytes:
    """A grey profile of gamma 1 (ICC.1:2001-04, clauses 6.1 and 6.3.1)."""
    d50 = struct.pack(">iii", 63190, 65536, 54061)
    white = b"XYZ \0\0\0\0" + d50
    curve = b"curv\0\0\0\0\0\0\0\0"
    table = struct.pack(">I4sII4sII", 2, b"wtpt", 156, 20, b"kTRC", 176, 12)
    header = struct.pack(">I4sI4s4s4s", 188, b"\0" * 4, 0x02400000, b"mntr", b"GRAY", b"XYZ ") + b"\0" * 12
    header += b"acsp" + b"\0" * 28 + d50 + b"\0" * 48
    return header + table + white + curve


@pytest.mark.parametrize("form", ["JPEG", "PNG", "TIFF", "WEBP"])
def test_profile_is_applied(form: str, put: Put) -> None:
    path = put(saved(quarters(), form, icc_profile=swapped_primaries(), quality=100, lossless=True))
    assert near(corners(path), [GREEN, RED, BLUE, WHITE], 12)


def test_profile_is_applied_below_transparency(put: Put) -> None:
    picture = quarters().convert("RGBA")
    picture.paste((255, 0, 0, 128), (0, 0, 32, 16))
    opaque = PillowImage.new("RGB", (64, 32), (255, 127, 127))
    half_red = read_picture(put(saved(opaque, "PNG", icc_profile=swapped_primaries())))
    path = put(saved(picture, "PNG", icc_profile=swapped_primaries()))
    assert near(corners(path), [half_red.pixels[0, 0], RED, BLUE, WHITE])


def test_srgb_profile_changes_nothing(put: Put) -> None:
    rng = np.random.default_rng(1)
    noise = rng.integers(0, 256, (32, 32, 3), np.uint8)
    icc = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    path = put(saved(PillowImage.fromarray(noise), "PNG", icc_profile=icc))
    assert (read_picture(path).pixels == noise).all()


def test_grey_profile_is_applied(put: Put) -> None:
    path = put(saved(PillowImage.new("L", (32, 32), 55), "PNG", icc_profile=linear_grey()))
    assert near(read_picture(path).pixels[0, 0], (128, 128, 128), 1)


@pytest.mark.parametrize("icc", [b"no profile at all", swapped_primaries()[:200], linear_grey()])
def test_broken_or_unsuitable_profile_is_ignored(icc: bytes, put: Put) -> None:
    assert near(corners(put(saved(quarters(), "PNG", icc_profile=icc))), [RED, GREEN, BLUE, WHITE])


@pytest.mark.parametrize("form", ["JPEG", "TIFF"])
def test_cmyk_is_not_inverted(form: str, put: Put) -> None:
    path = put(saved(quarters().convert("CMYK"), form, **({"quality": 100} if form == "JPEG" else {})))
    assert near(corners(path), [RED, GREEN, BLUE, WHITE], 12)


def test_lab_becomes_srgb(put: Put) -> None:
    to_lab = ImageCms.buildTransform(
        ImageCms.createProfile("sRGB"), ImageCms.createProfile("LAB"), "RGB", "LAB"
    )
    lab = to_lab.apply(PillowImage.new("RGB", (32, 32), (200, 90, 40)))
    assert near(read_picture(put(saved(lab, "TIFF"))).pixels[0, 0], (200, 90, 40), 4)


# Depth


def ramp(white: int) -> np.ndarray[tuple[int, int], np.dtype[np.uint16]]:
    return np.tile(np.linspace(0, white, 256).astype(np.uint16), (32, 1))


@pytest.mark.parametrize("form", ["PNG", "TIFF"])
def test_16_bit_grey_is_scaled(form: str, put: Put) -> None:
    pixels = read_picture(put(saved(PillowImage.fromarray(ramp(65535)), form))).pixels
    assert near(pixels[0], np.arange(256)[:, None], 1)


@pytest.mark.parametrize("white", [255, 1023, 4095])
def test_fewer_bits_stored_in_16_are_not_black(white: int, put: Put) -> None:
    pixels = read_picture(put(saved(PillowImage.fromarray(ramp(white)), "TIFF"))).pixels
    assert near(pixels[0], np.arange(256)[:, None], 1)


def test_a_dark_16_bit_picture_stays_dark(put: Put) -> None:
    pixels = read_picture(put(saved(PillowImage.fromarray(ramp(65535 // 4)), "PNG"))).pixels
    assert near(pixels[0, -1], (64, 64, 64), 1)


def test_declared_least_and_most_samples_count(put: Put) -> None:
    grey = PillowImage.fromarray(np.full((32, 32), 300, np.uint16))
    path = put(saved(grey, "TIFF", tiffinfo={340: 100, 341: 500}))
    assert near(read_picture(path).pixels[0, 0], (128, 128, 128), 1)


def test_16_bit_where_white_is_zero(put: Put) -> None:
    path = put(saved(PillowImage.fromarray(ramp(65535)), "TIFF", tiffinfo={262: 0}))
    assert near(read_picture(path).pixels[0], np.arange(255, -1, -1)[:, None], 1)


@pytest.mark.parametrize(
    ("values", "wanted"),
    [
        (np.linspace(0, 1, 256, dtype=np.float32), range(256)),
        (np.linspace(0, 255, 256, dtype=np.float32), range(256)),
        (np.linspace(-3, 12, 256, dtype=np.float32), range(256)),
        (np.linspace(0, 65535, 256).astype(np.int32), range(256)),
        (np.linspace(-(2**31), 2**31 - 1, 256).astype(np.int32), range(256)),
        (np.r_[np.full(2, np.nan), np.inf, -np.inf, np.linspace(0, 1, 252)].astype(np.float32), None),
        (np.full(256, np.nan, np.float32), [0] * 256),
    ],
)
def test_float_and_integer_samples_are_scaled(
    values: np.ndarray[tuple[int], np.dtype[np.float32]], wanted: range | None, put: Put
) -> None:
    pixels = read_picture(put(saved(PillowImage.fromarray(np.tile(values, (32, 1))), "TIFF"))).pixels
    if wanted is None:
        assert pixels[0, :4, 0].tolist() == [0, 0, 255, 0]
    else:
        assert near(pixels[0, :, 0], list(wanted), 1)


def test_16_bit_rgb_keeps_its_colours(put: Put) -> None:
    row = b"\0" + struct.pack(">3H", 0xC800, 0x5A00, 0x2800) * 32
    assert near(read_picture(put(png((32, 32), 16, 2, row * 32))).pixels[0, 0], (200, 90, 40), 1)


def test_one_bit(put: Put) -> None:
    bits = PillowImage.new("1", (32, 32), 1)
    bits.paste(0, (0, 0, 16, 16))
    for form, options in (("PNG", {}), ("TIFF", {"compression": "group4"}), ("BMP", {}), ("GIF", {})):
        assert corners(put(saved(bits, form, **options))) == [(0, 0, 0), WHITE, WHITE, WHITE]


# Transparency lies over white


def clear_corner(mode: str) -> PillowImage.Image:
    picture = quarters().convert("RGBA")
    picture.paste((0, 0, 0, 0), (0, 0, 32, 16))
    return picture.convert(mode)


@pytest.mark.parametrize(
    ("form", "options"), [("PNG", {}), ("TIFF", {}), ("WEBP", {"lossless": True}), ("AVIF", {"quality": 100})]
)
def test_alpha_lies_over_white(form: str, options: dict[str, object], put: Put) -> None:
    assert near(corners(put(saved(clear_corner("RGBA"), form, **options))), [WHITE, GREEN, BLUE, WHITE], 12)


def test_half_transparent_is_half_white(put: Put) -> None:
    path = put(saved(PillowImage.new("RGBA", (32, 32), (0, 100, 200, 128)), "PNG"))
    assert near(read_picture(path).pixels[0, 0], (127, 177, 227), 1)


def test_reducing_does_not_bleed_hidden_colours(put: Put) -> None:
    picture = PillowImage.new("RGBA", (256, 256), (255, 0, 255, 0))
    picture.paste((0, 0, 255, 255), (0, 0, 127, 256))
    edge = read_picture(put(saved(picture, "PNG")), long_side_px=16).pixels[8].astype(int)
    assert (edge[:, 2] >= 250).all()
    assert (np.abs(edge[:, 0] - edge[:, 1]) <= 2).all()


def test_grey_with_alpha(put: Put) -> None:
    picture = PillowImage.new("LA", (32, 32), (0, 255))
    picture.paste((0, 0), (0, 0, 16, 16))
    assert corners(put(saved(picture, "PNG"))) == [WHITE, (0, 0, 0), (0, 0, 0), (0, 0, 0)]


@pytest.mark.parametrize("form", ["PNG", "GIF"])
def test_palette_with_a_transparent_entry(form: str, put: Put) -> None:
    picture = PillowImage.new("P", (64, 32), 1)
    picture.putpalette([9, 9, 9, *RED, *BLUE])
    picture.paste(0, (0, 0, 32, 16))
    path = put(saved(picture, form, transparency=0))
    assert near(corners(path), [WHITE, RED, RED, RED])


def test_palette_with_alpha_per_entry(put: Put) -> None:
    picture = PillowImage.new("P", (32, 32), 1)
    picture.putpalette([9, 9, 9, *BLUE])
    path = put(saved(picture, "PNG", transparency=bytes([255, 128])))
    assert near(read_picture(path).pixels[0, 0], (127, 127, 255), 1)


def test_png_transparent_sample_at_every_depth(put: Put) -> None:
    """Samples 0, 1/3, 2/3 and 1 of white, the second one transparent."""
    deep = [0, 21845, 43690, 65535]
    cases = {
        (2, 0): (bytes([0b00011011] * 8), struct.pack(">H", 1)),
        (4, 0): (bytes([0x05, 0xAF] * 8), struct.pack(">H", 5)),
        (8, 0): (bytes([0, 85, 170, 255] * 8), struct.pack(">H", 85)),
        (16, 0): (struct.pack(">4H", *deep) * 8, struct.pack(">H", deep[1])),
        (8, 2): (bytes(v for v in (0, 85, 170, 255) for _ in "rgb") * 8, struct.pack(">3H", *[85] * 3)),
        (16, 2): (
            struct.pack(">12H", *[v for v in deep for _ in "rgb"]) * 8,
            struct.pack(">3H", *[deep[1]] * 3),
        ),
    }
    for (depth, colour_type), (row, trns) in cases.items():
        path = put(png((32, 32), depth, colour_type, (b"\0" + row) * 32, (b"tRNS", trns)))
        found = read_picture(path).pixels[0, :4].tolist()
        assert found == [[v, v, v] for v in (0, 255, 170, 255)], (depth, colour_type)


def test_premultiplied_tiff(put: Put) -> None:
    """Associated alpha (TIFF 6.0, section 18): half-covering red is stored as half red."""
    plain = saved(PillowImage.new("RGBA", (32, 32), (128, 0, 0, 128)), "TIFF")
    unassociated, associated = (struct.pack("<HHIHH", 338, 3, 1, kind, 0) for kind in (2, 1))
    assert unassociated in plain
    assert near(read_picture(put(plain)).pixels[0, 0], (191, 127, 127), 2)
    path = put(plain.replace(unassociated, associated))
    assert near(read_picture(path).pixels[0, 0], (255, 127, 127), 2)


# Size


@pytest.mark.parametrize("form", ["JPEG", "PNG"])
@pytest.mark.parametrize("long_side_px", [1, 33, 200, 400, 4000])
def test_long_side(form: str, long_side_px: int, put: Put) -> None:
    path = put(saved(quarters(401, 200), form))
    image = read_picture(path, long_side_px=long_side_px)
    width = min(long_side_px, 401)
    assert (image.width, image.height) == (width, max(1, round(200 * width / 401)))


def test_fast_jpeg_equals_the_slow_way(put: Put) -> None:
    rng = np.random.default_rng(2)
    photo = PillowImage.fromarray(rng.integers(0, 256, (15, 20, 3), np.uint8)).resize(
        (1600, 1200), PillowImage.Resampling.BICUBIC
    )
    path = put(saved(photo, "JPEG", quality=95))
    slow = PillowImage.fromarray(read_picture(path).pixels).resize((160, 120), PillowImage.Resampling.LANCZOS)
    assert near(read_picture(path, long_side_px=160).pixels, np.asarray(slow), 4)


def test_bands_meet(put: Put, monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(3)
    noise = rng.integers(0, 256, (50, 40, 3), np.uint8)
    path = put(saved(PillowImage.fromarray(noise), "PNG"))
    monkeypatch.setattr("pbn._srgb.BAND_PX", 7 * 40)
    assert (read_picture(path).pixels == noise).all()


def test_long_side_below_one_is_a_programming_error(put: Put) -> None:
    with pytest.raises(ValueError, match="1 or more, not 0"):
        read_picture(put(saved(quarters(), "PNG")), long_side_px=0)


def test_first_frame(put: Put) -> None:
    frames = [PillowImage.new("RGB", (32, 32), c) for c in (RED, GREEN)]
    for form in ("GIF", "PNG", "WEBP", "TIFF", "MPO", "AVIF"):
        path = put(saved(frames[0], form, save_all=True, append_images=frames[1:]))
        assert near(read_picture(path).pixels[16, 16], RED, 6), form


# Refusals: what, value, way out


def refusal(path: Path) -> str:
    with pytest.raises(InputImageError) as caught:
        read_picture(path)
    message = str(caught.value)
    assert "\n" not in message
    assert message.endswith(".")
    assert caught.value.exit_code == 3
    return message


@pytest.mark.parametrize(
    ("width", "height", "words"),
    [
        (15, 40, "15 x 40 px; each side must have 16"),
        (1000, 20, "1000 x 20 px; a side may be at most 20"),
        (1, 1, "1 x 1 px"),
    ],
)
def test_too_small_or_too_thin(width: int, height: int, words: str, put: Put) -> None:
    assert words in refusal(put(saved(PillowImage.new("L", (width, height)), "PNG")))


@pytest.mark.parametrize(("width", "height"), [(11000, 11000), (50000, 50000), (2**31 - 1, 2**31 - 1)])
def test_too_many_pixels(width: int, height: int, put: Put) -> None:
    assert "at most 120 megapixels" in refusal(put(png((width, height), 8, 2, b"")))


def test_too_large_a_file(tmp_path: Path) -> None:
    path = tmp_path / "sparse.bmp"
    path.write_bytes(saved(quarters(), "BMP"))
    os.truncate(path, files.MOST_FILE_BYTES + 1)
    assert "500 MB" in refusal(path)


def test_missing_folder_empty_and_odd_names(tmp_path: Path) -> None:
    (tmp_path / "empty.png").touch()
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    assert "There is no file" in refusal(tmp_path / "missing.png")
    assert "There is no file" in refusal(tmp_path / "empty.png" / "inside.png")
    assert "is a folder" in refusal(tmp_path)
    assert "is empty (0 bytes)" in refusal(tmp_path / "empty.png")
    assert "cannot be opened" in refusal(tmp_path / "loop")
    assert "cannot be opened" in refusal(tmp_path / ("x" * 300))
    assert "cannot be opened" in refusal(tmp_path / "nul\0.png")
    assert r"two\nlines" in refusal(tmp_path / "two\nlines.png")


@pytest.mark.skipif(sys.platform == "win32", reason="no pipes in the file system")
def test_pipes_and_devices_are_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.jpg")
    assert "a device or a pipe" in refusal(tmp_path / "pipe.jpg")
    assert "a device or a pipe" in refusal(Path("/dev/zero"))


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may read everything")
def test_unreadable(put: Put) -> None:
    path = put(saved(quarters(), "PNG"))
    path.chmod(0)
    assert "cannot be opened" in refusal(path)


def test_heic_without_its_reader(put: Put, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pi_heif", None)
    assert "pi-heif" in refusal(put(b"\0\0\0\x18ftypheic" + b"\0" * 40))


def test_a_cameras_raw_file_is_not_read_as_its_thumbnail(put: Put) -> None:
    assert "raw file" in refusal(put(saved(quarters(), "TIFF", tiffinfo={50706: b"\1\4\0\0"})))


def test_decoders_say_nothing(put: Put, capfd: pytest.CaptureFixture[str]) -> None:
    whole = saved(quarters(640, 320), "TIFF", compression="tiff_lzw")
    path = put(whole[:8] + bytes(len(whole) // 2) + whole[8 + len(whole) // 2 :])
    assert "damaged" in refusal(path)
    os.write(2, b"and after it stderr works again")
    assert capfd.readouterr() == ("", "and after it stderr works again")


@given(data=st.data())
def test_damage_anywhere_is_a_picture_or_one_sentence(
    data: st.DataObject, tmp_path_factory: pytest.TempPathFactory
) -> None:
    form = data.draw(st.sampled_from(["JPEG", "PNG", "WEBP", "TIFF", "GIF", "BMP", "AVIF"]))
    whole = bytearray(
        saved(quarters(), form, **({"icc_profile": swapped_primaries()} if form == "JPEG" else {}))
    )
    for _ in range(data.draw(st.integers(1, 4))):
        whole[data.draw(st.integers(0, len(whole) - 1))] = data.draw(st.integers(0, 255))
    path = tmp_path_factory.getbasetemp() / "damaged"
    path.write_bytes(bytes(whole[: data.draw(st.integers(1, len(whole)))]))
    try:
        assert read_picture(path).pixels.dtype == np.uint8
    except InputImageError as error:
        assert str(path) in str(error)  # noqa: PT017 - either outcome is right


# The rest


def test_digest(put: Put) -> None:
    assert digest(put(b"abc")) == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    with pytest.raises(InputImageError, match="cannot be read"):
        digest(Path("no such file"))


@given(st.text(st.characters(codec=None), max_size=20))
def test_shown_can_always_be_printed(name: str) -> None:
    assert shown(Path(name)).encode("utf-8").decode("utf-8").isprintable()
