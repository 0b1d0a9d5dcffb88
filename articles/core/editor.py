"""What the editor of a story's body offers, in the words of django-prose-editor.

What a body may hold, ``articles.core.body`` decides alone when it is saved.
"""

from typing import Any

EXTENSIONS: dict[str, Any] = {
    "Menu": {
        "groups": [
            {"group": "insert"},
            {"group": "clips"},
            {"group": "blockType -lists"},
            {"group": "lists"},
            {"group": "nodes -blockType -lists"},
            {"group": "marks"},
            {"group": "link"},
            {"group": "history"},
            {"group": "talk"},
        ]
    },
    "Clip": True,
    "Picture": True,
    "Insert": True,
    "Passages": True,
    "CleanPaste": True,
    # The editor takes a body of one element without text for empty: a clip that stands
    # alone is followed by a paragraph, which the sanitiser leaves out again.
    "TrailingNode": True,
    "Bold": True,
    "Italic": True,
    "Heading": {"levels": [2, 3]},
    "BulletList": True,
    "OrderedList": True,
    "ListItem": True,
    "Blockquote": True,
    "Link": {"enableTarget": False, "protocols": ["http", "https", "mailto"]},
    "HardBreak": True,
    "History": True,
}
