"""Documents that look like documents, drawn by the browser."""

PASSPORT = """<!doctype html><meta charset="utf-8"><style>
body { margin: 0; width: 900px; height: 600px; font: 24px sans-serif; color: #223; background: #e9eff6; }
header { padding: 24px 36px; background: #27446b; color: #fff; letter-spacing: .2em; }
main { display: grid; grid-template-columns: 250px 1fr; gap: 36px; padding: 36px; }
.face { height: 310px; background: #cfd8e3; position: relative; overflow: hidden; }
.face::before, .face::after { content: ""; position: absolute; background: #8a97a8; border-radius: 50%; }
.face::before { left: 65px; top: 50px; width: 120px; height: 140px; }
.face::after { left: 15px; top: 205px; width: 220px; height: 220px; }
dt { font-size: 15px; color: #556; } dd { margin: 0 0 14px; } pre { margin: 0; padding: 12px 36px; font-size: 25px; }
</style><header>PASSPORT · SPECIMEN</header><main><div class="face"></div><dl>
<dt>Surname</dt><dd>OKAFOR</dd><dt>Given names</dt><dd>ADAEZE</dd><dt>Date of birth</dt><dd>23 APR 1991</dd>
<dt>Valid until</dt><dd>31 DEC 2035</dd></dl></main>
<pre>P&lt;UTOOKAFOR&lt;&lt;ADAEZE&lt;&lt;&lt;&lt;&lt;&lt;&lt;&lt;&lt;&lt;&lt;&lt;&lt;&lt;&lt;&lt;&lt;&lt;&lt;&lt;
A012345670UTO9104230F3512314&lt;&lt;&lt;&lt;&lt;&lt;&lt;&lt;&lt;&lt;&lt;&lt;06</pre>"""


def drawn(browser, folder):
    """A picture of a passport, and the same as a PDF."""
    page = browser.new_page(viewport={"width": 900, "height": 600})
    page.set_content(PASSPORT)
    picture, scan = folder / "passport.png", folder / "passport.pdf"
    page.screenshot(path=picture)
    page.pdf(path=scan, width="900px", height="600px", print_background=True)
    page.close()
    return picture, scan
