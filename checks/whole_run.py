#!/usr/bin/env python3
"""No name in a log, through the whole of ./test: what people said in any test is searched for in everything that was left.

    checks/whole_run.py prepare DIR    makes the directory, builds whole_run.c, prints what ./test puts into the environment
    checks/whole_run.py search DIR     searches at the end, then does the control

What is heard: the log of every server of every test at `trace` (whole_run.c copies what the program writes), of the sites that Rust
tests hold in memory (crates/heard), the output of commands, and each file of each data directory when a test removes it.
In logs: any Chinese, mobile or identity number and code, whoever said it, because our own logs are English; and what comes next.
In data directories and outputs: the words of sealed and handlers-only fields, taken from every scenario, story, browser and Rust
test by the class that the packs give to the field, in the encodings of sought.py; and any mobile or identity number.

Control: a server whose received POSTs go to its log (under.c, as in canaries.py), and a forged row in its database: both red.
Not searched: keys (random), what a command shows a person because she asks (export, prove), what commands that play packs print, the
stories that a demo shows to everybody (`example = true`), and the runs in which a check plants a fault as its own control."""
import bisect, hashlib, json, os, pathlib, re, shutil, sqlite3, subprocess, sys, tempfile, time, tomllib
from collections import Counter, defaultdict
from sought import forms

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent
PAGE = 4096
TEXT = ('text', 'place', 'person_name', 'phone')
HAN = r'[\u3400-\u9fff\uf900-\ufaff]'
# Commands that show a person what she asks for, or play what the packs say: their output is no log.
SHOWING = {'prove', 'export', 'play', 'walk', 'check', 'validate', 'bench', '--help', 'help'}
# What is no log although a server writes it to its errors, or what our own words in it are. Nothing that a person said may stand here.
ALLOWED = [
    # Faults of packs, with the lines of the pack, after which nothing is started.
    r'^gongzhi: \w+\n\n  ×(?s:.)*?nothing was started; .*',
    r'^gongzhi: .*(?:\n  .*)*',   # the last word of a program that does not start, in both languages
]
# A name in a test of the installation itself, not of a person.
OURS = {'试验区'}
PARTS = {'rust': 20, 'checks': 40, 'browser': 5}   # servers at least, in each part of ./test


def prepare(directory):
    shutil.rmtree(directory, ignore_errors=True)
    for name in ('tmp', 'said', 'heard', 'kept'):
        (directory / name).mkdir(parents=True)
    (directory / 'processes').touch()
    library = directory / 'whole_run.so'
    subprocess.run(['cc', '-shared', '-fPIC', '-O2', '-Wall', '-o', str(library), str(HERE / 'whole_run.c'), '-ldl'], check=True)
    return {'WHOLE_RUN': str(directory), 'TMPDIR': str(directory / 'tmp'), 'LD_PRELOAD': str(library), 'RUST_LOG': 'trace'}


# ── what people said ─────────────────────────────────────────────────────────────────────────────────────────

def classes():
    """Of each mechanism its fields: class and type, those of the overlays among them."""
    found = defaultdict(dict)
    for file in [*ROOT.glob('packs/national/*/mechanism.toml'), *ROOT.glob('packs/overlays/*/*.toml')]:
        mechanism = file.parent.name if file.name == 'mechanism.toml' else file.stem
        for name, field in tomllib.loads(file.read_text()).get('field', {}).items():
            if 'class' in field:
                found[mechanism][name] = (field['class'], field.get('type'))
    return found


def strings(value):
    if isinstance(value, str):
        yield value
    elif isinstance(value, (list, dict)):
        for one in value.values() if isinstance(value, dict) else value:
            yield from strings(one)


def secret(field):
    return field and field[0] in ('sealed', 'handlers') and field[1] in TEXT


def steps(file):
    """Mechanism and form of everything that a scenario or a story does."""
    read = tomllib.loads(file.read_text())
    if 'scenarios' in file.parts:
        for step in read.get('step', []):
            yield file.parent.parent.name, step.get('with', {})
    for matter in [*read.get('matter', []), *read.get('planned', [])]:
        for step in [matter, *matter.get('step', [])]:
            yield matter['mechanism'], step.get('with', {})


def rust_tests():
    """The test code of Rust: files of tests, and what follows `mod tests` elsewhere."""
    for file in ROOT.glob('crates/*/**/*.rs'):
        text = file.read_text()
        if 'tests' in file.relative_to(ROOT).parts or file.stem == 'tests' or 'damage' in file.parts:
            yield text
        elif '#[cfg(test)]' in text:
            yield text[text.index('#[cfg(test)]'):]


def said():
    """The words of sealed and handlers-only fields: what is searched for, and where it comes from."""
    known, found, open_ = classes(), {}, set()
    for file in [*ROOT.glob('packs/national/*/scenarios/*.toml'), *ROOT.glob('packs/demo/stories/*.toml')]:
        for mechanism, form in steps(file):
            for name, value in form.items():
                if secret(known[mechanism].get(name)):
                    found.update(dict.fromkeys(strings(value), f'{mechanism}.{name}'))
                else:
                    open_.update(strings(value))
    ever = defaultdict(set)
    for fields in known.values():
        for name, field in fields.items():
            ever[name].add(bool(secret(field)))
    always = '|'.join(re.escape(name) for name, kinds in ever.items() if kinds == {True})
    field = re.compile(rf'"(?:v-)?({always})"\s*(?::|,)\s*(?:serde_json::)?(?:json!\()?"((?:[^"\\]|\\.)*)"')
    for text in rust_tests():
        found.update({value: f'a Rust test, {name}' for name, value in field.findall(text)})
    # A browser test presses labels too, which the packs and the pages have; whole sentences are what a person types.
    for file in ROOT.glob('e2e/*.mjs'):
        typed = re.findall(r"""(?::|fill\(|=|\?\?)\s*'([^'\n]+)'""", file.read_text())
        found.update({value: 'a browser test' for value in typed if len(re.findall(HAN, value)) >= 9 or re.fullmatch(r'1\d{10}|\d{17}[\dX]', value)})
    own = '\n'.join(f.read_text().split('#[cfg(test)]')[0] for p in ('packs/national/*/*.toml', 'packs/national/*/letters/*', 'packs/overlays/*/*.toml', 'packs/scenarios/*',
                                            'packs/demo/*.t*', 'crates/web/src/**/*.rs', 'crates/app/src/**/*.rs') for f in ROOT.glob(p))
    shown = [m['with'] for f in ROOT.glob('packs/demo/stories/*.toml') for m in tomllib.loads(f.read_text()).get('matter', []) if m.get('example')]
    own = '\n'.join([own, *open_, *strings(shown), *OURS])
    telling = {v: k for v, k in found.items() if len(re.findall(HAN, v)) >= 4 or re.search(r'\d{11}', v) or ('name' in k and len(v) >= 3)}
    return {v: k for v, k in telling.items() if v not in own}, len(found) - len(telling), sum(v in own for v in telling)


# ── what was left ────────────────────────────────────────────────────────────────────────────────────────────

def original(path):
    """Where a kept file lay: its number taken off."""
    return path.with_name(re.sub(r'\.\d+\.\d+$', '', path.name))


def data_directories(base, complete):
    """Every kept file of a directory that had a store, and of one that a test left behind."""
    kept = [p for p in (base / 'kept').rglob('*') if p.is_file()]
    left = [p for p in (base / 'tmp').rglob('*') if p.is_file() and not {'playwright'} & set(p.parts) and p.suffix != '.lock']
    if complete and (TARGET / 'checks').exists():   # what the checks keep for each other
        left += [p for p in (TARGET / 'checks').rglob('*') if p.is_file()]
    stores = {p.parent for p in kept if original(p).name == 'gongzhi.db'} | {p.parent for p in left if p.name == 'gongzhi.db'}
    inside = [p for p in [*kept, *left] if stores & {p.parent, *p.parents} and original(p).name != 'master.key']
    return stores, inside


def pieces(data):
    """A file in the pieces in which stores repeat each other: pages, without the heads that a log puts before them."""
    if data[:4] in (b'\x37\x7f\x06\x82', b'\x37\x7f\x06\x83'):
        return [data[i + 24:i + 24 + PAGE] for i in range(32, len(data), PAGE + 24)]
    return [data[i:i + PAGE] for i in range(0, len(data), PAGE)] if data[:15] == b'SQLite format 3' else [data]


def gather(files, out):
    """All different pieces in one file, an offset for each."""
    seen, starts, total = set(), [], 0
    for path in files:
        data = path.read_bytes()
        total += len(data)
        for piece in pieces(data):
            key = hashlib.blake2b(piece, digest_size=16).digest()
            if key not in seen:
                seen.add(key)
                starts.append((out.tell(), path))
                out.write(piece + b'\n')
    return starts, total


def grep(patterns, kind, file, work):
    """Offset and match, quicker than we could: thousands of patterns in hundreds of megabytes."""
    (work / 'patterns').write_bytes(b'\n'.join(patterns) + b'\n')
    done = subprocess.run(['grep', '-a', '-o', '-b', kind, '-f', str(work / 'patterns'), str(file)], capture_output=True, env={**os.environ, 'LC_ALL': 'C'})
    if done.returncode > 1:
        raise SystemExit(f'grep: {done.stderr.decode()}')
    return [(int(at), match) for at, match in re.findall(rb'^(\d+):(.*)$', done.stdout, re.M)]


# Not after : , [ where a number of JSON stands, a time in most cases: telephones are texts.
NUMBERS = [rb'(^|[^0-9A-Za-z.+/=_:,[-])1[3-9][0-9]{9}($|[^0-9A-Za-z.+/=_-])', rb'(^|[^0-9A-Za-z.+/=_:,[-])[1-9][0-9]{5}(19|20)[0-9]{2}[01][0-9][0-3][0-9][0-9]{3}[0-9X]($|[^0-9A-Za-z.+/=_-])']
IN_LOGS = {'Chinese': re.compile(rf'{HAN}(?:.*{HAN})?'), 'a mobile number': re.compile(r'(?<![\w.])1[3-9]\d{9}(?![\w.])'), 'an identity number': re.compile(r'(?<![\w.])\d{17}[\dX](?![\w.])'),
           'a long code': re.compile(r'(?<![\w-])[0-7](?:-?[0-9A-HJKMNP-TV-Z]){26}(?![\w-])'), 'a short code': re.compile(r'(?<![\w-])\d{3,4}[ -]\d{3,4}[ -]\d{2,4}(?![\w-])'),
           'escaped Chinese': re.compile(r'\\u\{?[4-9][0-9a-f]{3}|(?:%E[4-9](?:%[89AB][0-9A-F]){2}){2}|(?:\\x[eE][4-9](?:\\x[89abAB][0-9a-fA-F]){2}){2}')}


class Found:
    """What was found: all of it counted, the first of each kind shown."""

    def __init__(self, title):
        self.by, self.title = Counter(), title

    def note(self, what, where, text):
        self.by[what] += 1
        if self.by[what] <= 3:
            print(f'{self.title}found: {what} in {where}: {text[:240]}')


def search_logs(logs, found):
    read = 0
    for path in logs:
        text = path.read_text(errors='replace')
        read += len(text)
        for words in ALLOWED:
            text = re.sub(words, '', text, flags=re.M)
        for line in text.splitlines():
            for what, shape in IN_LOGS.items():
                if hit := shape.search(line):
                    found.note(f'{what} in a log', path.name, f'…{line[max(0, hit.start() - 80):hit.end() + 20]}')
    return read


def search_words(what, files, patterns, found, work):
    with open(work / 'pieces', 'wb') as out:
        starts, total = gather(files, out)
    at = [start for start, _ in starts]
    where = lambda offset: starts[bisect.bisect_right(at, offset) - 1][1]
    for offset, match in grep(list(patterns), '-F', work / 'pieces', work):
        one, kind = patterns[match]
        found.note(f'{kind} in {what}', original(where(offset)).name, f'{one} ({where(offset)})')
    for offset, match in grep(NUMBERS, '-E', work / 'pieces', work):
        if b'990101' in match:   # the code of the invented district, with a byte before it that looks like a digit
            continue
        found.note(f'the number of a person in {what}', original(where(offset)).name, f'{match!r} ({where(offset)})')
    return total, (work / 'pieces').stat().st_size


# ── whether there was something to search, and the control ───────────────────────────────────────────────────

def silent(base, processes, heard):
    """What should have been heard and was not."""
    for crate in ('app', 'web'):
        for file in ROOT.glob(f'crates/{crate}/tests/*.rs'):
            if re.search(r'^mod (town|support);', file.read_text(), re.M) and not any(p.name.startswith(f'{file.stem.replace("-", "_")}-') for p in heard):
                yield f'the tests of {crate}/{file.stem} left no log'
    for name in ('api', 'gongzhi'):
        if not any(p.name.startswith(f'{name}-') for p in heard):
            yield f'the tests {name} left no log'
    yield from (f'{p.name} has no first line' for p in heard if b'from here on everything is heard' not in p.read_bytes())
    for part, least in PARTS.items():
        logs = [base / 'said' / f'{word}-{pid}.{{}}' for pid, name, word, of in processes if of == part and name.startswith('gongzhi') and word in ('serve', 'witness')]
        # Either what it says of itself when it listens, or its log; some are killed before both.
        with_words = sum(any(os.path.exists(str(p).format(n)) for n in (1, 2)) for p in logs)
        if with_words < least or with_words < len(logs) * 0.6:
            yield f'{with_words} of {len(logs)} servers of the {part} tests left a log; at least {least} were expected'


def searched(base, complete):
    """Searches one directory; what was found, and what was wanting."""
    begun = time.monotonic()
    processes = [line.split('\t') for line in (base / 'processes').read_text().splitlines()]
    heard, outputs = list((base / 'heard').iterdir()), list((base / 'said').iterdir())
    servers = [p for p in outputs if re.match(r'(serve|witness)-\d+\.2$', p.name)]
    others = [p for p in outputs if p not in servers and p.name.rsplit('-', 1)[0] not in SHOWING]
    stores, data = data_directories(base, complete)
    logs, found = [*heard, *servers], Found('' if complete else 'planted, ')
    logged = search_logs(logs, found)
    canaries, short, ours = said()
    patterns = {f: (one, kind) for one, kind in canaries.items() for f in forms(one) if b'\n' not in f}
    with tempfile.TemporaryDirectory(dir=base) as work:
        work = pathlib.Path(work)
        total, different = search_words('a data directory', data, patterns, found, work)
        search_words('a log', logs, patterns, found, work)
        printed, _ = search_words('the output of a command', others, patterns, found, work)
    print(f'{len(processes)} processes, {len(heard)} tests with sites of their own, {len(servers)} servers: {logged >> 10} KiB of logs; {len(others)} outputs, '
          f'{printed >> 10} KiB; {len(stores)} data directories, {len(data)} files, {total >> 20} MiB, {different >> 20} MiB of them different')
    print(f'{len(canaries)} canaries in {len(patterns)} forms ({short} too short to tell, {ours} are words of the packs or pages); {time.monotonic() - begun:.0f} s')
    for what, n in found.by.most_common(20):
        print(f'  {n} × {what}')
    wanting = [f'{what}: none to search' for what, n in (('logs', logged), ('data', len(data)), ('canaries', len(canaries))) if not n]
    return found.by, wanting + (list(silent(base, processes, heard)) if complete else [])


def plant(words):
    """In a process of its own that is listened to: a server that logs what it receives, and a row in clear."""
    from served import Server, Conn, fresh, mechanism, preload, report, small
    data = fresh(small())
    server = Server(data, env={'LD_PRELOAD': preload(), 'UNDER_DIR': str(data), 'UNDER_FAULT': 'leak'})
    assert server.start()
    conn = Conn(server.port)
    assert conn.ask('POST', '/api/v1/matters', report(mechanism(conn), 1, words), {'idempotency-key': 'planted'})[0] == 201
    server.kill()
    db = sqlite3.connect(data / 'gongzhi.db')
    db.execute('CREATE TABLE planted (words TEXT)')
    db.execute('INSERT INTO planted VALUES (?)', (json.dumps({'note': words, 'phone': '13912345678'}, ensure_ascii=False),))
    db.commit()
    db.close()


def control(base):
    """Whether each of the planted is found, of which nothing else tells."""
    words = max((w for w, kind in said()[0].items() if '.' in kind), key=len)
    env = {**os.environ, **prepare(base)}
    subprocess.run([sys.executable, __file__, 'plant', words], env=env, check=True, timeout=120)
    found, _ = searched(base, False)
    shutil.rmtree(base)
    kind = said()[0][words]
    return [what for what in ('Chinese in a log', f'{kind} in a log', f'{kind} in a data directory', 'the number of a person in a data directory') if not found[what]]


TARGET = ROOT / (os.environ.get('CARGO_TARGET_DIR') or 'target')
if __name__ == '__main__':
    work, where = sys.argv[1:]
    if work == 'plant':
        plant(where)
    elif work == 'prepare':
        print('\n'.join(f'{name}={value}' for name, value in prepare(pathlib.Path(where).absolute()).items()))
    else:
        place = pathlib.Path(where).absolute()
        found, wanting = searched(place, True)
        missed = control(place.with_name(place.name + '-control'))
        for what in wanting:
            print(f'whole run: {what}')
        print(f'whole run: {sum(found.values())} found, {len(wanting)} wanting; control: {f"NOT found: {missed}" if missed else "each planted word was found"}')
        good = [not found and not wanting, not missed]
        print(f'checks: {sum(good)} passed, {2 - sum(good)} failed')
        sys.exit(0 if all(good) else 1)
