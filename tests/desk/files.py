"""Files as people attach them: a small PDF, and a page that would like to be more than lines."""

from __future__ import annotations


def small_pdf(words: str = "A trial of spit", *, script: str = "") -> bytes:
    """A PDF of one page with *words* (Latin letters) on it, and with a JavaScript to run when it is opened."""
    shown = f"BT /F1 28 Tf 72 700 Td ({words}) Tj ET".encode("latin-1")
    opening = f" /OpenAction << /S /JavaScript /JS ({script}) >>" if script else ""
    objects = [
        f"<< /Type /Catalog /Pages 2 0 R{opening} >>".encode("latin-1"),
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(shown), shown),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    made, places = b"%PDF-1.4\n", []
    for number, body in enumerate(objects, start=1):
        places.append(len(made))
        made += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    start = len(made)
    made += b"xref\n0 6\n0000000000 65535 f \n" + b"".join(b"%010d 00000 n \n" % place for place in places)
    return made + b"trailer << /Size 6 /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % start


HOSTILE_PAGE = b"""<!doctype html><html><head><title>x</title><script>document.title = "broken"</script></head>
<body onload="document.title='broken'">
<h1>A trial of <b>spit</b></h1><p>Adults &lt;b&gt;only&lt;/b&gt;.</p><img src=x onerror="document.title='broken'">
<iframe srcdoc="<script>1</script>"></iframe>
</body></html>"""
