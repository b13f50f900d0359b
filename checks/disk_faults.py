#!/usr/bin/env python3
"""R3: a disk that is full or fails, at every single call that changes the data directory, once and from then on.

strace makes the k-th write, sync, open, rename, unlink or truncate of a file of the data directory fail with ENOSPC or EIO, for
each k, in two programs: `gongzhi import` of a list, and the server while matters are raised and read. Then it asks:
- what was said to be done is there after the next start, and was synced before it was said (read from the record of calls);
- after a failed sync nothing is written any more, and nothing acknowledged, by this process;
- on a disk without room pages and matters can still be read;
- no process dies by a signal; the next start works; `gongzhi verify` finds nothing; a key sent again makes no second matter.

Control: under.c tells the program that failed writes and syncs were done: must be red.
Not shown: calls that strace cannot see (none here: no io_uring, no mmap of data)."""
from served import *
import collections, concurrent.futures, re

a = arguments(__doc__, sample=(int, 0, 'so many faults of each program, evenly chosen; 0 is every one'),
              jobs=(int, os.cpu_count() or 2, 'at once'), only=(str, '', '`import` or `serv`'), calls=(str, '', 'only these calls, by commas'))
CALLS = ['write', 'pwrite64', 'writev', 'fsync', 'fdatasync', 'ftruncate', 'fallocate', 'openat', 'rename', 'renameat2', 'unlink']
LIST = 'duty_list'
slots, lock = list(range(a.jobs)), threading.Lock()
under = {'LD_PRELOAD': preload(), 'UNDER_FAULT': 'swallow'} if a.control else {}


def may_trace():
    """Injection needs ptrace. Where it is not permitted the check fails; it is never left out in silence."""
    if not shutil.which('strace'):
        return 'strace is not installed'
    done = subprocess.run(['strace', '-f', '-qq', '-o', '/dev/null', '-e', 'trace=openat', 'true'], capture_output=True, text=True)
    return f'strace may not trace here: {done.stderr.strip()}' if done.returncode else None


Fault = collections.namedtuple('Fault', 'call error when sticky')


def strace(log, data, files, fault):
    paths = [p for f in files for p in ('-P', str(data / f))]
    inject = []
    if fault:
        inject = ['-e', f'inject={fault.call}:error={fault.error}:when={fault.when}{"+" if fault.sticky else ""}']
    return ['strace', '-f', '-qq', '-y', '-o', str(log), '-e', 'trace=' + ','.join(CALLS), *inject, *paths]


LINE = re.compile(r'^(\d+) +(\w+)\((.*)$')


def calls(log, data):
    """The calls of a record that concern the data directory: thread, call, file, failed by us, failed at all."""
    found = []
    for line in open(log, errors='replace'):
        m = LINE.match(line)
        if not m or str(data) not in m[3]:
            continue
        file = re.search(re.escape(str(data)) + r'/([\w.-]+)', m[3])
        if file:
            found.append((m[1], m[2], file[1], '(INJECTED)' in line, ' = -1 ' in line))
    return found


def faults(program):
    """Every fault that a run without faults has a place for."""
    data = fresh(small(), f'count-{program.__name__}')
    log = WORK / f'count-{program.__name__}.txt'
    wrong = program(data, [], None, log)
    if wrong and not a.control:
        raise SystemExit(f'{program.__name__} without any fault: {wrong}')
    each = collections.Counter((thread, call) for thread, call, _, _, _ in calls(log, data))
    most = collections.Counter()
    for (_, call), n in each.items():
        most[call] = max(most[call], n)
    files = sorted({f for _, _, f, _, _ in calls(log, data)})
    shutil.rmtree(data)
    # A sync has no want of room of its own, but file systems that allocate late report it there.
    wanted = a.calls.split(',') if a.calls else CALLS
    every = [Fault(call, error, k, sticky) for call in wanted for k in range(1, most[call] + 1)
             for error in ('ENOSPC', 'EIO') for sticky in (False, True)]
    chosen = every
    if a.sample and a.sample < len(every):
        syncs = [f for f in every if f.call in ('fsync', 'fdatasync') and f.when <= 2]
        rest = [f for f in every if f not in syncs]
        room = max(a.sample - len(syncs), 1)
        chosen = syncs[:a.sample] + [rest[i * len(rest) // room] for i in range(room)]
    print(f'{program.__name__}: {dict(most)} calls of one thread at most on {" ".join(files)}; {len(chosen)} of {len(every)} faults', flush=True)
    return files, chosen


def unsynced(record):
    """What stands on no disk for certain: a log that was not synced after its last write, or a database that was not synced
    when its log was removed."""
    dirty, lost = set(), set()
    for _, call, file, _, failed in record:
        if failed:
            continue
        if call == 'pwrite64':
            dirty.add(file)
        elif call in ('fsync', 'fdatasync'):
            dirty.discard(file)
        elif call == 'unlink' and file.endswith('-wal'):
            dirty.discard(file)
            lost |= {f for f in dirty if f == file.removesuffix('-wal')}
    return lost | {f for f in dirty if f.endswith('-wal')}


def written_after_failed_sync(record):
    """What was written to a database or its log after a sync of one had failed."""
    stop = None
    for n, (_, call, file, injected, _) in enumerate(record):
        database_ = re.search(r'\.db(-wal)?$', file)
        if stop is not None and database_ and call in ('pwrite64', 'write', 'ftruncate', 'unlink'):
            return f'{call} of {file} after a failed sync of {stop}'
        if stop is None and injected and call in ('fsync', 'fdatasync') and database_:
            stop = file
    return None


def sound(data):
    found, said = verify(data)
    return None if found else f'verify afterwards: {said}'


# ── the command ──────────────────────────────────────────────────────────────────────────────────────────────

CSV = '编号,名称,哪一张,牵头（指导）部门,乡镇（街道）做到哪一步,相应的权力,一年经费（元）,依据\n' + ''.join(
    f'J{n:03d},第{n}件事,基本履职,检验单位1,受理,统筹,{n},示例\n' for n in range(1, 60))


def importing(data, files, fault, log):
    """Loads a list."""
    table = data.parent / f'{data.name}.csv'
    table.write_text(CSV)
    env = {'RUST_LOG': 'warn', **os.environ, **under, 'UNDER_DIR': str(data)}
    order = [BINARY, 'import', f'set:{LIST}', str(table), '--replace', '--data', str(data)]
    done = subprocess.run([*strace(log, data, files, fault), *order],
                          env=env, capture_output=True, text=True, stdin=subprocess.DEVNULL, timeout=120)
    if done.returncode < 0 or done.returncode >= 128:
        return f'ended by a signal: {done.returncode}, {done.stderr[-200:]}'
    record = calls(log, data)
    if done.returncode == 0 and unsynced(record):
        return f'said that it was done before {unsynced(record)} was synced'
    wrong = sound(data)
    if wrong:
        return wrong
    out = data.parent / f'{data.name}.out.csv'
    out.unlink(missing_ok=True)
    again = run('export', f'set:{LIST}', str(out), data=data)
    there = again.returncode == 0 and out.exists() and '第59件事' in out.read_text()
    if done.returncode == 0 and not there:
        return 'said that it was done, and it is not there'
    if run('import', f'set:{LIST}', str(table), '--replace', data=data).returncode:
        return 'the same import again fails without any fault'
    return None


# ── the server ───────────────────────────────────────────────────────────────────────────────────────────────

def serving(data, files, fault, log):
    """Raises and reads over HTTP."""
    server = Server(data, env={**under, 'UNDER_DIR': str(data)}, before=strace(log, data, files, fault), wait=60)
    acked, wrong, refused = {}, [], 0
    if server.start():
        conn = server.conn(30)
        kind = MECHANISM or mechanism(conn)

        def write(n):
            nonlocal refused
            try:
                status, _, body = conn.ask('POST', '/api/v1/matters', report(kind, n), {'idempotency-key': f'key-{n}'})
            except (OSError, http.client.HTTPException) as error:
                wrong.append(f'no answer to a raising: {error}')
                return
            if status in (200, 201):
                acked[n] = raised(json.loads(body))
            elif status in (500, 503, 507):
                refused += 1
            else:
                wrong.append(f'a raising was answered with {status}')

        def read():
            for n in list(acked)[:1]:
                own = {'gongzhi-query-code': acked[n]['long_code']}
                yield conn.ask('GET', f'/api/v1/matters/{acked[n]["number"]}', headers=own)[0]
            yield conn.ask('GET', '/')[0]

        for n in (1, 2, 3):
            write(n)
        # Want of room in a write is a full disk; a failing open or a failing disk may take reading with it.
        room = fault is None or fault.error == 'ENOSPC' and fault.call in ('pwrite64', 'write')
        try:
            seen = list(read())
            if room and any(s != 200 for s in seen):
                wrong.append(f'reading was answered with {seen}')
        except (OSError, http.client.HTTPException) as error:
            wrong.append(f'reading got no answer: {error}')
        code = server.stop(20)
        if code is None or code < 0 or code >= 128:
            wrong.append(f'it ended with {code} when it was stopped')
    elif server.process.returncode is None or server.process.returncode < 0 or server.process.returncode >= 128:
        wrong.append(f'the start ended with {server.process.returncode}')
    elif fault is None:
        wrong.append(server.out.read_text()[-300:])
    record = calls(log, data)
    late = written_after_failed_sync(record)
    if late:
        wrong.append(late)
    if wrong:
        return '; '.join(wrong)
    return after(data, acked)


def after(data, acked):
    """The next start, without faults."""
    server = Server(data)
    if not server.start():
        return f'no start afterwards: {server.out.read_text()[-200:]}'
    try:
        conn = server.conn()
        kind = MECHANISM or mechanism(conn)
        for n, one in acked.items():
            own = {'gongzhi-query-code': one['long_code']}
            if conn.ask('GET', f'/api/v1/matters/{one["number"]}', headers=own)[0] != 200:
                return f'{one["number"]} was acknowledged and is lost'
        for n in (1, 2, 3):
            status, _, body = conn.ask('POST', '/api/v1/matters', report(kind, n), {'idempotency-key': f'key-{n}'})
            if status not in (200, 201) or n in acked and (status != 200 or raised(json.loads(body)) != acked[n]):
                return f'key {n} sent again is answered with {status} {body[:80]!r}'
        if conn.ask('GET', '/readyz')[0] != 200:
            return 'it is not ready afterwards'
    finally:
        server.stop()
    found, said = verify(data)
    if found is None:
        return f'verify afterwards: {said}'
    return None if found['matters'] == 3 else f'{found["matters"]} matters for three keys'


MECHANISM = None


def one(program, files, fault):
    with lock:
        slot = slots.pop()
    data, log = fresh(small(), f'{program.__name__}-{slot}'), WORK / f'{program.__name__}-{slot}.txt'
    try:
        wrong = program(data, files, fault, log)
        hit = any(injected for *_, injected, _ in calls(log, data))
    except subprocess.TimeoutExpired as error:
        wrong, hit = f'no end: {error}', True
    finally:
        with lock:
            slots.append(slot)
    return fault, wrong, hit


reason = may_trace()
if reason:
    print(f'R3: {reason}; without it nothing is known about a failing disk')
    finish('R3', 0, 1, False)
passed, failed, hits, begun = 0, 0, 0, time.monotonic()
with concurrent.futures.ThreadPoolExecutor(a.jobs) as pool:
    for program in [p for p in (importing, serving) if p.__name__.startswith(a.only)]:
        files, todo = faults(program)
        red = 0
        for done, (fault, wrong, hit) in enumerate(pool.map(lambda f: one(program, files, f), todo), 1):
            hits += hit
            if done % 100 == 0:
                print(f'{program.__name__}: {done} faults, {red + bool(wrong)} wrong so far', flush=True)
            if wrong:
                red += 1
                if red <= 12:
                    print(f'{program.__name__}: {fault.call} {fault.when}{"+" if fault.sticky else ""} {fault.error}: {wrong}', flush=True)
        passed, failed = passed + len(todo) - red, failed + red
print(f'R3: {passed + failed} faults, {hits} of them struck, {failed} wrong, {(time.monotonic() - begun):.0f} s')
finish('R3', passed, failed, a.control, hits > (passed + failed) // 2)
