"""What every check stands on: the real binary over a copy of one demo installation, a client, and `gongzhi verify` as judge.

It listens on 127.0.0.1 only, ends only processes that it started, and works in one temporary directory that goes with it.
The data directory is always taken as a whole: no file of it is named here, so a file that comes later is copied too.
"""
import argparse, atexit, hashlib, http.client, json, os, pathlib, random, shutil, signal, socket, sqlite3, struct, subprocess, sys, tempfile, threading, time, urllib.parse, zlib

HERE = pathlib.Path(__file__).resolve().parent
TARGET = HERE.parent / (os.environ.get('CARGO_TARGET_DIR') or 'target')
BINARY = str(HERE.parent / (os.environ.get('GONGZHI_BINARY') or TARGET / 'debug' / 'gongzhi'))
REGION = '990101001001'
PASSWORD = os.environ.get('GONGZHI_DEMO_PASSWORD', 'gongzhi-demo')

WORK = pathlib.Path(tempfile.mkdtemp(prefix='gongzhi-check-'))
_running = []


def _leave():
    for server in list(_running):
        server.kill()
    shutil.rmtree(WORK, ignore_errors=True)


atexit.register(_leave)
signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))   # so that a check that is stopped takes its servers with it


def arguments(text, **more):
    """The usual options: how many, which seed, and the planted fault that must turn the check red."""
    parser = argparse.ArgumentParser(description=text, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--seed', type=int, default=1, help='the same seed asks the same questions')
    parser.add_argument('--control', action='store_true', help='plants the fault that the check must find, and passes if it is found')
    for name, (kind, default, help_) in more.items():
        if kind is bool:
            parser.add_argument('--' + name.replace('_', '-'), action='store_true', help=help_)
        else:
            parser.add_argument('--' + name.replace('_', '-'), type=kind, default=default, help=help_)
    return parser.parse_args()


def finish(what, passed, failed, control, worked=True):
    """Ends a check, which counts as one. A control passes where the check itself would have failed; a check that did no work
    always fails."""
    good = worked and (failed > 0) == bool(control)
    if control:
        print(f'{what}, control: the planted fault was {"found" if failed else "NOT found"} ({failed} of {passed + failed} red)')
    else:
        print(f'{what}: {passed} sound, {failed} wrong')
    if not worked:
        print(f'{what}: it did too little work to prove anything')
    print(f'checks: {int(good)} passed, {int(not good)} failed', flush=True)
    sys.exit(0 if good else 1)


def preload():
    """Builds the library that is put under a process: it records, or plants a fault. The binary itself has no such switch."""
    out = WORK / 'under.so'
    if not out.exists():
        subprocess.run(['cc', '-shared', '-fPIC', '-O2', '-Wall', '-o', str(out), str(HERE / 'under.c'), '-ldl', '-lpthread'], check=True)
    # What listens to the whole of ./test (whole_run.c) stays beneath it.
    return ':'.join(filter(None, [str(out), os.environ.get('LD_PRELOAD')]))


class Conn:
    """One kept-alive connection; opened again when the server is another."""

    def __init__(self, port, timeout=10):
        self.port, self.timeout, self.c = port, timeout, None

    def ask(self, method, path, body=None, headers=None):
        """status, headers, body. Raises OSError or HTTPException when there was no whole answer."""
        if self.c is None:
            self.c = http.client.HTTPConnection('127.0.0.1', self.port, timeout=self.timeout)
        headers = dict(headers or {})
        if isinstance(body, (dict, list)):
            body, headers['content-type'] = json.dumps(body, ensure_ascii=False).encode(), 'application/json'
        elif isinstance(body, str):
            body = body.encode()
        try:
            self.c.request(method, path, body, headers)
            answer = self.c.getresponse()
            return answer.status, answer, answer.read()
        except Exception:
            self.close()
            raise

    def close(self):
        if self.c is not None:
            self.c.close()
            self.c = None


def free_port():
    with socket.socket() as probe:
        probe.bind(('127.0.0.1', 0))
        return probe.getsockname()[1]


class Server:
    """`gongzhi serve` over a data directory."""

    def __init__(self, data, env=None, before=(), log=os.environ.get('RUST_LOG', 'warn'), args=(), wait=60):
        self.data = pathlib.Path(data)
        self.port = free_port()
        self.env, self.before, self.log, self.args = dict(env or {}), list(before), log, list(args)
        self.out = WORK / f'out-{self.port}.log'
        self.process = None
        self.wait = wait

    def start(self):
        """Whether it answers; False when it ended by itself."""
        env = {**os.environ, 'RUST_LOG': self.log, **self.env}
        command = [*self.before, BINARY, 'serve', '--data', str(self.data), '--listen', f'127.0.0.1:{self.port}', *self.args]
        with open(self.out, 'ab') as out:
            self.process = subprocess.Popen(command, env=env, stdin=subprocess.DEVNULL, stdout=out, stderr=out, start_new_session=True)
        _running.append(self)
        until = time.monotonic() + self.wait
        while time.monotonic() < until:
            if self.process.poll() is not None:
                _running.remove(self)
                if b'cannot be listened on' in self.out.read_bytes()[-500:]:   # somebody else took the port meanwhile
                    self.port = free_port()
                    self.out = WORK / f'out-{self.port}.log'
                    return self.start()
                return False
            try:
                # Whether it can write is /readyz's to say, and not asked here: a server on a full disk must start and read.
                if Conn(self.port, 1).ask('GET', '/healthz')[0] == 200:
                    return True
            except (OSError, http.client.HTTPException):
                time.sleep(0.01)
        self.kill()
        raise SystemExit(f'the server did not answer within {self.wait} s; see {self.out}')

    def kill(self):
        """Hard, at once, the whole group that this check made."""
        if self in _running:
            _running.remove(self)
        if self.process and self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
        if self.process:
            self.process.wait()

    def stop(self, wait=30):
        """As an operator stops it; its exit code."""
        if self in _running:
            _running.remove(self)
        if self.process.poll() is None:
            children = pathlib.Path(f'/proc/{self.process.pid}/task/{self.process.pid}/children').read_text().split() if self.before else []
            for pid in children or [self.process.pid]:
                os.kill(int(pid), signal.SIGTERM)
        try:
            return self.process.wait(wait)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
            return None

    def conn(self, timeout=10):
        return Conn(self.port, timeout)

    def alive(self):
        return self.process.poll() is None


def _kept(name, make):
    """An installation, made once for this binary and kept beside it; stopped in good order."""
    stat = os.stat(BINARY)
    kept = TARGET / 'checks' / f'{name}-{stat.st_size:x}-{stat.st_mtime_ns:x}'
    if not kept.exists():
        kept.parent.mkdir(parents=True, exist_ok=True)
        for old in kept.parent.glob(f'{name}-*'):
            if time.time() - old.stat().st_ctime > 86400:   # another check may be using it now
                shutil.rmtree(old, ignore_errors=True)
        made = make(WORK / f'made-{name}')
        (made / 'gongzhi.lock').unlink(missing_ok=True)
        part = kept.with_name(f'.{kept.name}-{os.getpid()}')
        shutil.copytree(made, part)
        try:
            part.rename(kept)
        except OSError:   # another check was quicker
            shutil.rmtree(part)
    return kept


def demo():
    """The demo region with its people and matters."""
    return _kept('demo', _make_demo)


def _make_demo(data):
    server = Server(data, args=['--demo'], wait=240)
    if not server.start():
        raise SystemExit(f'the demo installation cannot be made: {server.out.read_text()[-400:]}')
    time.sleep(3)   # the follower has work after the stories; a quiet seed makes small traces
    if server.stop() != 0:
        raise SystemExit('the demo installation did not stop in good order')
    return data


def small():
    """The demo's district without its people and matters: three bodies that can do everything. Opens and verifies quickly."""
    return _kept('small', _make_small)


def _row_sum(*values):
    """The sum that the database keeps in a row (store-sqlite, sums.rs)."""
    def part(value):
        kind, content = ((0, b'') if value is None else (1, struct.pack('>q', value)) if isinstance(value, int)
                         else (3, value.encode()) if isinstance(value, str) else (4, value))
        return struct.pack('>BQ', kind, len(content)) + content
    body = b'gz-entry\0' + b'gongzhi row sum\0' + b''.join(map(part, values))
    return struct.unpack('>q', hashlib.sha256(body).digest()[:8])[0]


def _make_small(data):
    # Says that it knows too little of itself to start, but makes its files.
    run('serve', '--listen', '127.0.0.1:0', '--territory', '990101', data=data)
    db = sqlite3.connect(data / 'gongzhi.db')
    db.create_function('row_sum', -1, _row_sum, deterministic=True)
    with db:
        db.executemany('INSERT INTO setting VALUES (0, ?, ?)', [('demo', 'yes'), ('demo_filled', 'yes')])
    db.close()
    server = Server(data, args=['--demo'])
    if not server.start() or server.stop() != 0:
        raise SystemExit(f'the small installation cannot be made: {server.out.read_text()[-400:]}')
    can = 'hotline coordination street community department handling_unit district_leadership government petition_office competent'
    can = [part for name in can.split() for part in ('--function', name)]
    for n, region in enumerate(['990101', '990101001', REGION], 1):
        upper = ['--part-of', str(n - 1)] if n > 1 else []
        commands = [['body', 'add', f'检验单位{n}', '--en', f'Body {n}', '--region', region, *can, *upper]]
        commands += [['user', 'add', f'{role}-{n}', '--name', f'检验员{n}', '--body', str(n), '--role', role]
                     for role in ('operator', 'callback', 'head', 'staff')]
        for command in commands:
            done = run(*command, data=data)
            if done.returncode:
                raise SystemExit(f'the small installation cannot be made: {done.stderr[-400:]}')
    return data


def fresh(of, name='data'):
    """A data directory of its own, with every file of the one that it is like."""
    data = WORK / name
    shutil.rmtree(data, ignore_errors=True)
    shutil.copytree(of, data)
    return data


def run(*args, data=None, **more):
    """A command of the binary."""
    place = ['--data', str(data)] if data else []
    return subprocess.run([BINARY, *args, *place], capture_output=True, text=True, stdin=subprocess.DEVNULL, **more)


def verify(data):
    """`gongzhi verify`: its finding, or None where it could not even be made; and what it said."""
    done = run('verify', '--json', data=data, timeout=600)
    try:
        found = json.loads(done.stdout)
    except ValueError:
        found = None
    return (found if done.returncode == 0 and found and not found['damage'] else None), (done.stdout + done.stderr)[-400:]


def token(data, user, scopes='matters:read,matters:write'):
    made = run('token', user, *[a for s in scopes.split(',') for a in ('--scope', s)], data=data)
    if made.returncode:
        raise SystemExit(f'no token for {user}: {made.stderr}')
    return made.stdout.strip()


def mechanism(conn):
    """The first mechanism that takes reports; no name of one stands here."""
    _, _, body = conn.ask('GET', f'/api/v1/mechanisms?region={REGION}')
    return next(m['id'] for m in json.loads(body)['mechanisms'] if m['door'] == 'report')


def report(mechanism_id, n, words='东门外的消防通道，一到晚上就停满了车'):
    return {'mechanism': mechanism_id, 'region': REGION,
            'fields': {'what': f'{words}（{n}）', 'place': '青禾社区东门', 'phone': f'139{n % 10**8:08d}'}}


def picture(colour=200):
    """A picture of four dots that the upload takes."""
    def chunk(kind, data):
        return struct.pack('>I', len(data)) + kind + data + struct.pack('>I', zlib.crc32(kind + data))
    rows = b''.join(b'\0' + bytes([colour, 90, 40] * 2) for _ in range(2))
    return (b'\x89PNG\r\n\x1a\n' + chunk(b'IHDR', struct.pack('>IIBBBBB', 2, 2, 8, 2, 0, 0, 0))
            + chunk(b'IDAT', zlib.compress(rows)) + chunk(b'IEND', b''))


def raised(answer):
    """What of an answer to raising must come again when the same key is sent again."""
    return {k: answer[k] for k in ('number', 'query_code', 'long_code')}


def database(data):
    """The main database of a directory that nobody serves, to count in. The judge is `verify`; this only counts."""
    return sqlite3.connect(f'file:{pathlib.Path(data) / "gongzhi.db"}?mode=ro', uri=True)


def fill(fields, words, rnd, attach=None):
    """A lawful form for the fields that the API describes: `words(field)` gives every text, the rest is taken from the options.
    None where a field is asked for that cannot be made up here (another matter, a row of a list)."""
    form, files = {}, []
    for f in fields:
        kind, wanted = f['type'], f['required'] or f.get('required_when')
        if kind in ('text', 'place', 'person_name', 'phone'):
            form[f['id']] = words(f)
        elif kind == 'files':
            files = [id_ for id_ in [attach()] if id_] if attach else []
        elif not wanted:
            continue
        elif kind == 'choice':
            form[f['id']] = rnd.choice(f['of'])['id']
        elif kind == 'choices':
            form[f['id']] = [rnd.choice(f['of'])['id']]
        elif kind == 'yes_no':
            form[f['id']] = rnd.choice(['yes', 'no'])
        elif kind == 'number':
            form[f['id']] = 2
        elif kind == 'date':
            form[f['id']] = time.strftime('%Y-%m-%d', time.localtime(time.time() + 86400 * rnd.randint(2, 20)))
        elif kind in ('body', 'bodies') and f['bodies']:
            one = rnd.choice(f['bodies'])['id']
            form[f['id']] = one if kind == 'body' else [one]
        else:
            return None, []
    return form, files


def form_body(pairs):
    """A posted form as a browser sends it."""
    return urllib.parse.urlencode(pairs), {'content-type': 'application/x-www-form-urlencoded'}


def multipart(pairs, files=()):
    """The same with files: name, file name, bytes."""
    edge, out = 'edge-of-a-part', b''
    for name, value in pairs:
        out += f'--{edge}\r\ncontent-disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
    for name, file, content in files:
        head = f'--{edge}\r\ncontent-disposition: form-data; name="{name}"; filename="{file}"\r\ncontent-type: image/png\r\n\r\n'
        out += head.encode() + content + b'\r\n'
    return out + f'--{edge}--\r\n'.encode(), {'content-type': f'multipart/form-data; boundary={edge}'}


def sign_in(conn, user):
    """The cookie of somebody of the demo."""
    status, answer, _ = conn.ask('POST', '/desk/sign-in', *form_body({'user': user, 'password': PASSWORD}))
    if status != 303:
        raise SystemExit(f'{user} cannot sign in: {status}')
    return {'cookie': answer.getheader('set-cookie').split(';')[0]}


def users(data):
    """Everybody's login."""
    return [line.split()[0] for line in run('user', 'list', data=data).stdout.splitlines() if line.strip()]
