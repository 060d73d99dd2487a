"""Makes the pictures in good/ and hostile/ anew, and checks that they are what README.md says.

    python3 -m venv /tmp/pics-venv
    /tmp/pics-venv/bin/pip install Pillow==13.0.0
    /tmp/pics-venv/bin/python tests/pictures/make.py

Two runs with one version of Pillow, and one of zlib, write the same bytes.
"""

import io
import random
import shutil
import struct
import zipfile
import zlib
from pathlib import Path

from PIL import Image, ImageCms, ImageOps, PngImagePlugin

HERE = Path(__file__).parent
SIZE = (48, 32)
RED, GREEN, BLUE, WHITE = (255, 0, 0), (0, 255, 0), (0, 0, 255), (255, 255, 255)
COLOURS = [RED, GREEN, BLUE, WHITE]
INKS = [(255 - red, 255 - green, 255 - blue, 0) for red, green, blue in COLOURS]
HOLE = [(*RED, 255), (*GREEN, 255), (*BLUE, 255), (0, 0, 0, 0)]
GREYS = [0, 85, 170, 255]
FLAT = (200, 100, 50)
SECRET = "SECRET-GPS-MARKER"
POLYGLOT = b"POLYGLOT-MARKER"
INFLATED = 101_000_000


# Pictures, as Pillow knows them.

def quarters(mode="RGB", four=COLOURS, size=SIZE):
    """Top left, top right, bottom left, bottom right."""
    width, height = size[0] // 2, size[1] // 2
    image = Image.new(mode, size)
    for i, colour in enumerate(four):
        left, top = i % 2 * width, i // 2 * height
        image.paste(colour, (left, top, left + width, top + height))
    return image


def with_palette(colours):
    image = quarters("P", [0, 1, 2, 3])
    image.putpalette([value for colour in colours for value in colour[:3]])
    return image


def saved(image, kind, **options):
    file = io.BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


def half(kind, **options):
    # Noise has so much data that the middle of the file is in the middle of the pixels.
    noise = Image.frombytes("RGB", (32, 24), random.Random(7).randbytes(32 * 24 * 3))
    whole = saved(noise, kind, **options)
    return whole[: len(whole) // 2]


def animated(image, kind, **options):
    later = [Image.new("RGB", SIZE, (255, 0, 255)), Image.new("RGB", SIZE, (0, 255, 255))]
    return saved(image, kind, save_all=True, append_images=later, duration=100, **options)


# Metadata.

def exif(orientation):
    data = Image.Exif()
    # Cameras write both byte orders, so both are here.
    data.endian = "<" if orientation % 2 else ">"
    data.update({0x0112: orientation, 0x010E: SECRET})
    data.get_ifd(0x8825).update({1: "N", 2: (52.0, 31.0, 12.0), 3: "E", 4: (13.0, 24.0, 36.0)})
    return data.tobytes()


def xmp():
    rdf, dc = "http://www.w3.org/1999/02/22-rdf-syntax-ns#", "http://purl.org/dc/elements/1.1/"
    inner = f'<r:RDF xmlns:r="{rdf}"><r:Description xmlns:dc="{dc}" dc:source="{SECRET}"/></r:RDF>'
    return f'<x:xmpmeta xmlns:x="adobe:ns:meta/">{inner}</x:xmpmeta>'.encode()


def text_chunks():
    info = PngImagePlugin.PngInfo()
    info.add_text("Comment", SECRET)
    info.add_itxt("Location", SECRET, "de", "Ort")
    info.add_itxt("XML:com.adobe.xmp", xmp().decode())
    return info


def display_p3():
    """The ICC profile Display P3, version 4, by hand: Pillow can only make sRGB."""

    def fixed(*values):
        return b"".join(struct.pack(">i", round(value * 65536)) for value in values)

    def text(words):
        return b"mluc" + struct.pack(">4xII2s2sII", 1, 12, b"en", b"US", len(words) * 2, 28) + words.encode("utf-16-be")

    def xyz(*values):
        return b"XYZ \0\0\0\0" + fixed(*values)

    curve = b"para\0\0\0\0\0\3\0\0" + fixed(2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045)
    adaptation = fixed(1.04788, 0.02292, -0.0502, 0.02959, 0.99048, -0.01706, -0.00923, 0.01508, 0.75168)
    tags = {b"desc": text("Display P3"), b"cprt": text("CC0"), b"chad": b"sf32\0\0\0\0" + adaptation}
    tags |= {b"wtpt": xyz(0.9642, 1.0, 0.82491), b"rXYZ": xyz(0.51512, 0.2412, -0.00105)}
    tags |= {b"gXYZ": xyz(0.29198, 0.69225, 0.04189), b"bXYZ": xyz(0.1571, 0.06657, 0.78407)}
    tags |= {b"rTRC": curve, b"gTRC": curve, b"bTRC": curve}
    table, body, start = struct.pack(">I", len(tags)), b"", 128 + 4 + 12 * len(tags)
    for name, data in tags.items():
        table += name + struct.pack(">II", start + len(body), len(data))
        body += data + bytes(-len(data) % 4)
    date = struct.pack(">6H", 2024, 1, 1, 0, 0, 0)
    head = struct.pack(">I4xI4s4s4s", start + len(body), 0x04000000, b"mntr", b"RGB ", b"XYZ ") + date + b"acsp"
    return head.ljust(68, b"\0") + fixed(0.9642, 1.0, 0.82491) + bytes(48) + table + body


# JPEG, by hand.

def ycck():
    """Ink as YCbCr, and inverted K, as Photoshop writes it. Pillow stores the four as if they were CMYK."""
    ink = Image.merge("RGB", quarters("CMYK", INKS).split()[:3])
    stored = [*ink.convert("YCbCr").split(), Image.new("L", SIZE, 255)]
    # Pillow inverts what it stores, which must not happen to these.
    image = Image.merge("CMYK", [ImageOps.invert(band) for band in stored])
    data = bytearray(saved(image, "JPEG", quality=95))
    data[data.index(b"Adobe") + 11] = 2
    # The components are numbered then, where Pillow names them C, M, Y and K.
    for first, step in ((data.index(b"\xff\xc0") + 10, 3), (data.index(b"\xff\xda") + 5, 2)):
        data[first : first + 4 * step : step] = bytes([1, 2, 3, 4])
    return bytes(data)


def oriented(orientation):
    """Turned the other way, so that the orientation sets it right."""
    turn = Image.Transpose
    ways = [None, turn.FLIP_LEFT_RIGHT, turn.ROTATE_180, turn.FLIP_TOP_BOTTOM, turn.TRANSPOSE, turn.ROTATE_90]
    way = [*ways, turn.TRANSVERSE, turn.ROTATE_270][orientation - 1]
    image = quarters() if way is None else quarters().transpose(way)
    return saved(image, "JPEG", exif=exif(orientation), xmp=xmp(), comment=SECRET, subsampling=0)


def packed(bits):
    return int(bits, 2).to_bytes(len(bits) // 8, "big")


def segment(marker, data):
    return struct.pack(">BBH", 0xFF, marker, len(data) + 2) + data


def claiming(data, width, height):
    """The same JPEG, but its header tells another size."""
    start = data.index(b"\xff\xc0")
    return data[: start + 5] + struct.pack(">HH", height, width) + data[start + 9 :]


def many_scans(side=3000, scans=2000):
    """Each scan says of all blocks that nothing changes, and makes the decoder look at every coefficient for it."""
    blocks = ((side + 7) // 8) ** 2
    runs = -(-blocks // 32767)
    assert blocks % runs == 0 and blocks % 8
    # One symbol of one bit: a difference of 0 for DC, a run of 2^14 and more empty blocks for AC.
    tables = [segment(0xC4, bytes([kind, 1] + [0] * 15 + [symbol])) for kind, symbol in ((0x00, 0), (0x10, 0xE0))]
    bits = f"0{blocks // runs - 2**14:014b}" * runs
    nothing = packed(bits + "1" * (-len(bits) % 8)).replace(b"\xff", b"\xff\0")
    return (
        b"\xff\xd8"
        + segment(0xDB, bytes([0] + [1] * 64))
        + segment(0xC2, struct.pack(">BHH4B", 8, side, side, 1, 1, 0x11, 0))
        + b"".join(tables) + segment(0xDA, bytes([1, 1, 0, 0, 0, 0])) + bytes(blocks // 8) + b"\x7f"
        + segment(0xDA, bytes([1, 1, 0, 1, 63, 0x01])) + nothing
        + (segment(0xDA, bytes([1, 1, 0, 1, 63, 0x10])) + nothing) * scans
        + b"\xff\xd9"
    )


# PNG, by hand.

def chunk(name, data, crc=None):
    crc = zlib.crc32(name + data) if crc is None else crc
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", crc)


def png(size, depth, colour, idat, extra=b"", interlaced=0, crc=None):
    header = struct.pack(">IIBBBBB", *size, depth, colour, 0, 0, interlaced)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header, crc) + extra + chunk(b"IDAT", idat) + chunk(b"IEND", b"")


def plain_png(depth=8, interlaced=0, **options):
    """Each line begins with its filter's number, 0. An interlaced picture is seven small ones, of pixels far apart."""
    image, data = quarters(), b""
    passes = [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)]
    for left, top, right, down in passes if interlaced else [(0, 0, 1, 1)]:
        for y in range(top, SIZE[1], down):
            values = [value for x in range(left, SIZE[0], right) for value in image.getpixel((x, y))]
            # 255 becomes 65535 when the byte is written twice.
            data += b"\0" + bytes(value for value in values for _ in range(depth // 8))
    return png(SIZE, depth, 2, zlib.compress(data, 9), interlaced=interlaced, **options)


def zipped():
    """A valid PNG, and a valid ZIP: the one is read from the front, the other from the back."""
    file = io.BytesIO(saved(quarters(), "PNG"))
    with zipfile.ZipFile(file, "a") as archive:
        archive.writestr(zipfile.ZipInfo("page.php"), b"<?php echo '" + POLYGLOT + b"'; ?>")
    return file.getvalue()


# GIF and WebP, by hand.

def gif(screen, frame, at=(0, 0)):
    # The pixel data is one pixel, then the end.
    head = b"GIF89a" + struct.pack("<HHBBB", *screen, 0x80, 0, 0) + bytes([0, 0, 0, 255, 255, 255])
    return head + b"," + struct.pack("<4HB", *at, *frame, 0) + b"\x02\x02\x44\x01\x00;"


def script_gif():
    """`GIF89a/* the picture */=1;…` is a script too. The `/*` makes the screen 10799 wide."""
    data = saved(with_palette(COLOURS), "GIF")
    script = b'*/=1;alert("' + POLYGLOT + b'");//'
    return b"GIF89a/*" + data[8:-1] + b"!\xfe" + bytes([len(script)]) + script + b"\0;"


def flat_webp(width, height):
    """Lossless WebP with one colour needs no bits per pixel, so it is complete at every size."""
    bits = "".join(f"{value - 1:014b}"[::-1] for value in (width, height)) + "0000" + "000"
    # Green, red, blue, alpha, distance: each a code of one symbol, which is 0, but 255 for alpha.
    bits += "1000" * 3 + "101" + "11111111" + "1000"
    bits += "0" * (-len(bits) % 8)
    pixels = b"\x2f" + packed(bits[::-1])[::-1]
    canvas = bytes(4) + (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
    chunks = [b"VP8X" + struct.pack("<I", 10) + canvas, b"VP8L" + struct.pack("<I", len(pixels)) + pixels]
    body = b"WEBP" + b"".join(chunks) + bytes(len(pixels) % 2)
    return b"RIFF" + struct.pack("<I", len(body)) + body


# The two folders.

def good():
    rgb, hole, flat = quarters(), quarters("RGBA", HOLE), Image.new("RGB", (1500, 40), FLAT)
    lossless = {"lossless": True, "method": 6}
    files = {
        "rgb.jpg": saved(rgb, "JPEG", subsampling=0),
        "grey.jpg": saved(quarters("L", GREYS), "JPEG"),
        "cmyk.jpg": saved(quarters("CMYK", INKS), "JPEG", quality=95),
        "ycck.jpg": ycck(),
        "progressive.jpg": saved(rgb, "JPEG", progressive=True, subsampling=2),
        "p3.jpg": saved(Image.new("RGB", SIZE, (234, 51, 35)), "JPEG", quality=100, icc_profile=display_p3()),
        "wide.jpg": saved(flat, "JPEG", optimize=True),
        "large.jpg": saved(quarters(size=(2000, 1500)), "JPEG", optimize=True),
        "rgb.png": saved(rgb, "PNG"),
        "rgba.png": saved(hole, "PNG"),
        "rgb16.png": plain_png(depth=16),
        "grey16.png": saved(quarters("I;16", [grey * 257 for grey in GREYS]), "PNG"),
        "palette.png": saved(with_palette(HOLE), "PNG", transparency=3),
        "onebit.png": saved(quarters("1", [0, 255, 255, 0]), "PNG"),
        "interlaced.png": plain_png(interlaced=1),
        "grey-alpha.png": saved(quarters("LA", [(0, 255), (85, 255), (170, 255), (0, 0)]), "PNG"),
        "text.png": saved(rgb, "PNG", pnginfo=text_chunks(), exif=exif(1)),
        "tall.png": saved(flat.transpose(Image.Transpose.ROTATE_90), "PNG"),
        "one.png": saved(Image.new("RGB", (1, 1), RED), "PNG"),
        "animated.png": animated(rgb, "PNG"),
        "animated.gif": animated(with_palette(COLOURS), "GIF"),
        "animated.webp": animated(rgb, "WEBP", **lossless),
        "still.gif": saved(with_palette(HOLE), "GIF", transparency=3),
        "lossy.webp": saved(rgb, "WEBP", quality=90),
        "lossless.webp": saved(rgb, "WEBP", **lossless),
        "alpha.webp": saved(hole, "WEBP", quality=90),
        "exif.webp": saved(rgb.transpose(Image.Transpose.ROTATE_90), "WEBP", exif=exif(6), xmp=xmp(), **lossless),
    }
    return files | {f"orientation-{n}.jpg": oriented(n) for n in range(1, 9)}


def hostile():
    rgb, jpeg = quarters(), saved(quarters(), "JPEG")
    page = b"<!doctype html><title>x</title><script>alert('" + POLYGLOT + b"')</script>"
    svg = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert("' + POLYGLOT + b'")</script></svg>'
    mvg = b"push graphic-context\nfill 'url(https://example.invalid/x.jpg\"|touch \"/tmp/mvg-ran)'\n"
    pdf = b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\n"
    bomb = zlib.compress(bytes(INFLATED), 9)
    return {
        "empty.jpg": b"",
        "garbage.jpg": random.Random(1).randbytes(1000),
        "truncated.jpg": half("JPEG", quality=95, optimize=True, subsampling=0),
        "truncated.png": half("PNG"),
        "truncated.webp": half("WEBP", lossless=True),
        "truncated.gif": half("GIF"),
        "only-header.png": plain_png()[:33],
        "only-header.jpg": jpeg[:20],
        "bomb.png": png((30000, 30000), 8, 2, zlib.compress(bytes(5_000_000), 9)),
        "bomb-lying.png": png((100, 100), 8, 2, bomb),
        "bomb.gif": gif((65535, 65535), (65535, 65535)),
        "bomb.webp": flat_webp(16383, 16383),
        "bomb.jpg": claiming(jpeg, 65535, 65535),
        "bomb-ztxt.png": plain_png(extra=chunk(b"zTXt", b"Comment\0\0" + bomb)),
        "bomb-iccp.png": plain_png(extra=chunk(b"iCCP", b"Profile\0\0" + bomb)),
        "bomb-scans.jpg": many_scans(),
        "lying-size.jpg": claiming(saved(rgb.resize((480, 320)), "JPEG", optimize=True), *SIZE),
        "lying-size-less.jpg": claiming(saved(rgb.resize((16, 16)), "JPEG"), *SIZE),
        "lying-crc.png": plain_png(crc=0xDEADBEEF),
        "zero.png": png((0, 0), 8, 2, zlib.compress(b"")),
        "zero.gif": gif((0, 0), (0, 0)),
        "huge-frame.gif": gif((10, 10), (60000, 60000)),
        "frame-outside.gif": gif((10, 10), (10, 10), at=(65530, 65530)),
        "script.svg": svg,
        "svg-named.png": svg,
        "html-named.jpg": page,
        "polyglot.gif": script_gif(),
        "polyglot.jpg": saved(rgb, "JPEG", comment=page + b"<?php echo 1; ?>") + page,
        "polyglot.png": zipped(),
        "mvg.jpg": mvg + b"pop graphic-context\n",
        "pdf-named.jpg": pdf + b"trailer<</Root 1 0 R>>\n%%EOF\n",
        "bmp-named.png": saved(rgb, "BMP"),
        "tiff-named.jpg": saved(rgb, "TIFF"),
        "ico.png": saved(rgb, "ICO", sizes=[(16, 16)], bitmap_format="bmp"),
        "avif-named.jpg": struct.pack(">I", 28) + b"ftypavif\0\0\0\0avifmif1miaf",
        "heic-named.jpg": struct.pack(">I", 24) + b"ftypheic\0\0\0\0mif1heic",
    }


# The checks.

def expected(name):
    """The size, and the four quarters' colours."""
    sizes = {"wide.jpg": (1500, 40), "tall.png": (40, 1500), "large.jpg": (2000, 1500), "one.png": (1, 1)}
    greys = [(grey, grey, grey) for grey in GREYS]
    fours = {"wide.jpg": [FLAT] * 4, "tall.png": [FLAT] * 4, "one.png": [RED] * 4, "p3.jpg": [RED] * 4}
    fours |= {name: HOLE for name in ("rgba.png", "palette.png", "still.gif", "alpha.webp")}
    fours |= {"grey.jpg": greys, "grey16.png": greys, "grey-alpha.png": [*greys[:3], (0, 0, 0, 0)]}
    fours |= {"onebit.png": [greys[i] for i in (0, 3, 3, 0)]}
    return sizes.get(name, SIZE), [(*colour, 255)[:4] for colour in fours.get(name, COLOURS)]


def processed(data):
    """What the server does, in short: upright, sRGB, eight bits."""
    image = ImageOps.exif_transpose(Image.open(io.BytesIO(data)))
    if profile := image.info.get("icc_profile"):
        image = ImageCms.profileToProfile(image, io.BytesIO(profile), ImageCms.createProfile("sRGB"))
    if image.mode.startswith("I"):
        image = image.convert("I").point(lambda value: value * (1 / 257)).convert("L")
    return image.convert("RGB" if image.mode == "CMYK" else "RGBA").convert("RGBA")


def check_good(name, data):
    image, ((width, height), four) = processed(data), expected(name)
    assert image.size == (width, height), name
    near = 0 if name.endswith((".png", ".gif")) or name in ("lossless.webp", "exif.webp", "animated.webp") else 4
    for i, colour in enumerate(four):
        middle = (i % 2 * 2 + 1) * width // 4, (i // 2 * 2 + 1) * height // 4
        corner = i % 2 * (width - 1), i // 2 * (height - 1)
        for found in (image.getpixel(middle), image.getpixel(corner)):
            differences = [abs(a - b) for a, b in zip(found, colour)]
            # Nobody sees the colour of what is transparent.
            assert max(differences[3:] if colour[3] == 0 else differences) <= near, (name, found, colour)
    if name.startswith("animated"):
        assert Image.open(io.BytesIO(data)).n_frames == 3, name
    if secrets := {"orient": 3, "text.p": 4, "exif.w": 2}.get(name[:6]):
        assert data.count(SECRET.encode()) == secrets, name
        assert 2 in Image.open(io.BytesIO(data)).getexif().get_ifd(0x8825), name


def check_hostile(files):
    Image.MAX_IMAGE_PIXELS = None
    claims = {"bomb.png": 30000, "bomb.gif": 65535, "bomb.webp": 16383, "bomb.jpg": 65535, "bomb-scans.jpg": 3000}
    for name, side in claims.items():
        assert Image.open(io.BytesIO(files[name])).size == (side, side), name
    for name in ("polyglot.jpg", "polyglot.png"):
        check_good("rgb.jpg", files[name])
    assert b"\xff\xda" in files["truncated.jpg"] and b"IDAT" in files["truncated.png"]
    assert Image.open(io.BytesIO(files["polyglot.gif"])).convert("RGB").getpixel((12, 8)) == RED
    assert files["polyglot.gif"].count(b"*/") == 1
    assert zipfile.ZipFile(io.BytesIO(files["polyglot.png"])).testzip() is None
    assert Image.open(io.BytesIO(flat_webp(*SIZE))).getpixel((5, 5)) == (0, 0, 0), "flat_webp"
    for name in ("bomb-lying.png", "bomb-ztxt.png", "bomb-iccp.png"):
        start = files[name].index(b"\x78\xda")
        assert len(zlib.decompressobj().decompress(files[name][start:])) == INFLATED, name
    assert max(map(len, files.values())) < 100_000


def main():
    folders = {"good": good(), "hostile": hostile()}
    for folder, files in folders.items():
        shutil.rmtree(HERE / folder, ignore_errors=True)
        (HERE / folder).mkdir()
        for name, data in files.items():
            (HERE / folder / name).write_bytes(data)
    for name, data in folders["good"].items():
        check_good(name, data)
    check_hostile(folders["hostile"])
    readme = (HERE / "README.md").read_text()
    assert all(f"`{name}`" in readme for files in folders.values() for name in files)


if __name__ == "__main__":
    main()
