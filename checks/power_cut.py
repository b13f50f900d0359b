#!/usr/bin/env python3
"""R2: would a power cut lose or damage anything that was acknowledged?

The served binary runs over under.c, which records every write, sync and rename of the data directory (all files of it) and every
answer, while people raise matters, act on them and stage files. From the record images are made of what a disk may hold after a
cut at any point, and each is opened and judged: `gongzhi verify`, SQLite's own check of every file, and the acknowledged numbers
(there, with their entries, each key once).

The model: what was written before a file's last sync began and the sync returned is there. Of what was written later any subset
of 512-byte sectors may be there: torn, lost and reordered writes. Creating, renaming, removing and truncating reach the disk in
order, at least up to the last sync of anything (ext4, xfs), otherwise up to a random point.

Control: the write-ahead log is never synced, as synchronous=NORMAL leaves it: must be red.
Not shown: a disk that lies about its flush; mmap and io_uring (not used)."""
from served import *
import bisect, collections, concurrent.futures, re

a = arguments(__doc__, states=(int, 200, 'images'), load=(int, 60, 'matters that are raised under the recorder'),
              sector=(int, 512, 'bytes that reach the disk as one'), jobs=(int, os.cpu_count() or 2, 'judges at once'),
              runs=(int, 1, 'recordings; the images are shared among them'), keep=(pathlib.Path, None, 'the first bad image goes here'))
rnd = random.Random(a.seed)


def load(server):
    """Raises, acts and stages from four sides; by number, what was promised: the key of raising, and the keys of acting in order."""
    promised, lock, todo = {}, threading.Lock(), list(range(a.load))
    kind = mechanism(server.conn())

    def side():
        conn = server.conn()
        while True:
            with lock:
                if not todo:
                    return
                n = todo.pop()
            status, _, body = conn.ask('POST', '/api/v1/matters', report(kind, n), {'idempotency-key': f'raise-{n}'})
            assert status == 201, (status, body)
            one = json.loads(body)
            with lock:
                promised[one['number']] = {'raise': f'raise-{n}', 'act': []}
            if n % 3 == 0:
                own = {'gongzhi-query-code': one['long_code']}
                actions = json.loads(conn.ask('GET', f'/api/v1/matters/{one["number"]}', headers=own)[2])['actions']
                free = [x for x in actions if all(f['type'] == 'text' or not f['required'] for f in x['fields'])]
                for x in free[:1]:
                    fields = {f['id']: f'再补充一句（{n}）' for f in x['fields'] if f['type'] == 'text'}
                    key = f'act-{n}'
                    status, _, body = conn.ask('POST', f'/api/v1/matters/{one["number"]}/actions/{x["name"]}', {'fields': fields},
                                               {**own, 'idempotency-key': key})
                    if status == 200:
                        with lock:
                            promised[one['number']]['act'].append(key)
            if n % 20 == 1:
                status, _, body = conn.ask('POST', '/api/v1/attachments', picture(n % 250), {'content-type': 'application/octet-stream'})
                assert status == 201, (status, body)

    with concurrent.futures.ThreadPoolExecutor(4) as sides:
        for done in [sides.submit(side) for _ in range(4)]:
            done.result()
    return promised


class Trace:
    """What was recorded, and the images that it allows. Cuts are asked for in ascending order."""

    def __init__(self, path, start):
        blob, self.ops, i = path.read_bytes(), [], 0
        while i + 21 <= len(blob):
            op, ino, off, n = struct.unpack('<cQqI', blob[i:i + 21])
            self.ops.append((op.decode(), ino, off, blob[i + 21:i + 21 + n]))
            i += 21 + n
        # Inode numbers are used again after a delete: each file gets a key of its own.
        self.names, self.data, by_ino, fresh_keys = {}, {}, {}, 0
        for dp, _, fs in os.walk(start):
            for f in fs:
                path = os.path.join(dp, f)
                r = path[len(str(start)):]
                self.names[r] = 'old:' + r
                self.data['old:' + r] = bytearray(open(path, 'rb').read())
        now = dict(self.names)
        for j, (op, ino, off, d) in enumerate(self.ops):
            if op == 'O':
                r = d.decode()
                if r not in now:
                    fresh_keys += 1
                    now[r] = f'new:{fresh_keys}'
                by_ino[ino] = now[r]
            elif op == 'U':
                now.pop(d.decode(), None)
            elif op == 'R':
                x, y = d.decode().split('\0')
                if x in now:
                    now[y] = now.pop(x)
            self.ops[j] = (op, by_ino.get(ino, ino) if op in 'OWST' else ino, off, d)
        self.points = [j + 1 for j, o in enumerate(self.ops) if o[0] != 'O']
        self.at, self.pending, self.meta, self.synced_any, self.acks = 0, collections.defaultdict(list), [], -1, []

    def _put(self, data, key, off, d):
        buf = data.setdefault(key, bytearray())
        if len(buf) < off + len(d):
            buf.extend(b'\0' * (off + len(d) - len(buf)))
        buf[off:off + len(d)] = d

    def _change(self, data, key, op, off, d):
        if op == 'W':
            self._put(data, key, off, d)
        elif op == 'T':
            buf = data.setdefault(key, bytearray())
            if len(buf) > off:
                del buf[off:]
            else:
                buf.extend(b'\0' * (off - len(buf)))
        elif op == 'O':
            data[key] = bytearray()

    def _name(self, names, data, op, key, d):
        if op == 'O':
            names[d.decode()] = key
            data.setdefault(key, bytearray())
        elif op == 'U':
            names.pop(d.decode(), None)
        else:
            x, y = d.decode().split('\0')
            if x in names:
                names[y] = names.pop(x)

    def advance(self, k):
        """Everything that is certain after the first k records becomes the base."""
        for j in range(self.at, k):
            op, key, off, d = self.ops[j]
            if op == 'A':
                self.acks.append(d)
            if op in 'WT' or op == 'O' and off:
                self.pending[key].append((j, op, off, d))
            if op in 'OUR':
                self.meta.append((j, op, key, d))
            if op in 'SD':
                self.synced_any = max(self.synced_any, off)
                waiting = self.pending[key]
                sure = bisect.bisect_left([w[0] for w in waiting], off)
                for _, o, at, bytes_ in waiting[:sure]:
                    self._change(self.data, key, o, at, bytes_)
                del waiting[:sure]
                while self.meta and self.meta[0][0] < off:
                    _, o, k2, d2 = self.meta.pop(0)
                    self._name(self.names, self.data, o, k2, d2)
        self.at = k

    def image(self, k, rnd, out):
        """Writes what a disk may hold after the first k records."""
        self.advance(k)
        upto = rnd.randint(max(self.synced_any, 0), k) if rnd.random() < .7 else k
        lose = rnd.choice([0.0, 0.1, 0.5, 0.9, 1.0])
        names, changed = dict(self.names), {}
        for j, op, key, d in self.meta:
            if j <= upto:
                self._name(names, changed, op, key, d)
        for key in changed:
            changed[key] = bytearray(self.data.get(key, b''))
        for key, waiting in self.pending.items():
            for j, op, off, d in waiting:
                if key not in changed:
                    changed[key] = bytearray(self.data.get(key, b''))
                if op != 'W':
                    if j <= upto:
                        self._change(changed, key, op, off, d)
                    continue
                p = 0
                while p < len(d):
                    step = min(a.sector - (off + p) % a.sector, len(d) - p)
                    if rnd.random() >= lose:
                        self._put(changed, key, off + p, d[p:p + step])
                    p += step
        shutil.rmtree(out, ignore_errors=True)
        for r, key in names.items():
            path = pathlib.Path(str(out) + r)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(changed.get(key, self.data.get(key, b'')))
            path.chmod(0o600)


def answered(records):
    """How often each number was answered for: raised, and acted on."""
    raised_, acted = collections.Counter(), collections.Counter()
    for text in records:
        number = re.search(rb'"number":"([^"]+)"', text)
        if number and text.startswith(b'HTTP/1.1 201') and b'"long_code"' in text:
            raised_[number[1].decode()] += 1
        elif number and text.startswith(b'HTTP/1.1 200') and b'"entries":' in text and b'"thread"' not in text and b'"mechanism"' not in text:
            acted[number[1].decode()] += 1
    return raised_, acted


def judge(image, promised, raised_, acted):
    """What is wrong with an image; nothing if it is sound and holds everything that was acknowledged."""
    found, said = verify(image)
    if found is None:
        return f'verify: {said.strip()[-200:]}'
    for path in image.rglob('*.db'):
        db = sqlite3.connect(path)
        says = db.execute('PRAGMA integrity_check(1)').fetchone()[0]
        db.close()
        if says != 'ok':
            return f'{path.name}: {says}'
    db = database(image)
    serial = {(year, number): s for s, year, number in db.execute('SELECT serial, year, number FROM matter')}
    entries = collections.Counter(s for s, in db.execute('SELECT serial FROM entry'))
    keys = collections.defaultdict(list)
    for key, s in db.execute('SELECT key, serial FROM command'):
        keys[key].append(s)
    db.close()
    if any(len(set(s)) != 1 for s in keys.values()):
        return 'a key with two matters'
    for number in raised_:
        _, year, digits = number.split('-')
        s = serial.get((int(year), int(digits[:-1])))
        if s is None:
            return f'{number} was acknowledged and is lost'
        if not entries[s] or keys.get(promised[number]['raise']) != [s]:
            return f'{number} is not what was acknowledged'
        for key in promised[number]['act'][:acted[number]]:
            if keys.get(key) != [s]:
                return f'an act on {number} was acknowledged and is lost'
    return None


def recording(n):
    data, start = fresh(small(), f'live-{n}'), fresh(small(), f'start-{n}')
    log = WORK / f'trace-{n}'
    env = {'LD_PRELOAD': preload(), 'UNDER_DIR': str(data), 'UNDER_LOG': str(log)}
    if a.control:
        env['UNDER_FAULT'] = 'nosync'
    server = Server(data, env=env)
    if not server.start():
        raise SystemExit(f'no start: {server.out.read_text()[-400:]}')
    promised = load(server)
    # The follower and the checkpoint have their share of the record.
    time.sleep(1.5)
    server.stop()
    shutil.rmtree(data)
    trace = Trace(log, start)
    log.unlink()
    return trace, promised


def images(trace, promised, count, pool):
    bad, waiting, slots = 0, {}, list(range(a.jobs * 2))

    def settle(some):
        nonlocal bad
        for done in some:
            k, slot = waiting.pop(done)
            wrong = done.result()
            if wrong:
                bad += 1
                if bad <= 3:
                    print(f'cut after record {k} of {len(trace.ops)} ({trace.ops[k - 1][0]}): {wrong}', flush=True)
                if bad == 1 and a.keep:
                    shutil.copytree(WORK / f'image-{slot}', a.keep)
            slots.append(slot)

    for k in sorted(rnd.choice(trace.points) for _ in range(count)):
        if not slots:
            settle(concurrent.futures.wait(waiting, return_when=concurrent.futures.FIRST_COMPLETED).done)
        slot = slots.pop()
        trace.image(k, rnd, WORK / f'image-{slot}')
        promise = answered(trace.acks)
        waiting[pool.submit(judge, WORK / f'image-{slot}', promised, *promise)] = k, slot
    settle(list(concurrent.futures.wait(waiting).done))
    return bad


begun, bad, answers, records = time.monotonic(), 0, 0, collections.Counter()
with concurrent.futures.ThreadPoolExecutor(a.jobs) as pool:
    for n in range(a.runs):
        trace, promised = recording(n)
        count = a.states // a.runs + (n < a.states % a.runs)
        bad += images(trace, promised, count, pool)
        print(f'recording {n + 1}: {count} images, {len(trace.ops)} records, {bad} bad so far', flush=True)
        trace.advance(len(trace.ops))
        answers += sum(map(len, answered(trace.acks)))
        records += collections.Counter(o[0] for o in trace.ops)
        files = sorted({o[3].decode() for o in trace.ops if o[0] == 'O'})
print(f'R2: {a.states} images of {a.runs} recording(s), {answers} acknowledged, '
      f'{records["W"]} writes, {records["S"]} syncs, files {" ".join(files)}, {(time.monotonic() - begun) / a.states * 1000:.0f} ms an image')
# A record without answers or syncs has seen nothing.
finish('R2', a.states - bad, bad, a.control, answers >= a.load * a.runs and records['W'] > 100 and (records['S'] > 10 or a.control))
