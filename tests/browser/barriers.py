"""Barriers that can be measured, on a page as it stands: axe, and whether it scrolls sideways."""

SCREENS = {390: 844, 1280: 900}
# As much as a page is enlarged before it may be read by scrolling in two directions.
NARROWEST = 320
CHECK = "rules => axe.run({ resultTypes: ['violations'], ...rules })"
# In the dark a page has the same elements in other colours.
RULES = {"light": {}, "dark": {"runOnly": ["color-contrast"]}}
# Every rule where a page is used most, its colours in the dark on the other screen.
ON_PHONES = {390: "light", 1280: "dark"}
ON_DESKS = {390: "dark", 1280: "light"}


def look(page, what, found, schemes=ON_DESKS):
    """Note what is wrong with the page at every width, and in the scheme given for it."""
    for width in (NARROWEST, *SCREENS):
        page.set_viewport_size({"width": width, "height": SCREENS.get(width, 700)})
        root = "document.documentElement"
        if page.evaluate(f"{root}.scrollWidth - {root}.clientWidth"):
            found[what, width] = "scrolls sideways"
        if scheme := schemes.get(width):
            page.emulate_media(color_scheme=scheme)
            for broken in page.evaluate(CHECK, RULES[scheme])["violations"]:
                nodes = [node["target"] for node in broken["nodes"]]
                found[what, width, scheme, broken["id"]] = nodes
