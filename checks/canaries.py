#!/usr/bin/env python3
"""S13: does a name, a number, a code or a word of anybody stand anywhere outside the vault?

Made-up names, telephone and identity numbers, sentences and file names run through a whole served session: raised on the portal,
through the API and at the desk, staged as files, acted on, answered, rated, searched for, opened with a reason, typed as wrong
codes, sent to pages that answer 4xx and to a full disk that answers 5xx; the codes that the server gives out join them. The
server logs everything it can (RUST_LOG=trace). Afterwards each is searched for, as UTF-8, UTF-16, base64, hex, %XX and with
blanks or hyphens left out, in: what was logged, every address (requested, redirected to, or standing in a page), error pages
of others, /metrics, the temporary directory, what commands print, and every file of the data directory as it lies on the disk
after a kill, the write-ahead log included.

Control: under.c writes the start of each received POST into the log, as one careless line would: must be red.
Not shown: what staff write about themselves (their names are the directory's), a proxy's own log of request bodies."""
from served import *
from sought import Finder
import collections, html, re

a = arguments(__doc__, canaries=(int, 500, 'made-up strings'))
rnd = random.Random(a.seed)
CJK = [chr(c) for c in range(0x4e00, 0x9fa0) if '\n' not in chr(c).encode('utf-16-le').decode('latin1')]
FAMILY = '林周韩沈魏薛雷贺汤滕'


# ── canaries ─────────────────────────────────────────────────────────────────────────────────────────────────

def identity():
    body = f'990101{rnd.randint(1940, 2005)}{rnd.randint(1, 12):02d}{rnd.randint(1, 28):02d}{rnd.randint(0, 999):03d}'
    return body + '10X98765432'[sum(int(d) * w for d, w in zip(body, [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2])) % 11]


def canary(kind):
    rare = ''.join(rnd.choices(CJK, k=6))
    return {'name': lambda: rnd.choice(FAMILY) + rare[:3], 'phone': lambda: f'1{rnd.randint(3000000000, 9999999999)}', 'identity': identity,
            'sentence': lambda: rare, 'file': lambda: rare[:5], 'code': lambda: f'{rnd.randint(10**15, 10**16)}'}[kind]()


KINDS = ['name', 'phone', 'identity', 'sentence', 'sentence', 'file', 'code']
pool = collections.defaultdict(list)
for i in range(a.canaries):
    pool[KINDS[i % len(KINDS)]].append(canary(KINDS[i % len(KINDS)]))
unused = {kind: list(some) for kind, some in pool.items()}
used, given = {}, {}


def take(kind):
    """One that was not used yet, as long as there is one."""
    one = unused[kind].pop() if unused[kind] else rnd.choice(pool[kind])
    used[one] = kind
    return one


def words(field):
    kind = field['type']
    if kind == 'person_name':
        return take('name')
    if kind == 'phone':
        return take('phone')
    # What is published is no secret.
    if field['class'] == 'public':
        return '大家都看得见的话'
    return f'{take("sentence")}每天夜里，身份证{take("identity")}，找{take("name")}'


# ── the session, and everything that a proxy or another reader would see of it ───────────────────────────────

addresses, errors, others = [], [], []


class Person:
    """Somebody at a browser or a program, with what is seen of him from outside."""

    def __init__(self, server, headers=None):
        self.conn, self.headers = server.conn(60), headers or {}

    def ask(self, method, path, body=None, headers=None, typed=''):
        headers = {**self.headers, **(headers or {})}
        try:
            status, answer, content = self.conn.ask(method, path, body, headers)
        except (ConnectionError, http.client.RemoteDisconnected):
            # A refused request leaves its body unread, so the server closes the connection behind it.
            status, answer, content = self.conn.ask(method, path, body, headers)
        addresses.append((method, path))
        location = answer.getheader('location')
        if location:
            addresses.append(('Location', location))
        text = content.decode('utf-8', 'replace')
        if 'html' in (answer.getheader('content-type') or ''):
            for value in re.findall(r'(?:href|src|action)="([^"]*)"', text):
                addresses.append((f'in the page of {method} {path}', html.unescape(value)))
        if status >= 400:
            sent = (body if isinstance(body, (bytes, str)) else json.dumps(body, ensure_ascii=False) if body else '')
            errors.append((f'{method} {path} {status}', text, urllib.parse.unquote_plus(sent.decode('utf-8', 'replace') if isinstance(sent, bytes) else sent) + typed))
        return status, answer, text


def remember(answer):
    """The codes that the server gave out must not lie anywhere either."""
    for name in ('query_code', 'long_code'):
        given[re.sub(r'[ -]', '', answer[name])] = 'code given out'
        given[answer[name]] = 'code given out'


def stage(person):
    body, headers = multipart([], [('file', f'{take("file")}.png', picture(rnd.randint(0, 250)))])
    status, _, text = person.ask('POST', '/api/v1/attachments', body, headers)
    assert status in (201, 507), text
    return json.loads(text).get('id')


def raise_by_api(person, kind):
    """A matter of this mechanism with every text a canary."""
    form = json.loads(person.ask('GET', f'/api/v1/mechanisms/{kind}')[2])['form']
    fields, files = fill(form, words, rnd, lambda: stage(person))
    if fields is None:
        return None
    status, _, text = person.ask('POST', '/api/v1/matters', {'mechanism': kind, 'region': REGION, 'fields': fields, 'attachments': files},
                                 {'idempotency-key': f'c{rnd.random()}'})
    if status != 201:
        return None
    answer = json.loads(text)
    remember(answer)
    return answer


def raise_on_portal(person, kind):
    """The last step of the portal's form, with a picture, and the receipt that follows."""
    pairs = [('key', f'{rnd.getrandbits(128):032x}'), ('what', f'{take("sentence")}，{take("identity")}'), ('place', take('sentence')),
             ('r0', '990101001'), ('r1', REGION), ('v-phone', take('phone')), ('v-name', take('name')), ('go', 'send')]
    status, answer, text = person.ask('POST', f'/raise/{kind}', *multipart(pairs, [('files', f'{take("file")}.png', picture(7))]))
    assert status == 303, text[:3000]
    cookie = answer.getheader('set-cookie').split(';')[0]
    text = person.ask('GET', answer.getheader('location'), headers={'cookie': cookie})[2]
    number = re.search(r'/m/([A-Z]+-\d+-\d+)', answer.getheader('location'))[1]
    codes = [html.unescape(c).strip() for c in re.findall(r'<b[^>]*>([\d A-Z-]{10,})</b>', text)]
    codes = [c for c in codes if c != number]
    assert len(codes) >= 2, text
    for code in codes:
        given[code], given[re.sub(r'[ -]', '', code)] = 'code given out', 'code given out'
    assert person.ask('GET', f'/m/{number}', headers={'cookie': cookie})[0] == 200
    return number


def take_down(person, kind):
    """The desk writes down what somebody said on the telephone."""
    text = person.ask('GET', '/desk/intake')[2]
    key = re.search(r'name="key"[^>]*value="([^"]+)"', text)[1]
    pairs = [('key', key), ('mechanism', kind), ('v-what', f'{take("sentence")}，{take("identity")}'), ('region', REGION), ('v-place', take('sentence')),
             ('v-channel', 'phone'), ('v-name', take('name')), ('v-phone', take('phone'))]
    person.ask('POST', '/desk/intake', *form_body([*pairs, ('do', 'similar')]))
    return person.ask('POST', '/desk/intake', *form_body([*pairs, ('do', 'register')]))[0]


def search(person, text):
    """By the page's own form, whatever its method is."""
    page = person.ask('GET', '/desk/search')[2]
    form = re.search(r'<form[^>]*role="search"[^>]*>', page)[0]
    method, action = re.search(r'method="(\w+)"', form)[1].upper(), re.search(r'action="([^"]+)"', form)[1]
    query, headers = form_body({'q': text})
    return person.ask('GET', f'{action}?{query}') if method == 'GET' else person.ask(method, action, query, headers)


def search_api(person, text):
    """By the API, as its description says: words that it takes in an address go there, and are found there."""
    paths = json.loads(person.ask('GET', '/api/openapi.json')[2])['paths']
    for path in ('/api/v1/matters', '/api/v1/matters/search'):
        for one in paths.get(path, {}).get('get', {}).get('parameters', []):
            if one['in'] == 'query' and one['name'] in ('q', 'words'):
                person.ask('GET', f'{path}?{urllib.parse.urlencode({one["name"]: text})}')
    assert person.ask('POST', '/api/v1/matters/search', {'words': text})[0] == 200


def work(person, page, number):
    """What a post may do with a matter: read it, open what is sealed, act, read its letters."""
    status, _, text = person.ask('GET', f'/api/v1/matters/{number}')
    if status != 200:
        return 0
    matter = json.loads(text)
    page.ask('GET', f'/desk/m/{number}')
    for sealed in matter['sealed'][:2]:
        form = {'seq': sealed['seq'], 'field': sealed['field'], 'key': 'k', 'reason': f'打电话核实，{take("name")}说的'}
        page.ask('POST', f'/desk/m/{number}/open', *form_body(form))
    for letter in matter['letters'][:2]:
        page.ask('GET', f'/desk/m/{number}/letter/{letter["seq"]}')
        page.ask('GET', f'/desk/m/{number}/letter/{letter["seq"]}/docx')
    done = 0
    for action in rnd.sample(matter['actions'], min(2, len(matter['actions']))):
        fields, files = fill(action['fields'], words, rnd, lambda: stage(person))
        if fields is not None:
            body = {'fields': fields, 'attachments': files, 'seen': matter.get('seq')}
            body = {k: v for k, v in body.items() if v}
            done += person.ask('POST', f'/api/v1/matters/{number}/actions/{action["name"]}', body or {'fields': {}},
                               {'idempotency-key': f'w{rnd.random()}'})[0] == 200
    return done


def mistakes(anybody, person, numbers, kind):
    """Everything that is answered with an error, with canaries in it."""
    number = rnd.choice(numbers)
    anybody.ask('POST', '/follow', *form_body({'number': number, 'code': take('code'), 'tail': '0000'}))
    anybody.ask('POST', '/follow', *form_body({'number': take('code'), 'code': take('name')}))
    anybody.ask('GET', f'/api/v1/matters/{number}', headers={'gongzhi-query-code': take('code')})
    anybody.ask('GET', f'/api/v1/matters/{number}', headers={'authorization': f'Bearer gz_{take("code")}'})
    anybody.ask('GET', f'/m/{number}', headers={'cookie': f'gz_code={take("code")}'})
    anybody.ask('POST', '/desk/sign-in', *form_body({'user': take('name'), 'password': take('code')}))
    anybody.ask('POST', '/api/v1/matters', {'mechanism': kind, 'region': REGION, 'fields': {'what': 7, 'phone': take('name'), take('code'): take('sentence')}})
    anybody.ask('POST', '/api/v1/matters', {'mechanism': kind, 'region': REGION, 'fields': {'phone': '12', 'name': take('name')}})
    anybody.ask('POST', '/api/v1/matters', '{"mechanism": "' + take('sentence'), {'content-type': 'application/json'})
    anybody.ask('POST', '/api/v1/matters', json.dumps({take('name'): 1}, ensure_ascii=False), {'content-type': 'application/json'})
    anybody.ask('POST', f'/api/v1/matters/{number}/actions/none', {'fields': {'note': take('sentence')}}, {'idempotency-key': 'x' * 300})
    anybody.ask('POST', f'/raise/{kind}', *form_body({'what': '', 'v-name': take('name'), 'v-phone': take('identity'), 'go': 'send'}))
    anybody.ask('POST', f'/raise/{kind}', *multipart([('what', take('sentence'))], [('files', f'{take("file")}.exe', take('sentence').encode())]))
    anybody.ask('POST', '/api/v1/attachments', *multipart([], [('file', f'{take("file")}.png', b'%PDF' + take('sentence').encode())]))
    person.ask('POST', f'/api/v1/matters/{number}/actions/nothing', {'fields': {'note': take('sentence')}})
    # The same key for something else.
    for _ in range(2):
        person.ask('POST', '/api/v1/matters', report(kind, 1, take('sentence')), {'idempotency-key': 'again'})


def session(server, data):
    anybody = Person(server)
    kinds = [m['id'] for m in json.loads(anybody.ask('GET', f'/api/v1/mechanisms?region={REGION}')[2])['mechanisms']]
    first = mechanism(anybody.conn)
    logins = [u for u in ('operator', 'callback', 'street-head', 'street-staff', 'department', 'coordination', 'petition-office', 'social-worker',
                          'community-worker', 'district', 'governance-office') if u in set(users(data))]
    staff = [(Person(server, {'authorization': f'Bearer {token(data, u)}'}), Person(server, sign_in(anybody.conn, u))) for u in logins]
    numbers, own, acts, down = [], {}, 0, 0
    enough = 6
    while any(unused.values()) or enough > 0:
        enough -= 1
        for kind in kinds:
            for person in (anybody, staff[rnd.randrange(len(staff))][0]):
                one = raise_by_api(person, kind)
                if one:
                    numbers.append(one['number'])
                    own[one['number']] = one
        numbers.append(raise_on_portal(anybody, first))
        for api, page in staff:
            acts += work(api, page, rnd.choice(numbers[-12:]))
        acts += work(*staff[0], numbers[-1])
        down += take_down(staff[0][1], first) in (200, 303)
        mistakes(anybody, staff[0][0], numbers, first)
        number = rnd.choice(sorted(own))
        code = {'gongzhi-query-code': own[number]['long_code']}
        acts += work(Person(server, code), anybody, number)
        for q in (take('name'), take('phone'), take('sentence')):
            search(staff[0][1], q)
            search_api(staff[0][0], q)
        if time.monotonic() - begun > 120:
            break
    assert down, 'the desk took nothing down'
    pathlib.Path(server.env['UNDER_TRIGGER']).touch()   # the disk is full from here
    for _ in range(3):
        raise_by_api(anybody, first)
        acts += work(*staff[0], numbers[-1])
        anybody.ask('POST', f'/raise/{first}', *form_body([('what', take('sentence')), ('v-name', take('name')), ('v-phone', take('phone')),
                                                            ('r0', '990101001'), ('r1', REGION), ('go', 'send'), ('key', f'{rnd.getrandbits(128):032x}')]))
    pathlib.Path(server.env['UNDER_TRIGGER']).unlink()
    return numbers, acts, anybody.ask('GET', '/metrics')[2]


begun = time.monotonic()
data, temp = fresh(demo()), WORK / 'temporary'
temp.mkdir()
trigger = WORK / 'full'
env = {'TMPDIR': str(temp), 'LD_PRELOAD': preload(), 'UNDER_DIR': str(data), 'UNDER_FAULT': 'leak' if a.control else 'full', 'UNDER_TRIGGER': str(trigger)}
server = Server(data, env=env, log='trace')
if not server.start():
    raise SystemExit(f'no start: {server.out.read_text()[-400:]}')
numbers, acts, metrics = session(server, data)
time.sleep(1.2)
server.kill()   # so that the write-ahead log stays as it is
raw = {f'{path.name} on the disk': path.read_bytes() for path in data.rglob('*') if path.is_file()}
assert any(name.split()[0].endswith('-wal') and content for name, content in raw.items()), 'a write-ahead log to look into'
commands = ''.join(run(*c, data=data).stdout for c in (['verify'], ['user', 'list'], ['body', 'list']))
export = WORK / 'export.csv'
run('export', 'set:duty_list', str(export), data=data)

finder = Finder({**{one: kind for one, kind in used.items()}, **given})
logged = server.out.read_bytes()
places = {'the log': logged, 'metrics': metrics.encode(), 'what commands print': commands.encode(), 'an export of a list': export.read_bytes()}
places |= raw
places |= {f'temporary file {path.name}': path.read_bytes() for path in temp.rglob('*') if path.is_file()}
found = collections.defaultdict(list)
for place, content in places.items():
    for one, (kind, at) in finder.find(content).items():
        found[one].append(f'{kind} in {place}: …{content[max(0, at - 60):at + 40]!r}')
for where, address in addresses:
    for one, (kind, _) in finder.find(address.encode()).items():
        found[one].append(f'{kind} in an address ({where}): {address[:120]}')
for where, text, sent in errors:
    for one, (kind, _) in finder.find(text.encode()).items():
        if one not in sent:
            found[one].append(f'{kind} in an error page to somebody else: {where}')
statuses = collections.Counter(where.rsplit(' ', 1)[1] for where, _, _ in errors)
print(f'S13: {len(used)} canaries and {len(set(given))} codes given out, {len(numbers)} matters raised, {acts} acts, {len(addresses)} addresses, '
      f'errors {dict(sorted(statuses.items()))}, log of {len(logged) // 1024} KiB, {len(places)} places, {time.monotonic() - begun:.0f} s')
shown = collections.Counter()
for one, where in found.items():
    label = re.sub(r'[:(].*', '', where[0])
    shown[label] += 1
    if shown[label] <= 2:
        print(f'found: {where[0]}')
for label, n in shown.items():
    print(f'  {n} × {label}')
worked = acts > 20 and len(numbers) > 20 and len(logged) > 1000 and any(s.startswith('4') for s in statuses) and (a.control or any(s.startswith('5') for s in statuses))
total = len(used) + len(set(given))
finish('S13', total - len(found), len(found), a.control, worked)
