#!/usr/bin/env python3
"""S14: is every look of staff at a matter recorded, and does the person see it?

People of the demo's directory read and open matters at random, through pages and API: the file, its letters, Word files and
attachments, sealed fields with a reason, forms that are refused, matters that are not theirs. The rule (decisions 27): a sealed
field each time with its reason; everything else for handlers once per post, matter and day; what answered 404, and the auditor's
page without words, is no look; neither is a row of a list or a found title. Afterwards the looks of the database must be exactly
those that were counted, and the person must find them on her page: role, body, time, and each reason.

Every route under a matter must stand in ROUTES: a route that nobody thought of is red.

Control: one read goes to a second server over a copy of the data, as a route without a record would: must be red.
Not shown: looks at the database with the master key by somebody at the machine."""
from served import *
import collections, html, re

a = arguments(__doc__, actions=(int, 500, 'what staff do'))
rnd = random.Random(a.seed)
CLOCK = time.strftime('%Y-%m-%dT09:00:00+08:00', time.gmtime(time.time() + 8 * 3600 + 2 * 86400))   # no midnight on the way
AUDITOR = 'auditor'

# What each route under a matter is: a look at the file, an opening of what is sealed, or none, and why none.
ROUTES = {
    'GET /desk/m/{number}': 'look', 'GET /desk/m/{number}/letter/{seq}': 'look', 'GET /desk/m/{number}/letter/{seq}/docx': 'look',
    'GET /desk/m/{number}/letter/{seq}/void': 'leads back', 'POST /desk/m/{number}/letter/{seq}/void': 'look',
    'GET /desk/m/{number}/file/{id}': 'look', 'POST /desk/m/{number}/do/{action}': 'look', 'POST /desk/m/{number}/link': 'look',
    'POST /desk/m/{number}/open': 'open',
    'GET /desk/m/{number}/open': 'leads back', 'GET /desk/m/{number}/link': 'leads back', 'GET /desk/m/{number}/do/{action}': 'leads back',
    'GET /desk/m/{number}/slips/{vote}': 'which slips to print', 'POST /desk/m/{number}/slips/{vote}': 'codes of a vote, no words', 'GET /desk/m/{number}/paper/{vote}': 'an empty form',
    'POST /desk/m/{number}/paper/{vote}': 'says only what was counted', 'GET /desk/m/{number}/count/{vote}': 'the published count',
    'GET /desk/m/{number}/roll/{vote}': 'open', 'POST /desk/m/{number}/roll/{vote}': 'open',
    'GET /api/v1/matters/{number}': 'look', 'GET /api/v1/matters/{number}/letters/{seq}': 'look',
    'GET /api/v1/matters/{number}/attachments/{id}': 'look',
    'POST /api/v1/matters/{number}/letters/{seq}/void': 'answers with the state only',
    'POST /api/v1/matters/{number}/actions/{action}': 'answers with the state only', 'GET /api/v1/matters/{number}/kin': 'rows of a list',
    'POST /api/v1/matters/{number}/links': 'answers with rows of a list', 'POST /api/v1/matters/{number}/hidden/{child}': 'the raiser’s',
    'POST /api/v1/matters/{number}/votes/{vote}': 'a code’s', 'GET /api/v1/matters/{number}/receipt': 'the raiser’s',
    'GET /api/v1/matters/{number}/looks': 'the raiser’s', 'GET /api/v1/matters/{number}/copy': 'the raiser’s',
    'GET /api/v1/matters/{number}/requests': 'the raiser’s', 'POST /api/v1/matters/{number}/requests': 'the raiser’s',
}


def routes(conn):
    """Every route under a matter that staff can reach: the API's own description, and the desk's table in its source."""
    found = set()
    for path, methods in json.loads(conn.ask('GET', '/api/openapi.json')[2])['paths'].items():
        if '/matters/{number}' in path:
            found |= {f'{m.upper()} {path}' for m in methods if m in ('get', 'post', 'put', 'delete', 'patch')}
    source = (HERE.parent / 'crates/web/src/desk/mod.rs').read_text()
    for path, handlers in re.findall(r'\.route\("(/desk/m/\{number\}[^"]*)", (.*)\)', source):
        found |= {f'{m.upper()} {path}' for m in re.findall(r'\b(get|post|put|delete|patch)\(', handlers)}
    return found


class Clerk:
    """Somebody with an account, at the desk and with a token."""

    def __init__(self, login, person, server):
        self.login, self.person, self.server = login, person, server
        self.page, self.api = None, {'authorization': f'Bearer {token(server.data, login)}'}

    def ask(self, method, path, body=None, headers=None):
        if path.startswith('/desk') and self.page is None:
            self.page = sign_in(CONN, self.login)
        return CONN.ask(method, path, body, {**(self.page if path.startswith('/desk') else self.api), **(headers or {})})


def raise_some(conn, count):
    """Matters whose codes are known, with a picture and with sealed fields."""
    kind, own = mechanism(conn), {}
    for n in range(count):
        body, headers = multipart([], [('file', 'a.png', picture(n % 250))])
        blob = json.loads(conn.ask('POST', '/api/v1/attachments', body, headers)[2])['id']
        one = report(kind, n)
        one['fields']['name'] = f'林女士{n}'
        status, _, body = conn.ask('POST', '/api/v1/matters', {**one, 'attachments': [blob]}, {'idempotency-key': f'look-{n}'})
        assert status == 201, body
        own[json.loads(body)['number']] = json.loads(body)['long_code']
    return own


class Session:
    """What was read, as counted from outside."""

    def __init__(self):
        self.daily, self.sealed, self.kinds, self.seen = set(), collections.defaultdict(list), collections.Counter(), collections.Counter()
        self.about = {}   # what a clerk may see of a matter, so that letters and files can be asked for directly

    def looked(self, clerk, number, status, route):
        self.kinds[route] += 1
        self.seen[status] += 1
        if status not in (401, 404) and clerk.login != AUDITOR:
            self.daily.add((clerk.person, number))

    def read(self, clerk, number):
        status, _, body = clerk.ask('GET', f'/api/v1/matters/{number}')
        self.looked(clerk, number, status, 'GET /api/v1/matters/{number}')
        if status == 200:
            self.about[clerk.login, number] = json.loads(body)

    def open(self, clerk, number):
        if (clerk.login, number) not in self.about:
            self.read(clerk, number)
        sealed = self.about.get((clerk.login, number), {}).get('sealed', [])
        sealed = [s for s in sealed if s['may_open']] or sealed
        if not sealed:
            return self.page(clerk, number)
        one, reason = rnd.choice(sealed), rnd.choice(['', f'核实情况 {rnd.randrange(10**9)} <b>&'])
        form = {'seq': one['seq'], 'field': one['field'], 'key': 'k', 'reason': reason}
        status, _, _ = clerk.ask('POST', f'/desk/m/{number}/open', *form_body(form))
        # Whoever may read the page but not open the field has looked at the page.
        self.daily.add((clerk.person, number)) if clerk.login != AUDITOR else None
        self.kinds['POST /desk/m/{number}/open'] += 1
        if status == 200:
            self.sealed[clerk.person, number].append((one['field'], reason))

    def page(self, clerk, number):
        status, _, _ = clerk.ask('GET', f'/desk/m/{number}')
        self.looked(clerk, number, status, 'GET /desk/m/{number}')

    def letter(self, clerk, number):
        seqs = [l['seq'] for l in self.letters.get(number, [])] or [1]
        seq = rnd.choice(seqs)
        way = rnd.choice(['/desk/m/{n}/letter/{s}', '/desk/m/{n}/letter/{s}/docx', '/api/v1/matters/{n}/letters/{s}'])
        status, _, _ = clerk.ask('GET', way.format(n=number, s=seq))
        route = 'GET ' + way.format(n='{number}', s='{seq}')
        if way.startswith('/desk') and status == 404:
            return self.page(clerk, number)   # the page was read before the letter was missed
        self.looked(clerk, number, status, route)

    def file(self, clerk, number):
        blobs = self.blobs.get(number)
        if not blobs:
            return self.page(clerk, number)
        way = rnd.choice(['/desk/m/{n}/file/{b}', '/api/v1/matters/{n}/attachments/{b}'])
        status, _, _ = clerk.ask('GET', way.format(n=number, b=rnd.choice(blobs)))
        if way.startswith('/desk') and status == 404:
            return self.page(clerk, number)
        self.looked(clerk, number, status, 'GET ' + way.format(n='{number}', b='{id}'))

    def act(self, clerk, number):
        """A form that is refused brings the page back; the API answers with the rule alone."""
        if rnd.random() < .5:
            clerk.ask('POST', f'/api/v1/matters/{number}/actions/nothing', {'fields': {}})
            self.kinds['POST /api/v1/matters/{number}/actions/{action}'] += 1
            return
        way = rnd.choice(['do/{action}', 'link'])
        form = {'other': 'TY-2026-9999999', 'kind': 'related', 'do': 'link', 'seen': '1', 'key': f'{rnd.getrandbits(64):016x}'}
        status, _, _ = clerk.ask('POST', f'/desk/m/{number}/{way.format(action="nothing")}', *form_body(form))
        if status == 404:
            return self.page(clerk, number)
        self.looked(clerk, number, status, f'POST /desk/m/{{number}}/{way}')

    def list(self, clerk, number):
        """Rows of lists are no looks."""
        clerk.ask('GET', rnd.choice(['/desk', '/desk/inbox', '/api/v1/matters', f'/api/v1/matters/{number}/kin']))
        clerk.ask('POST', '/desk/search', *form_body({'q': rnd.choice([number, '消防通道'])}))
        self.kinds['lists'] += 1


def stored(data):
    """The looks of the database: the daily ones, and the sealed ones in their order."""
    db = database(data)
    number = {(cell, serial): f'{year}-{n:07d}' for cell, serial, year, n in db.execute('SELECT cell, serial, year, number FROM matter')}
    daily, sealed, rows = collections.Counter(), collections.defaultdict(list), []
    for cell, serial, person, body, once, row in db.execute('SELECT cell, serial, person, body, once_on, row FROM look ORDER BY cell, seq'):
        look = json.loads(row)
        rows.append(look)
        if once is None:
            sealed[person, number[cell, serial]].append((look['fields'], look['reason']))
        else:
            daily[person, number[cell, serial]] += 1
    db.close()
    return daily, sealed, rows


def plain(number):
    """A public number without its check digit, as the database has it."""
    _, year, digits = number.split('-')
    return f'{year}-{int(digits[:-1]):07d}'


def shown(conn, session, own, people):
    """What the person does not find on her own page or through the API, though it was done."""
    missing = []
    for number, code in own.items():
        looks = json.loads(conn.ask('GET', f'/api/v1/matters/{number}', headers={'gongzhi-query-code': code})[2])['looks']
        want = [x for (p, n), all_ in session.sealed.items() if n == number for x in all_]
        days = sum(1 for p, n in session.daily if n == number)
        reasons = sorted(l['reason'] or '' for l in looks if l['fields'])
        for path in ('looks', 'copy'):
            again = json.loads(conn.ask('GET', f'/api/v1/matters/{number}/{path}', headers={'gongzhi-query-code': code})[2])
            again = again if path == 'looks' else again['matter']['looks']
            if sorted(l['reason'] or '' for l in again if l['fields']) != reasons or len(again) != len(looks):
                missing.append(f'{number}: {path} of the API says something else')
        if reasons != sorted(r.strip() for _, r in want):
            missing.append(f'{number}: reasons {reasons[:3]} for {want[:3]}')
        if sum(1 for l in looks if not l['fields']) != days:
            missing.append(f'{number}: {sum(1 for l in looks if not l["fields"])} looks at the file for {days}')
        if any(not (l['body'] and l['body']['name']['zh'] and l['role'] and l['at']) for l in looks):
            missing.append(f'{number}: a look without role, body or time')
        names = [name for name in people if any(name in json.dumps(l, ensure_ascii=False) for l in looks)]
        if names:
            missing.append(f'{number}: the names of those who looked: {names[:2]}')
        page = conn.ask('GET', f'/m/{number}', headers={'cookie': f'gz_code={code}'})[2].decode()
        if any(html.escape(r.strip(), quote=False) not in page for _, r in want):
            missing.append(f'{number}: a reason that is not on the page')
    return missing


begun = time.monotonic()
data = fresh(demo())
# The demo's own people looked at things while it was filled, on days of their own.
earlier = stored(data)[0]
server = Server(data, args=['--clock', CLOCK])
if not server.start():
    raise SystemExit(f'no start: {server.out.read_text()[-400:]}')
CONN = server.conn(60)
unknown, gone = routes(CONN) - set(ROUTES), set(ROUTES) - routes(CONN)
own = raise_some(CONN, 6)
staff = json.loads(run('user', 'list', '--json', data=data).stdout)
db = database(data)
ids = {json.loads(row)['login']: person for person, row in db.execute('SELECT id, row FROM person')}
db.close()
logins = [s['name'] for s in staff if {r for p in s['posts'] for r in p['roles']} != {'admin'}]
clerks = [Clerk(login, ids[login], server) for login in ['operator', AUDITOR, *rnd.sample([x for x in logins if x not in ('operator', AUDITOR)], 14)]]
theirs = {}
for clerk in clerks:
    rows = [json.loads(clerk.ask('GET', f'/api/v1/matters?lane={lane}&limit=25')[2])['items'] for lane in ('mine', 'others', 'ended', 'decide')]
    theirs[clerk.login] = [r['number'] for all_ in rows for r in all_]
everything = sorted({n for all_ in theirs.values() for n in all_} | set(own))
session = Session()
db = database(data)
by_plain = {plain(n): n for n in everything}
session.letters, session.blobs = collections.defaultdict(list), collections.defaultdict(list)
for year, n, seq in db.execute('SELECT m.year, m.number, l.seq FROM letter l JOIN matter m USING (cell, serial)'):
    if f'{year}-{n:07d}' in by_plain:
        session.letters[by_plain[f'{year}-{n:07d}']].append({'seq': seq})
for year, n, blob in db.execute('SELECT m.year, m.number, b.id FROM blob b JOIN matter m USING (cell, serial)'):
    if f'{year}-{n:07d}' in by_plain:
        session.blobs[by_plain[f'{year}-{n:07d}']].append(blob)
db.close()
ways = [session.read, session.page, session.open, session.open, session.letter, session.file, session.act, session.list]
for _ in range(a.actions):
    clerk = rnd.choice(clerks)
    pool = theirs[clerk.login] if rnd.random() < .85 and theirs[clerk.login] else everything
    number = rnd.choice(pool)
    if rnd.random() < .15:   # what was raised just now, with her codes known
        clerk, number = clerks[0] if rnd.random() < .7 else clerk, rnd.choice(sorted(own))
    rnd.choice(ways)(clerk, number)
if a.control:
    copy = fresh(data, 'copy')
    (copy / 'gongzhi.lock').unlink(missing_ok=True)
    other = Server(copy, args=['--clock', CLOCK])
    assert other.start(), other.out.read_text()[-400:]
    clerk, number = next((c, n) for c in clerks if c.login != AUDITOR for n in theirs[c.login] if (c.person, n) not in session.daily)
    status = other.conn().ask('GET', f'/api/v1/matters/{number}', headers=clerk.api)[0]
    session.looked(clerk, number, status, 'a route without a record')
    other.kill()
missing = shown(CONN, session, own, [s['person'] for s in staff])
server.stop()
daily, sealed, rows = stored(data)
daily -= earlier
# A page that is refused to somebody was counted only where it was not answered 404.
want = collections.Counter({(p, plain(n)): 1 for p, n in session.daily})
wrong = [f'not recorded: person {k[0]}, {k[1]}' for k in want if k not in daily]
wrong += [f'recorded, but nobody counted it: person {k[0]}, {k[1]}' for k in daily if k not in want]
wrong += [f'{n} times in one day: {k}' for k, n in daily.items() if n > 1]
for key in set(sealed) | {(p, plain(n)) for p, n in session.sealed}:
    expected = next((all_ for (p, n), all_ in session.sealed.items() if (p, plain(n)) == key), [])
    if [[f] for f, _ in expected] != [f for f, _ in sealed.get(key, [])]:
        wrong.append(f'sealed: {len(expected)} opened, {len(sealed.get(key, []))} recorded for {key}')
wrong += [f'a sealed look without a reason: {r["matter"]}' for r in rows if r['once_on'] is None and not r['reason']]
wrong += [f'a reason in clear: {r["matter"]}' for r in rows if '核实' in r['reason']]
wrong += [f'a route that is not in ROUTES: {r}' for r in sorted(unknown)] + [f'a route of ROUTES that is gone: {r}' for r in sorted(gone)]
wrong += missing
opened = sum(len(x) for x in session.sealed.values())
for line in wrong[:12]:
    print(f'wrong: {line}')
print(f'S14: {a.actions} actions of {len(clerks)} people, {len(session.daily) + opened} looks counted ({opened} of them sealed), '
      f'{sum(daily.values()) + sum(map(len, sealed.values()))} recorded; answers {dict(sorted(session.seen.items()))}; {len(routes_read := [k for k in session.kinds if k in ROUTES])} routes, '
      f'{time.monotonic() - begun:.0f} s')
finish('S14', len(session.daily) + opened - min(len(wrong), len(session.daily) + opened), len(wrong), a.control, opened > a.actions // 50 and len(session.daily) > min(a.actions // 10, 60))   # the same post, matter and day count once
