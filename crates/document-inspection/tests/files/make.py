#!/usr/bin/env python3
"""Makes the files of the verdict table: `make.py FOLDER` writes FOLDER/honest and FOLDER/hostile.

All content is made here. Honest files are written by the tools that people use, hostile ones by hand where no tool does.
The tools must be there, and their versions are written to FOLDER/tools.txt: Pillow, reportlab, pikepdf, img2pdf, fpdf2,
pypdf (pip), qpdf, Ghostscript, ImageMagick, exiftool, libjpeg-turbo (cjpeg, jpegtran), poppler (pdftocairo, pdfunite).
Run it again only to add files: the tools write dates and random numbers, so the same file comes out a little different.
`make.py FOLDER encrypted_documents` adds the encrypted files that are not there, and needs the package cryptography.
"""

import io, os, pathlib, random, struct, subprocess, sys, zlib

import fpdf, img2pdf, pikepdf, pypdf, reportlab
from PIL import Image, PngImagePlugin, __version__ as pillow_version
from reportlab.lib import colors
from reportlab.pdfgen import canvas

OUT = pathlib.Path(sys.argv[1])
HONEST, HOSTILE = OUT / "honest", OUT / "hostile"
for folder in (HONEST, HOSTILE):
    folder.mkdir(parents=True, exist_ok=True)
random.seed(12)


def honest(name, data):
    (HONEST / name).write_bytes(data)
    return data


def hostile(name, data):
    (HOSTILE / name).write_bytes(data)
    return data


def run(*args, stdin=None):
    return subprocess.run([str(a) for a in args], input=stdin, stdout=subprocess.PIPE, check=True).stdout


def tool(*args, source, suffix, out=None):
    """Runs a tool that reads and writes files; IN and OUT are put in."""
    a, b = OUT / f"in{suffix}", OUT / f"out{out or suffix}"
    a.write_bytes(source)
    subprocess.run([str(x).replace("IN", str(a)).replace("OUT", str(b)) for x in args], check=True,
                   stdout=subprocess.DEVNULL)
    data = b.read_bytes()
    a.unlink(), b.unlink()
    return data


# ---------------------------------------------------------------- pictures

def scene(mode="RGB", size=(64, 48)):
    picture = Image.new("RGB", size)
    picture.putdata([((x * 4) % 256, (y * 5) % 256, (x * y) % 256) for y in range(size[1]) for x in range(size[0])])
    return picture.convert(mode)


def saved(picture, kind, **how):
    out = io.BytesIO()
    picture.save(out, kind, **how)
    return out.getvalue()


JPEG = honest("pillow.jpg", saved(scene(), "JPEG"))
PNG = honest("pillow.png", saved(scene(), "PNG"))


def segment(marker, content, base=JPEG):
    return base[:2] + bytes([0xFF, marker]) + struct.pack(">H", len(content) + 2) + content + base[2:]


def chunk(name, content, crc=None):
    sum_ = zlib.crc32(name + content) if crc is None else crc
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", sum_)


def png_with(name, content, base=PNG):
    return base[:33] + chunk(name, content) + base[33:]


def png_of(width, height, depth, kind, raw, *more, interlace=0):
    header = struct.pack(">IIBBBBB", width, height, depth, kind, 0, 0, interlace)
    idat = raw if isinstance(raw, bytes) and raw[:1] == b"\x78" else zlib.compress(raw, 9)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + b"".join(more) + chunk(b"IDAT", idat) + chunk(b"IEND", b"")


def pictures():
    h = honest
    h("pillow-progressive.jpg", saved(scene(), "JPEG", progressive=True))
    h("pillow-grey.jpg", saved(scene("L"), "JPEG"))
    h("pillow-cmyk.jpg", saved(scene("CMYK"), "JPEG"))
    h("pillow-444.jpg", saved(scene(), "JPEG", subsampling=0, quality=95))
    h("pillow-optimized.jpg", saved(scene(), "JPEG", optimize=True))
    h("pillow-restarts.jpg", saved(scene(), "JPEG", restart_marker_blocks=2))
    h("pillow-comment.jpg", saved(scene(), "JPEG", comment=b"Scanned at the branch"))
    h("pillow-one-pixel.jpg", saved(scene(size=(1, 1)), "JPEG"))
    h("pillow-one-pixel.png", saved(scene(size=(1, 1)), "PNG"))
    h("pillow-named.jpeg", saved(scene(), "JPEG", dpi=(300, 300)))
    exif = Image.Exif()
    exif[0x010F], exif[0x0110], exif[0x0112] = "Own", "Phone", 6
    h("pillow-exif.jpg", saved(scene(), "JPEG", exif=exif))
    h("pillow-exif.png", saved(scene(), "PNG", exif=exif))
    h("pillow-mpo.jpg", saved(scene(), "MPO", save_all=True, append_images=[scene("L").convert("RGB")]))
    for mode in ("1", "L", "LA", "P", "RGBA", "I;16"):
        picture = scene("L").convert("I;16") if mode == "I;16" else scene(mode if mode != "LA" else "L").convert(mode)
        h(f"pillow-{mode.lower().replace(';', '-')}.png", saved(picture, "PNG"))
    h("pillow-optimized.png", saved(scene(), "PNG", optimize=True))
    h("pillow-stored.png", saved(scene(), "PNG", compress_level=0))
    h("pillow-apng.png", saved(scene(), "PNG", save_all=True, append_images=[scene().rotate(90), scene().rotate(180)]))
    text = PngImagePlugin.PngInfo()
    text.add_text("Comment", "Scanned at the branch, 3 < 4 and <b>bold</b>")
    text.add_text("Long", "a" * 5000, zip=True)
    text.add_itxt("Title", "Ausweis \u00e4\u00f6\u00fc", "de", "Titel", zip=True)
    text.add_itxt("Author", "B\u00fcrger", "de", "Autor")
    h("pillow-texts.png", saved(scene(), "PNG", pnginfo=text))
    from PIL import ImageCms
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    h("pillow-icc.png", saved(scene(), "PNG", icc_profile=profile))
    h("pillow-icc.jpg", saved(scene(), "JPEG", icc_profile=profile))
    h("pillow-transparent.png", saved(scene("P"), "PNG", transparency=0))
    h("pillow-large-white.png", saved(Image.new("L", (4000, 5600), 255), "PNG"))
    h("pillow-large-white.jpg", saved(Image.new("L", (800, 1100), 255), "JPEG", quality=20))
    for name, args in {
        "magick-gradient.jpg": ["-size", "60x40", "gradient:red-blue", "OUT"],
        "magick-interlaced.jpg": ["-size", "60x40", "gradient:red-blue", "-interlace", "JPEG", "OUT"],
        "magick-arithmetic-like-quality.jpg": ["-size", "60x40", "plasma:", "-quality", "100", "OUT"],
        "magick-adam7.png": ["-size", "61x43", "gradient:red-blue", "-interlace", "PNG", "OUT"],
        "magick-adam7-small.png": ["-size", "3x2", "gradient:red-blue", "-interlace", "PNG", "OUT"],
        "magick-16-bit.png": ["-size", "60x40", "gradient:red-blue", "-depth", "16", "OUT"],
        "magick-palette.png": ["-size", "60x40", "gradient:red-blue", "-colors", "8", "OUT"],
        "magick-bilevel.png": ["-size", "61x40", "gradient:", "-monochrome", "OUT"],
        "magick-grey-alpha.png": ["-size", "60x40", "gradient:", "-alpha", "set", "-channel", "A", "-fx", "0.5", "OUT"],
    }.items():
        h(name, tool("convert", *args, source=b"", suffix="." + name.rsplit(".", 1)[1]))
    ppm = saved(scene(), "PPM")
    for name, args in {"cjpeg-arithmetic": ["-arithmetic"], "cjpeg-progressive": ["-progressive"],
                       "cjpeg-restart": ["-restart", "1"], "cjpeg-grey": ["-grayscale"],
                       "cjpeg-baseline": ["-baseline", "-quality", "5"]}.items():
        h(name + ".jpg", run("cjpeg", *args, stdin=ppm))
    h("jpegtran-rotated.jpg", run("jpegtran", "-rotate", "90", "-copy", "all", stdin=JPEG))
    for suffix, base in ((".jpg", JPEG), (".png", PNG)):
        h("exiftool-xmp" + suffix, tool("exiftool", "-q", "-XMP-dc:Title=A passport", "-XMP-dc:Creator=The branch",
                                        "-Artist=Own", "-o", "OUT", "IN", source=base, suffix=suffix))
    h("exiftool-gps.jpg", tool("exiftool", "-q", "-GPSLatitude=6.45", "-GPSLongitude=3.4", "-IPTC:Caption=Own",
                               "-o", "OUT", "IN", source=JPEG, suffix=".jpg"))
    thumb = saved(scene(size=(16, 12)), "JPEG")
    h("exif-thumbnail.jpg", segment(0xE1, b"Exif\0\0" + thumb))
    mp4 = struct.pack(">I", 24) + b"ftypmp42\0\0\0\0isommp42" + struct.pack(">I", 108) + b"mdat" + bytes(100)
    h("motion-photo.jpg", JPEG + mp4)
    wide = struct.pack(">I", 16) + b"ftypmp42\0\0\0\0" + struct.pack(">IIQ", 1, 0x6D646174, 116) + bytes(100)
    h("motion-photo-long-box.jpg", JPEG + wide)
    block = b"\0\0\x01\x0a\x0e\0\0\0Image_UTC_Data1700000000000"
    sef = b"SEFH" + struct.pack("<II", 107, 1) + b"\0\0\x01\x0a" + struct.pack("<II", len(block), len(block))
    h("samsung-trailer.jpg", JPEG + block + sef + struct.pack("<I", len(sef)) + b"SEFT")
    h("samsung-motion.jpg", JPEG + b"\0\0\x30\x0a\x10\0\0\0MotionPhoto_Data" + mp4 + block + sef
      + struct.pack("<I", len(sef)) + b"SEFT")
    h("two-pictures.jpg", JPEG + saved(scene("L"), "JPEG"))
    h("two-pictures-apart.jpg", JPEG + bytes(1000) + JPEG)
    # Numbers of a table that look like markup, as in the CMYK profile of Ghostscript.
    table = b"ICC_PROFILE\0\1\1" + bytes(128) + b"\0<\0%\0V\0E\0$\0V\0N\0\"\0V\0Y\0!\0V\0e" * 4
    h("icc-table.jpg", segment(0xE2, table))
    h("padded.jpg", JPEG + bytes(600))
    h("line-feed.jpg", JPEG + b"\r\n")
    h("line-feed.png", PNG + b"\n")
    h("padded.png", PNG + bytes(512))
    h("zeros-between-segments.jpg", JPEG[:20] + b"\0\0" + JPEG[20:])
    h("fill-bytes.jpg", JPEG[:20] + b"\xff\xff\xff" + JPEG[20:])
    h("html-comment.jpg", segment(0xFE, b"<html><body>made by a converter</body></html>"))
    h("private-chunk.png", png_with(b"prIv", bytes(range(256))))
    h("looks-like-markup.png", png_with(b"prIv", b"<%\x80\x81 <svg\x01 <img\xff <IMG /\x80\x81 <?phpx <embed\0"))
    h("physical.png", png_with(b"pHYs", struct.pack(">IIB", 11811, 11811, 1)))
    h("black-scan.jpg", saved(Image.new("1", (600, 800)).convert("L"), "JPEG", quality=10))


def hostile_pictures():
    h = hostile
    program = b"MZ\x90\0\x03\0\0\0\x04\0\0\0\xff\xff\0\0" + b"This program cannot be run in DOS mode." + bytes(64)
    elf = b"\x7fELF\x02\x01\x01" + bytes(9) + b"\x02\0\x3e\0\x01\0\0\0" + bytes(64)
    zip_ = b"PK\x03\x04\x14\0\0\0\x08\0" + bytes(16) + struct.pack("<HH", 5, 0) + b"a.exe" + bytes(30)
    behind = {"program": program, "elf": elf, "shell": b"#!/bin/sh\necho pwned\n", "gzip": b"\x1f\x8b\x08" + bytes(40),
              "xz": b"\xfd7zXZ\0\0\4" + bytes(40), "tar": b"a.txt" + bytes(95) + b"0000644\0" + bytes(149) + b"ustar\0",
              "zip": zip_, "rar": b"Rar!\x1a\x07\x01\0" + bytes(20), "7z": b"7z\xbc\xaf\x27\x1c\0\4" + bytes(20),
              "cab": b"MSCF\0\0\0\0" + bytes(20), "pdf": b"%PDF-1.4\n%%EOF", "page": b"<script>alert(1)</script>",
              "jar": zip_.replace(b"a.exe", b"A.cla"), "bytes": bytes(range(1, 200)), "text": b"hello"}
    for name, data in behind.items():
        h(f"behind-{name}.jpg", JPEG + data)
        h(f"behind-{name}.png", PNG + data)
    h("program-behind-zeros.jpg", JPEG + bytes(64) + program)
    h("program-with-directory.jpg", JPEG + program + b"SEFHSEFT")
    h("program-behind-film.jpg", JPEG + struct.pack(">I", 16) + b"ftypmp42\0\0\0\0" + program)
    h("zip-in-comment.jpg", segment(0xFE, zip_))
    h("zip-far-before-end.jpg", segment(0xFE, zip_) + bytes(600))
    h("zip-and-zeros.jpg", JPEG + zip_ + bytes(70_000))
    h("zip-in-chunk.png", png_with(b"prIv", zip_))
    for name, text in {"php": b"<?php system(1);?>", "short-php": b"<?=`$_GET[0]`?>", "script": b"<script>alert(1)",
                       "svg": b"<svg onload=alert(1)>", "asp": b"<%eval request(\"x\")%>", "jsp": b"<jsp:include page=x>",
                       "hta": b"<hta:application id=x>", "video": b"<video src=x onerror=alert(1)>",
                       "include": b"<!--#exec cmd=\"ls -la\"-->", "iframe": b"<iframe src=//x>",
                       "utf16-script": "<script>alert(1)".encode("utf-16-le"),
                       "utf16be-script": "<script>alert(1)".encode("utf-16-be")}.items():
        h(f"{name}.png", png_with(b"tEXt", b"Comment\0" + text))
        h(f"{name}.jpg", segment(0xFE, text))
    packed = zlib.compress(b"x" * 100 + b"<script>alert(1)</script>" + b"y" * 100)
    h("packed-script.png", png_with(b"zTXt", b"Comment\0\0" + packed))
    h("packed-script-international.png", png_with(b"iTXt", b"Comment\0\1\0en\0Comment\0" + packed))
    h("packed-script-profile.png", png_with(b"iCCP", b"Profile\0\0" + packed))
    at = PNG.index(b"IDAT")
    h("wrong-checksum.png", PNG[:at + 10] + bytes([PNG[at + 10] ^ 1]) + PNG[at + 11:])
    h("random-pixels.png", png_of(8, 8, 8, 2, b"\x78" + random.randbytes(200)))
    h("filter-9.png", png_of(8, 8, 8, 3, (b"\x09" + bytes(8)) * 8, chunk(b"PLTE", bytes(768))))
    h("no-palette.png", png_of(8, 8, 8, 3, (b"\0" + bytes(8)) * 8))
    h("depth-3.png", png_of(8, 8, 3, 2, (b"\0" + bytes(24)) * 8))
    h("too-few-rows.png", png_of(8, 8, 8, 2, (b"\0" + bytes(24)) * 7))
    h("apple-cgbi.png", PNG[:8] + chunk(b"CgBI", b"\x50\0\x20\2") + PNG[8:])
    h("unknown-critical-chunk.png", png_with(b"ABCD", b"x"))
    h("pixels-gigantic.png", png_of(60000, 60000, 8, 2, b"\0" * 10))
    h("pixels-300-mb.png", png_of(10000, 10000, 8, 2, b"\0" * 100))
    bomb = zlib.compressobj(9)
    parts = [bomb.compress(bytes(1 << 20)) for _ in range(3)]
    parts.append(bomb.flush())
    big = b"".join(parts)
    h("bomb-pixels.png", png_of(10, 10, 8, 2, big))
    small = zlib.compress(bytes(17 << 20), 9)
    h("bomb-text.png", png_with(b"zTXt", b"Comment\0\0" + small))
    h("bomb-profile.png", png_with(b"iCCP", b"Profile\0\0" + small))
    h("bomb-frames.png", PNG[:33] + chunk(b"acTL", struct.pack(">II", 120, 0)) + b"".join(
        chunk(b"fcTL", struct.pack(">IIIIIHHBB", n, 64, 48, 0, 0, 1, 10, 0, 0)) for n in range(120)) + PNG[33:])
    scan = JPEG.index(b"\xff\xda")
    header = JPEG[scan:scan + 2 + struct.unpack(">H", JPEG[scan + 2:scan + 4])[0]]
    h("bomb-scans.jpg", JPEG[:scan] + (header + b"\0") * 600 + JPEG[scan:])
    tables = JPEG.index(b"\xff\xdb")
    frame = JPEG.index(b"\xff\xc0")
    h("no-tables.jpg", JPEG[:tables] + JPEG[frame:frame + 19] + header + random.randbytes(300).replace(b"\xff", b"a") + b"\xff\xd9")
    h("gigantic.jpg", JPEG[:frame + 5] + b"\xff\xff\xff\xff" + JPEG[frame + 9:])
    h("half.jpg", JPEG[:len(JPEG) // 2])
    h("half.png", PNG[:len(PNG) // 2])
    h("no-end.jpg", JPEG[:-2])
    h("called-jpeg.png", JPEG)
    h("called-png.jpg", PNG)
    h("heic.jpg", b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + bytes(40))
    h("webp.png", saved(scene(), "WEBP"))
    h("tiff.jpg", saved(scene(), "TIFF"))
    h("gif.png", saved(scene("P"), "GIF"))


# ---------------------------------------------------------------- PDF

def build(objects, version="1.7", trailer=b"", root=1, tail=b""):
    out = b"%PDF-" + version.encode() + b"\n%\xe2\xe3\xcf\xd3\n"
    places = []
    for number, body in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n" % number + (body if isinstance(body, bytes) else body.encode()) + b"\nendobj\n"
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % place for place in places)
    out += b"trailer\n<< /Size %d /Root %d 0 R %s >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, root, trailer, start)
    return out + tail


def stream(data, extra="", packed=False):
    if packed:
        data, extra = zlib.compress(data), extra + " /Filter /FlateDecode"
    return f"<< /Length {len(data)} {extra} >>\nstream\n".encode() + data + b"\nendstream"


def simple(catalog="", page="", *more, text=b"BT /F1 12 Tf 20 40 Td (Hello) Tj ET", packed=False, trailer=b""):
    """One page; more objects have the numbers 6, 7, …"""
    return build([
        f"<< /Type /Catalog /Pages 2 0 R {catalog} >>",
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 200 100] /Contents 4 0 R "
        f"/Resources << /Font << /F1 5 0 R >> >> {page} >>",
        stream(text, packed=packed),
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>", *more], trailer=trailer)


def compact(data):
    """The same with its objects packed."""
    return tool("qpdf", "--object-streams=generate", "--compress-streams=y", "IN", "OUT", source=data, suffix=".pdf")


def both(make, name, data):
    """A file as it is, and with its objects packed: one verdict."""
    make(name + ".pdf", data)
    make(name + "-packed.pdf", compact(data))


def report(pages=1, **how):
    out = io.BytesIO()
    c = canvas.Canvas(out, **how)
    for n in range(pages):
        c.setFont("Helvetica", 12)
        c.drawString(72, 720, f"Utility bill, page {n + 1}")
        c.setFillColor(colors.blue)
        c.rect(72, 600, 100, 50, fill=1)
        c.linkURL("https://bank.example/", (72, 600, 172, 650))
        c.bookmarkPage(f"p{n}")
        c.addOutlineEntry(f"Page {n + 1}", f"p{n}")
        c.showPage()
    c.save()
    return out.getvalue()


def documents():
    h = honest
    base = h("reportlab.pdf", report(3))
    h("reportlab-plain.pdf", report(1, pageCompression=0))
    h("reportlab-ascii85.pdf", report(2, pageCompression=1))
    out = io.BytesIO()
    c = canvas.Canvas(out)
    for kind in ("textfield", "checkbox"):
        getattr(c.acroForm, kind)(name=kind, x=72, y=700 if kind == "textfield" else 650)
    c.showPage()
    c.save()
    h("reportlab-form.pdf", out.getvalue())
    for name, args in {"linearized": ["--linearize"], "object-streams": ["--object-streams=generate"],
                       "qdf": ["--qdf"], "no-object-streams": ["--object-streams=disable"],
                       "uncompressed": ["--stream-data=uncompress"], "version-2": ["--force-version=2.0"],
                       "linearized-object-streams": ["--linearize", "--object-streams=generate"],
                       "recompressed": ["--recompress-flate", "--compression-level=9"]}.items():
        h(f"qpdf-{name}.pdf", tool("qpdf", *args, "IN", "OUT", source=base, suffix=".pdf"))
    for name, args in {"1.4": ["-dCompatibilityLevel=1.4"], "1.7": ["-dCompatibilityLevel=1.7"],
                       "2.0": ["-dCompatibilityLevel=2.0"], "screen": ["-dPDFSETTINGS=/screen"],
                       "pdfa": ["-dPDFA=2", "-sColorConversionStrategy=RGB"], "plain": ["-dCompressPages=false"]}.items():
        h(f"ghostscript-{name}.pdf", tool("gs", "-q", "-dNOPAUSE", "-dBATCH", "-sDEVICE=pdfwrite", *args,
                                          "-sOutputFile=OUT", "IN", source=base, suffix=".pdf"))
    h("img2pdf.pdf", img2pdf.convert(JPEG))
    h("img2pdf-png.pdf", img2pdf.convert(PNG))
    h("img2pdf-two.pdf", img2pdf.convert([JPEG, JPEG]))
    h("pillow.pdf", saved(scene(), "PDF"))
    h("pillow-grey.pdf", saved(scene("L"), "PDF"))
    h("pdftocairo.pdf", tool("pdftocairo", "-pdf", "IN", "OUT", source=base, suffix=".pdf"))
    h("pikepdf.pdf", (lambda o, p: (p.save(o), o.getvalue())[1])(io.BytesIO(), pikepdf.open(io.BytesIO(base))))
    o, w = io.BytesIO(), pypdf.PdfWriter(clone_from=io.BytesIO(base))
    w.write(o)
    h("pypdf.pdf", o.getvalue())
    f = fpdf.FPDF()
    f.add_page(), f.set_font("Helvetica", size=12), f.cell(text="Bank statement"), f.start_section("Page")
    h("fpdf2.pdf", bytes(f.output()))
    out = io.BytesIO()
    w = pypdf.PdfWriter()
    w.append(io.BytesIO(base)), w.append(io.BytesIO(report(2)))
    w.write(out)
    h("pypdf-merged.pdf", out.getvalue())
    plain = h("by-hand.pdf", simple())
    h("exiftool.pdf", tool("exiftool", "-q", "-Title=A bill", "-o", "OUT", "IN", source=plain, suffix=".pdf"))
    h("behind-line-feed.pdf", b"\n" + plain)
    h("behind-blank-lines.pdf", b"\r\n\r\n" + plain)
    h("behind-mark.pdf", b"\xef\xbb\xbf" + plain)
    h("behind-printer-commands.pdf", b"\x1b%-12345X@PJL JOB NAME=\"a\"\r\n@PJL ENTER LANGUAGE=PDF\r\n" + plain
      + b"\x1b%-12345X".replace(b"\x1b", b" "))
    h("zeros-behind.pdf", plain + bytes(2048))
    h("many-zeros-behind.pdf", plain + bytes(60_000))
    h("blanks-behind.pdf", plain + b" \r\n" * 2000)
    h("comment-behind.pdf", plain + b"% archived 2026-11-28\n")
    h("no-end-line.pdf", plain[:plain.rindex(b"%%EOF")])
    h("half-end-line.pdf", plain[:plain.rindex(b"%%EOF") + 3])
    h("saved-twice.pdf", plain + b"5 0 obj\n<< /Type /Font >>\nendobj\nxref\n5 1\n0000000000 00000 n \ntrailer\n"
      b"<< /Size 6 /Root 1 0 R /Prev 0 >>\nstartxref\n0\n%%EOF\r\n")
    both(h, "opens-at-a-page", simple("/OpenAction [3 0 R /Fit]"))
    both(h, "opens-at-a-page-by-action", simple("/OpenAction << /S /GoTo /D [3 0 R /Fit] >>"))
    both(h, "opens-at-a-page-elsewhere", simple("/OpenAction 6 0 R", "", "<< /S /GoTo /D [3 0 R /Fit] >>"))
    both(h, "opens-at-the-first-page", simple("/OpenAction << /S /Named /N /FirstPage >>"))
    link = "/Annots [<< /Type /Annot /Subtype /Link /Rect [0 0 9 9] /A << /S /URI /URI (https://bank.example) >> >>]"
    both(h, "link", simple("", link))
    both(h, "link-elsewhere", simple("", "/Annots [6 0 R]", "<< /Subtype /Link /Rect [0 0 9 9] /A 7 0 R >>",
                                     "<< /S /URI /URI (https://bank.example) >>"))
    both(h, "link-to-another-document", simple("", link.replace("/S /URI /URI", "/S /GoToR /D [0 /Fit] /F")))
    both(h, "print-button", simple("", link.replace("/S /URI /URI (https://bank.example)", "/S /Named /N /Print")))
    both(h, "submit-button", simple("", link.replace("/S /URI /URI", "/S /SubmitForm /F")))
    both(h, "text-says-javascript", simple(text=b"BT (/JavaScript /Launch /EmbeddedFile <html>) Tj ET"))
    both(h, "title-says-html", simple(trailer=b"/Info << /Title (<html> and <script> in 10 minutes) >>"))
    both(h, "title-says-launch", simple(trailer=b"/Info << /Title (/S /Launch \\(cmd.exe\\)) >>"))
    both(h, "empty-name-trees", simple("/Names << /JavaScript << /Names [] >> /EmbeddedFiles << /Names [] >> >>"))
    both(h, "empty-name-trees-elsewhere", simple("/Names << /JavaScript 6 0 R /EmbeddedFiles 6 0 R >>", "",
                                                 "<< /Names [] >>"))
    both(h, "names-begin-alike", simple("/JavaScripts 1 /Launcher 2 /JS#20 3"))
    both(h, "empty-script", simple("/Private 6 0 R", "", "<< /S /JavaScript /JS () >>"))
    field = "/AcroForm << /Fields [6 0 R] >>"
    widget = ("<< /FT /Tx /T (birth) /Subtype /Widget /Rect [0 0 9 9] /AA << /K << /S /JavaScript /JS (%s) >> "
              "/F << /S /JavaScript /JS (%s) >> >> >>")
    both(h, "form-date", simple(field, "/Annots [6 0 R]", widget % (
        "AFDate_KeystrokeEx\\(\"dd/mm/yyyy\"\\);", "AFDate_FormatEx\\(\"dd/mm/yyyy\"\\);")))
    both(h, "form-number", simple(field, "/Annots [6 0 R]", widget % (
        "AFNumber_Keystroke\\(2, 0, 0, 0, \"\", true\\);", "AFNumber_Format\\(2, 0, 0, 0, \"\", true\\);")))
    both(h, "form-sum", simple(field, "/Annots [6 0 R]", widget % (
        "AFSimple_Calculate\\(\"SUM\", new Array \\(\"a\", \"b\"\\)\\);".replace("Array ", "Array"), "")))
    both(h, "form-date-elsewhere", simple(field, "", "<< /FT /Tx /T (birth) /AA 7 0 R >>",
                                          "<< /K 8 0 R >>", "<< /S /JavaScript /JS (AFDate_FormatEx\\('d'\\)) >>"))
    xml = b"<?xml version='1.0' encoding='UTF-8'?><rsm:CrossIndustryInvoice xmlns:rsm='urn:x'/>"
    invoice = ["<< /Type /Filespec /F (factur-x.xml) /UF (factur-x.xml) /AFRelationship /Data /EF << /F 7 0 R /UF 7 0 R >> >>"]
    for packed in (False, True):
        both(h, f"invoice-{'packed' if packed else 'plain'}-xml", simple(
            "/AF [6 0 R] /Names << /EmbeddedFiles << /Names [(factur-x.xml) 6 0 R] >> >>", "", *invoice,
            stream(xml, "/Type /EmbeddedFile /Subtype /text#2Fxml", packed)))
    wide = "factur-x.xml".encode("utf-16-be")
    both(h, "invoice-wide-name", simple("/AF [6 0 R]", "", b"<< /Type /Filespec /UF (\xfe\xff" + wide
         + b") /EF << /F 7 0 R >> >>", stream(xml, "/Type /EmbeddedFile /Subtype /application#2Fxml", True)))
    both(h, "layers", simple("/OCProperties << /OCGs [6 0 R] /D << /ON [6 0 R] >> >>", "", "<< /Type /OCG /Name (A) >>"))
    both(h, "signature-field", simple("/AcroForm << /SigFlags 3 /Fields [6 0 R] >>", "",
                                      "<< /FT /Sig /T (s) /V << /Type /Sig /Filter /Adobe.PPKLite /Contents <00> >> >>"))
    both(h, "tagged", simple("/StructTreeRoot 6 0 R /MarkInfo << /Marked true >>", "",
                             "<< /Type /StructTreeRoot /K 7 0 R >>", "<< /S /P /P 6 0 R /Pg 3 0 R /K 0 >>"))
    both(h, "metadata", simple("/Metadata 6 0 R", "", stream(b"<?xpacket begin=''?><x:xmpmeta/>", "/Type /Metadata /Subtype /XML")))
    h("no-binary-comment.pdf", plain.replace(b"%\xe2\xe3\xcf\xd3\n", b""))
    h("carriage-returns.pdf", simple().replace(b"\n", b"\r"))
    h("endstream-forgotten.pdf", plain.replace(b"\nendstream", b""))


def hostile_documents():
    h = hostile
    h("text.pdf", b"%PDF-1.4\nhello, I am a text file\n%%EOF")
    h("two-lines.pdf", b"%PDF-1.4\n%%EOF")
    h("program.pdf", b"%PDF-1.4\nMZ\x90\0" + bytes(60) + b"\n%%EOF")
    h("no-page.pdf", build(["<< /Type /Catalog >>"]))
    plain = simple()
    h("half.pdf", plain[:len(plain) // 2])
    h("no-start.pdf", plain[:plain.rindex(b"startxref")])
    h("program-behind.pdf", plain + b"MZ\x90\0\x03\0\0\0" + bytes(60))
    h("behind-page.pdf", b"<html></html>" + plain)
    h("behind-shell.pdf", b"#!/bin/sh\nexit\n" + plain)
    h("archive-inside.pdf", simple("", "", stream(b"Rar!\x1a\x07\x01\0" + bytes(20))))
    base = report(1)
    for name, args in {"aes-256": ["secret", "owner", "256"], "aes-128": ["secret", "owner", "128"],
                       "rc4": ["secret", "owner", "40"]}.items():
        extra = ["--use-aes=y"] if name == "aes-128" else []
        weak = ["--allow-weak-crypto"] if name != "aes-256" else []
        for streams in ("disable", "generate"):
            h(f"password-{name}-{streams}.pdf", tool("qpdf", *weak, f"--object-streams={streams}", "--encrypt", *args,
                                                     *extra, "--", "IN", "OUT", source=base, suffix=".pdf"))
    evil = "<< /S /JavaScript /JS (app.alert\\(1\\)) >>"
    cases = {
        "script": evil,
        "script-escaped-name": "<< /S /J#61vaScript /#4aS (app.alert\\(1\\)) >>",
        "script-elsewhere": "<< /S /JavaScript /JS 4 0 R >>",
        "script-of-field-and-more": "<< /S /JavaScript /JS (AFDate_FormatEx\\('d'\\);app.alert\\(1\\)) >>",
        "script-in-hexadecimal": "<< /S /JavaScript /JS <6170702e616c657274283129> >>",
        "script-in-utf16": "<< /S /JavaScript /JS <FEFF006100700070002E0061> >>",
        "launch": "<< /S /Launch /F (cmd.exe) >>",
        "attachment": "<< /Type /Filespec /F (a.exe) /EF << /F 7 0 R >> >>",
        "attachment-called-xml": "<< /Type /Filespec /F (a.xml) /EF << /F 4 0 R >> >>",
        "attachment-list-elsewhere": "<< /Type /Filespec /F (a.xml) /EF 8 0 R >>",
        "rich-media": "<< /Subtype /RichMedia /RichMediaContent << /Assets 7 0 R >> >>",
        "3d-script": "<< /Type /3D /Subtype /U3D /OnInstantiate 7 0 R >>",
        "3d-annotation": "<< /Subtype /3D /3DD 7 0 R >>",
    }
    for name, body in cases.items():
        both(h, name, simple("/Private 6 0 R", "", body, stream(b"MZ"), "<< /F 7 0 R >>"))
    both(h, "xfa", simple("/AcroForm << /XFA [(template) 6 0 R] /Fields [] >>", "",
                          stream(b"<script contentType='application/x-javascript'>app.alert(1)</script>")))
    rendition = "<< /S /Rendition /OP 0 /JS (app.alert\\(1\\)) >>"
    both(h, "open-rendition-script", simple(f"/OpenAction {rendition}"))
    both(h, "open-script", simple(f"/OpenAction {evil}"))
    both(h, "open-script-elsewhere", simple("/OpenAction 6 0 R", "", evil))
    for kind, body in {"uri": "/S /URI /URI (http://10.0.0.1)", "submit": "/S /SubmitForm /F (http://10.0.0.1)",
                       "import": "/S /ImportData /F (\\\\\\\\10.0.0.1\\\\s)", "gotor": "/S /GoToR /F (\\\\\\\\10.0.0.1\\\\s\\\\x)",
                       "gotoe": "/S /GoToE /F (\\\\\\\\10.0.0.1\\\\s\\\\x)", "movie": "/S /Movie /T (a)",
                       "sound": "/S /Sound /Sound 4 0 R", "print": "/S /Named /N /Print", "unknown": "/S /Frobnicate"}.items():
        both(h, f"open-{kind}", simple(f"/OpenAction << {body} >>"))
        both(h, f"page-{kind}", simple("", f"/AA << /O << {body} >> >>"))
        if kind != "unknown":
            both(h, f"open-{kind}-elsewhere", simple("/OpenAction 6 0 R", "", f"<< {body} >>"))
            both(h, f"page-{kind}-elsewhere", simple("", "/AA 6 0 R", "<< /O 7 0 R >>", f"<< {body} >>"))
    both(h, "open-then-uri", simple("/OpenAction << /S /GoTo /D [3 0 R /Fit] /Next << /S /URI /URI (http://x) >> >>"))
    both(h, "open-then-uri-elsewhere", simple("/OpenAction << /S /GoTo /D [3 0 R /Fit] /Next [6 0 R] >>", "",
                                              "<< /S /URI /URI (http://x) >>"))
    hidden = b"9 0 obj << /S /Launch /F (cmd.exe) >> endobj"
    h("hidden-in-text.pdf", simple("", "", b"<< /A (" + hidden.replace(b"(", b"\\(").replace(b")", b"\\)") + b") >>"))
    h("hidden-in-comment.pdf", simple("", "", b"<< /A 1 % " + hidden + b"\n>>"))
    h("hidden-in-stream.pdf", simple("", "", stream(hidden)))
    h("hidden-in-stream-behind-comment.pdf", simple("", "", stream(b"(9 0 %\nobj << /S /Launch >> endobj)")))
    h("hidden-in-hexadecimal.pdf", simple("", "", b"<< /A <" + hidden.split(b"<<")[0] + b"> >>"))
    header = b"6 0 7 3 "
    body = header + b"(<< /S /Launch >>) "
    def packed_objects(data, extra):
        return simple("", "", stream(data, f"/Type /ObjStm {extra}", True))
    h("packed-object-in-text.pdf", packed_objects(body, f"/N 2 /First {len(header)}"))
    h("packed-twice.pdf", simple("", "", stream(zlib.compress(zlib.compress(b"6 0 << /S /Launch >>")),
                                                "/Type /ObjStm /N 1 /First 4 /Filter [/FlateDecode /FlateDecode]")))
    h("packed-otherwise.pdf", simple("", "", stream(b"36203020>", "/Type /ObjStm /N 1 /First 4 /Filter /ASCIIHexDecode")))
    h("packed-without-type.pdf", simple("", "", stream(b"6 0 << /S /Launch >>", "/N 1 /First 4", True)))
    h("packed-damaged.pdf", simple("", "", stream(b"\x78\x9c" + random.randbytes(40), "/Type /ObjStm /N 1 /First 4 /Filter /FlateDecode")))
    twice = zlib.compress(zlib.compress(bytes(50 << 20), 9), 9)
    h("bomb-twice.pdf", simple("", "", stream(twice, "/Filter [/FlateDecode /FlateDecode]")))
    once = zlib.compress(bytes(20 << 20), 9)
    h("bomb-once.pdf", simple("", "", *[stream(once, "/Filter /FlateDecode")] * 14))
    h("bomb-picture.pdf", simple("", "", stream(b"x", "/Subtype /Image /Width 60000 /Height 60000")))
    h("deep.pdf", simple("", "", b"[" * 100_000))


# ---------------------------------------------------------------- encrypted PDF that needs no password

CIPHERS = {"rc4-40": ["40"], "rc4-128": ["128", "--use-aes=n"], "rc4-128-filter": ["128", "--use-aes=n", "--force-V4"],
           "aes-128": ["128", "--use-aes=y"], "aes-256-r5": ["256", "--force-R5"], "aes-256": ["256"]}
EVIL = "<< /S /JavaScript /JS (app.alert\\(1\\)) >>"
XML = b"<?xml version='1.0' encoding='UTF-8'?><rsm:CrossIndustryInvoice xmlns:rsm='urn:x'/>"


def encrypted(data, cipher, streams, *more, user="", owner="owner", linearize=False):
    """The same with the same key and id each time it is made, except for AES-256, whose salts are random."""
    options = ["--static-id", "--static-aes-iv", "--allow-weak-crypto", f"--object-streams={streams}"]
    options += ["--linearize"] if linearize else []
    return tool("qpdf", *options, "--encrypt", user, owner, *CIPHERS[cipher], *more, "--", "IN", "OUT",
                source=data, suffix=".pdf")


def each_cipher(make, name, data, *more):
    """A file in each cipher, its objects packed or not; files that are there stay as they are."""
    for cipher in CIPHERS:
        for streams in ("disable", "generate"):
            # The cipher of 40 bits encrypts metadata always.
            if more and cipher in ("rc4-40", "rc4-128"):
                continue
            whole = f"encrypted-{name}-{cipher}{'-packed' if streams == 'generate' else ''}.pdf"
            once(make, whole, lambda: encrypted(data, cipher, streams, *more))


def once(make, name, data):
    folder = HONEST if make is honest else HOSTILE
    if not (folder / name).exists():
        make(name, data())


def encrypted_documents():
    field = ("<< /FT /Tx /T (birth) /Subtype /Widget /Rect [0 0 9 9] /AA << /K << /S /JavaScript "
             "/JS (AFDate_KeystrokeEx\\(\"dd/mm/yyyy\"\\);) >> /F << /S /JavaScript "
             "/JS (AFDate_FormatEx\\(\"dd/mm/yyyy\"\\);) >> >> >>")
    each_cipher(honest, "page", simple(text=b"BT (/JavaScript) Tj ET" * 40, packed=True))
    each_cipher(honest, "form", simple("/AcroForm << /Fields [6 0 R] >>", "/Annots [6 0 R]", field))
    file = "<< /Type /Filespec /F (%s) /UF (%s) /AFRelationship /Data /EF << /F 7 0 R /UF 7 0 R >> >>"
    attached = "/AF [6 0 R] /Names << /EmbeddedFiles << /Names [(factur-x.xml) 6 0 R] >> >>"
    text_xml = "/Type /EmbeddedFile /Subtype /text#2Fxml"
    each_cipher(honest, "invoice", simple(attached, "", file % (("factur-x.xml",) * 2), stream(XML, text_xml, True)))
    metadata = stream(b"<?xpacket begin=''?><x:xmpmeta/>", "/Type /Metadata /Subtype /XML")
    each_cipher(honest, "metadata", simple("/Metadata 6 0 R", "", metadata), "--cleartext-metadata")

    each_cipher(hostile, "script", simple("/Private 6 0 R", "", EVIL))
    each_cipher(hostile, "open-script", simple(f"/OpenAction {EVIL}"))
    each_cipher(hostile, "launch", simple("/Private 6 0 R", "", "<< /S /Launch /F (cmd.exe) >>"))
    # What the name and the type say is harmless, what is in it is not; and the other way round.
    each_cipher(hostile, "program", simple(attached, "", file % (("factur-x.xml",) * 2), stream(b"MZ\x90", text_xml, True)))
    each_cipher(hostile, "program-name", simple(attached, "", file % (("factur.exe",) * 2), stream(XML, text_xml, True)))
    each_cipher(hostile, "xfa", simple("/AcroForm << /XFA [(template) 6 0 R] /Fields [] >>", "", stream(b"<script/>")))
    both_scripts = field.replace("dd/mm/yyyy\"\\);) >> >> >>", "d\"\\);app.alert\\(1\\)) >> >> >>")
    each_cipher(hostile, "field-and-more", simple("/AcroForm << /Fields [6 0 R] >>", "", both_scripts))
    each_cipher(hostile, "open-uri", simple("/OpenAction 6 0 R", "", "<< /S /URI /URI (http://x) >>"))

    h = hostile
    page = simple()
    form = simple("/AcroForm << /Fields [6 0 R] >>", "", field)
    bomb = zlib.compress(bytes(20 << 20), 9)
    once(h, "encrypted-bomb.pdf", lambda: encrypted(
        simple("", f"/Private [{' '.join(f'{n} 0 R' for n in range(6, 20))}]",
               *[stream(bomb, "/Filter /FlateDecode")] * 14), "aes-128", "disable"))
    for cipher in CIPHERS:
        for streams in ("disable", "generate"):
            name = f"encrypted-password-{cipher}{'-packed' if streams == 'generate' else ''}.pdf"
            once(h, name, lambda: encrypted(form, cipher, streams, user="secret"))
    for streams in ("disable", "generate"):
        for cipher in ("rc4-128", "aes-256"):
            name = f"linearized-{cipher}{'-packed' if streams == 'generate' else ''}.pdf"
            once(honest, f"encrypted-{name}", lambda: encrypted(report(2), cipher, streams, linearize=True))
            once(h, f"encrypted-script-{name}", lambda: encrypted(
                simple("/Private 6 0 R", "", EVIL), cipher, streams, linearize=True))
    once(honest, "encrypted-owner-too.pdf", lambda: encrypted(form, "aes-256", "disable", owner=""))
    # Two trailers that do not say the same; a dictionary that is there twice, is of another handler, or belongs to none.
    plain = encrypted(form, "aes-128", "disable")
    start = plain.rindex(b"startxref")
    number = int(plain[plain.index(b"/Encrypt ") + 9:].split()[0])
    again = b"trailer << /Root 1 0 R /Size 9 >>\n"
    object_ = plain[plain.index(b"\n%d 0 obj" % number) + 1:]
    object_ = object_[:object_.index(b"endobj") + 7]
    once(h, "encrypted-second-trailer-without.pdf", lambda: plain[:start] + again + plain[start:])
    once(h, "encrypted-second-trailer-hidden.pdf", lambda: plain[:start] + b"% " + again + plain[start:])
    once(h, "encrypted-second-trailer-other.pdf", lambda: plain[:start] + again.replace(
        b">>", b"/Encrypt 1 0 R >>") + plain[start:])
    once(h, "encrypted-twice-in-trailer.pdf", lambda: plain.replace(b"/Encrypt ", b"/Encrypt 1 0 R /Encrypt "))
    once(h, "encrypted-dictionary-redefined.pdf", lambda: plain[:start] + b"%d 0 obj\nnull\nendobj\n" % number + plain[start:])
    once(h, "encrypted-dictionary-missing.pdf", lambda: plain.replace(object_, b""))
    once(h, "encrypted-elsewhere.pdf", lambda: simple("/Encrypt 6 0 R", "", object_.split(b"\n", 1)[1][:-7]))
    once(h, "encrypted-other-handler.pdf", lambda: plain.replace(b"/Standard", b"/Adobe.PubSec"))
    once(h, "encrypted-unknown-revision.pdf", lambda: plain.replace(b"/R 4 ", b"/R 7 "))
    once(h, "encrypted-unknown-filter.pdf", lambda: plain.replace(b"/AESV2", b"/AESV9"))
    once(h, "encrypted-wrong-id.pdf", lambda: plain.replace(b"/ID [<31", b"/ID [<32"))
    # To a reader that does not find the dictionary the file is not encrypted.
    entry = plain[plain.rindex(b"\ntrailer") - 20:plain.rindex(b"\ntrailer") + 1]
    once(h, "encrypted-dictionary-free.pdf", lambda: plain.replace(entry, entry.replace(b" n", b" f")))
    once(h, "encrypted-dictionary-not-in-table.pdf", lambda: plain.replace(entry, b"\n").replace(
        b"xref\n0 %d" % (number + 1), b"xref\n0 %d" % number))
    once(h, "encrypted-dictionary-beyond-size.pdf", lambda: plain.replace(
        b"/Size %d" % (number + 1), b"/Size %d" % number))
    once(h, "encrypted-dictionary-at-another-place.pdf", lambda: plain.replace(entry, b"\n0000000015 00000 n \n"))
    begin = plain.rindex(b"\nxref") + 1
    loop = b"xref\n0 1\n0000000000 65535 f \n" + plain[plain.rindex(b"trailer"):start].replace(
        b">>\n", b"/Prev %d >>\n" % start)
    once(h, "encrypted-table-loop.pdf", lambda: plain[:start] + loop + b"startxref\n%d\n%%%%EOF\n" % start)
    once(honest, "encrypted-saved-again.pdf", lambda: plain + loop.replace(
        b"/Prev %d" % start, b"/Prev %d" % begin) + b"startxref\n%d\n%%%%EOF\n" % len(plain))
    once(h, "encrypted-not-really.pdf", lambda: page.replace(b"/Root", b"/Encrypt 9 0 R /Root"))
    once(honest, "encrypted-saved-twice.pdf", lambda: plain[:start] + again.replace(
        b">>", plain[plain.index(b"/ID"):start].split(b">>\n")[0] + b">>") + plain[start:])
    once(honest, "encrypted-without-lengths.pdf", lambda: plain.replace(b"/Length ", b"/Longth "))

    # Other programs write strings in parentheses, and choose other keys and filters.
    from reportlab.lib.pdfencrypt import StandardEncryption
    for strength in (40, 128):
        once(honest, f"encrypted-reportlab-{strength}.pdf", lambda: report(2, encrypt=StandardEncryption(
            "", ownerPassword="owner", canModify=0, strength=strength)))
    for revision, bits in ((2, 40), (3, 64), (3, 128)):
        once(honest, f"encrypted-ghostscript-{bits}.pdf", lambda: tool(
            "gs", "-q", "-dNOPAUSE", "-dBATCH", "-sDEVICE=pdfwrite", "-sOwnerPassword=owner", "-sUserPassword=",
            "-dCompatibilityLevel=1.4", f"-dEncryptionR={revision}", f"-dKeyLength={bits}", "-dPermissions=-64",
            "-sOutputFile=OUT", "IN", source=report(2), suffix=".pdf"))
    for method in ("RC4", "AES_128", "AES_256"):
        def by_fpdf():
            f = fpdf.FPDF()
            f.set_encryption("owner", encryption_method=getattr(fpdf.enums.EncryptionMethod, method))
            f.add_page(), f.set_font("Helvetica", size=12), f.cell(text="Bank statement"), f.start_section("Page")
            return bytes(f.output())
        once(honest, f"encrypted-fpdf2-{method.lower().replace('_', '-')}.pdf", by_fpdf)
    for method in ("RC4-40", "RC4-128", "AES-128", "AES-256-R5", "AES-256"):
        def by_pypdf(data):
            out, w = io.BytesIO(), pypdf.PdfWriter(clone_from=io.BytesIO(data))
            w.encrypt("", "owner", algorithm=method)
            w.write(out)
            return out.getvalue()
        once(honest, f"encrypted-pypdf-form-{method.lower()}.pdf", lambda: by_pypdf(form))
        once(h, f"encrypted-pypdf-script-{method.lower()}.pdf", lambda: by_pypdf(simple("/Private 6 0 R", "", EVIL)))


parts = sys.argv[2:]
for part in (pictures, hostile_pictures, documents, hostile_documents, encrypted_documents):
    if not parts or part.__name__ in parts:
        part()
with open(OUT / "tools.txt", "w") as out:
    print("Pillow", pillow_version, file=out)
    for module in (fpdf, img2pdf, pikepdf, pypdf):
        print(module.__name__, module.__version__, file=out)
    print("reportlab", reportlab.Version, file=out)
    for command in (["qpdf", "--version"], ["gs", "--version"], ["exiftool", "-ver"], ["convert", "-version"],
                    ["cjpeg", "-version"], ["pdftocairo", "-v"]):
        done = subprocess.run(command, capture_output=True, text=True)
        print(command[0], (done.stdout or done.stderr).splitlines()[0], file=out)
