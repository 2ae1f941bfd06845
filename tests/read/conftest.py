"""Pages as sites build them, each with the one thing that a test is about."""

from datetime import UTC, datetime

from warehouse.records import Entry, content_id

NOW = datetime(2025, 5, 17, 12, tzinfo=UTC)
URL = "https://harbour.example/world/ferry-4711.html"
PARAGRAPHS = (
    "The ferry Solveig and a tug collided in thick fog off Skarnvik on Friday morning, the coast guard said.",
    "All 64 people aboard were brought to safety, and nobody was hurt. The tug sank within the hour.",
    "“We heard a bang and then the lights went out,” said Marit Øien, who was on her way to work in the town.",
    "The harbour master had closed the port at six, and it is to open again on Saturday if the weather allows.",
)
SUMMARY = "A ferry and a tug collided in fog off Skarnvik; all 64 people aboard are safe, the coast guard says."
ASIDE = (
    "<aside class='related'><h2>Most read</h2><ul><li><a href='/1'>Mayor wins second term by a wide margin</a></li>"
    "<li><a href='/2'>Ice leaves the river early this year</a></li></ul></aside>"
)
BANNER = "<div class='cookie-banner'><p>We and our partners use cookies to store information on your device.</p></div>"


def entry(
    url: str = URL, title: str = "Ferry and tug collide off Skarnvik", summary: str = SUMMARY, **more: object
) -> Entry:
    stated: dict[str, object] = {"guid": None, "author": None, "published_at": None, "seen_at": NOW, **more}
    return Entry(content_id(url), "feed", url, title=title, summary=summary, **stated)  # type: ignore[arg-type]


def page(
    *paragraphs: str,
    head: str = "<meta property='og:type' content='article'>",
    title: str = "Ferry and tug collide off Skarnvik",
    before: str = BANNER,
    after: str = ASIDE,
    lang: str = "en",
) -> bytes:
    text = "".join(f"<p>{paragraph}</p>" for paragraph in paragraphs or PARAGRAPHS)
    return (
        f"<!doctype html><html lang='{lang}'><head><meta charset='utf-8'><title>{title} - Harbour Gazette</title>{head}"
        f"</head><body><header><nav><a href='/'>Home</a> <a href='/world'>World</a></nav>"
        f"{before}</header>"
        f"<main><article><h1>{title}</h1>{text}</article>{after}</main>"
        "<footer><p>All rights reserved.</p></footer></body></html>"
    ).encode()
