"""How a word that must not lie somewhere may lie there, and a search for many of them at once. Of canaries.py and whole_run.py."""
import base64, collections, json, urllib.parse

WINDOW = 6


def forms(one):
    """How a string may lie somewhere."""
    raw, percent = one.encode(), urllib.parse.quote(one)
    escaped = json.dumps(one)[1:-1]
    out = {raw, one.encode('utf-16-le'), one.encode('utf-16-be'), raw.hex().encode(), raw.hex().upper().encode(), percent.encode(),
           percent.lower().encode(), escaped.encode(), ''.join(f'\\u{{{ord(c):x}}}' for c in one).encode()}
    for table in (base64.b64encode, base64.urlsafe_b64encode):
        for ahead in range(3):   # the same bytes, wherever they stand in a longer text; the ends depend on the neighbours
            text = table(b'\0' * ahead + raw)
            keep = text[4 if ahead else 0:(ahead + len(raw)) // 3 * 4]
            out.add(keep)
    return {f for f in out if len(f) >= max(WINDOW, 8 if f != raw else WINDOW)} | {raw}


class Finder:
    """All forms of all strings at once: every window of six bytes is looked up."""

    def __init__(self, strings):
        self.by_head = collections.defaultdict(list)
        for one, kind in strings.items():
            for f in forms(one):
                self.by_head[f[:WINDOW]].append((f, one, kind))

    def find(self, data):
        heads, found = self.by_head, {}
        for i in range(len(data) - WINDOW + 1):
            if data[i:i + WINDOW] in heads:
                for f, one, kind in heads[data[i:i + WINDOW]]:
                    if data.startswith(f, i) and one not in found:
                        found[one] = (kind, i)
        return found
