#!/usr/bin/env python3
"""R1: is anything lost or stored twice that was acknowledged, when the server is killed hard while people write?

Each cycle: eight writers raise matters over HTTP for up to --life seconds, then the process is killed (SIGKILL). After the next
start every number acknowledged in the cycle is read back with its code, what was not answered is sent again with its key, and a
sample of what was answered is sent again too: the same key must give the same answer. After --epoch cycles everything that was
acknowledged is read back once more, `gongzhi verify` judges, and the matters are counted: as many as there were keys, no more.
A run with 100 acknowledged matters a cycle or fewer is red: it would prove nothing.

Control: under.c delays what is written to the log by 0.2 s, so the server answers before it wrote: must be red.
Not shown: a missing fsync (the page cache outlives a kill); that is power_cut.py's."""
from served import *

a = arguments(__doc__, cycles=(int, 20, 'how often it is killed'), life=(float, 1.5, 'seconds of writing, at most'),
              epoch=(int, 25, 'cycles until everything is verified and a new installation is taken'), writers=(int, 8, 'at once'),
              enough=(int, 100, 'acknowledged matters a cycle, on average; not more is red'))
rnd = random.Random(a.seed)
env = {}


class Epoch:
    """One data directory with what was promised about it."""

    def __init__(self, n):
        self.data = fresh(small(), f'epoch-{n}')
        self.before = verify(self.data)[0]['matters']
        self.env = {**env, 'UNDER_DIR': str(self.data)}
        self.server = Server(self.data, env=self.env)
        self.lock, self.next, self.acked, self.doubt = threading.Lock(), 0, {}, []
        if not self.server.start():
            raise SystemExit(f'no start: {self.server.out.read_text()[-400:]}')
        self.mechanism = mechanism(self.server.conn())

    def send(self, conn, n):
        status, _, body = conn.ask('POST', '/api/v1/matters', report(self.mechanism, n), {'idempotency-key': f'key-{n}'})
        if status not in (200, 201):
            raise OSError(f'answered {status}: {body[:200]!r}')
        return status, raised(json.loads(body))

    def writer(self, stop):
        conn = self.server.conn()
        while not stop.is_set():
            with self.lock:
                self.next += 1
                n = self.next
            try:
                _, answer = self.send(conn, n)
                with self.lock:
                    self.acked[n] = answer
            except (OSError, http.client.HTTPException, ValueError):
                with self.lock:
                    self.doubt.append(n)

    def cycle(self):
        """How many were acknowledged, and what is wrong."""
        known, stop = set(self.acked), threading.Event()
        threads = [threading.Thread(target=self.writer, args=(stop,)) for _ in range(a.writers)]
        for t in threads:
            t.start()
        time.sleep(a.life * (0.2 + 0.8 * rnd.random()))
        ended = not self.server.alive()
        self.server.kill()
        stop.set()
        for t in threads:
            t.join()
        if not self.server.start():
            return 0, [('no start', self.server.out.read_text()[-200:])]
        bad = [('it ended by itself',)] if ended else []
        new = [n for n in self.acked if n not in known]
        conn = self.server.conn()
        bad += self.missing(conn, new)
        again, self.doubt = self.doubt, []
        for n in again:
            try:
                self.acked[n] = self.send(conn, n)[1]
            except OSError as e:   # the control's store may be so damaged that it takes no more
                bad.append((n, f'sent again: {e}'))
        older = rnd.sample(sorted(known), min(20, len(known)))
        for n in rnd.sample(new, min(20, len(new))) + older:
            try:
                status, answer = self.send(conn, n)
            except OSError as e:
                bad.append((n, f'sent again: {e}'))
                continue
            if status != 200 or answer != self.acked[n]:
                bad.append((n, f'sent again: {status}', answer['number'], self.acked[n]['number']))
        return len(new), bad

    def missing(self, conn, numbers):
        bad = []
        for n in numbers:
            one = self.acked[n]
            status, _, body = conn.ask('GET', f'/api/v1/matters/{one["number"]}', headers={'gongzhi-query-code': one['long_code']})
            seqs = [e['seq'] for e in json.loads(body).get('entries', [])] if status == 200 else []
            if status != 200 or not seqs or len(seqs) != len(set(seqs)):
                bad.append((n, one['number'], status, seqs))
        return bad

    def end(self):
        """Everything once more; what is wrong."""
        bad = self.missing(self.server.conn(), sorted(self.acked))
        if self.server.stop() != 0:
            bad.append(('it did not stop in good order',))
        found, said = verify(self.data)
        if found is None:
            bad.append(('verify', said))
        elif found['matters'] - self.before != len(self.acked):
            bad.append((f'{found["matters"] - self.before} matters for {len(self.acked)} keys',))
        shutil.rmtree(self.data)
        return bad


if a.control:
    env = {'LD_PRELOAD': preload(), 'UNDER_FAULT': 'late'}
red, acks, lost, epochs, epoch, enough = 0, [], 0, 0, None, threading.Event()
signal.signal(signal.SIGINT, lambda *_: enough.set())   # a long run that is ended early still says what it saw
for c in range(a.cycles):
    if epoch is None:
        epochs += 1
        epoch = Epoch(epochs)
    new, bad = epoch.cycle()
    acks.append(new)
    fatal = bool(bad) and bad[0][0] == 'no start'
    last = c + 1 == a.cycles or enough.is_set()
    if fatal or last or (c + 1) % a.epoch == 0:
        # A server that lost what it answered may have given the same number twice: the control ends an epoch badly as well.
        bad += [] if fatal else epoch.end()
        epoch.server.kill()
        epoch = None
        if a.cycles > a.epoch * 4:
            print(f'{c + 1} kills, {sum(acks)} acknowledged, {lost + len(bad)} wrong so far', flush=True)
    if bad:
        red += 1
        print(f'cycle {c}: {new} acknowledged, wrong: {bad[:3]}' + (f' and {len(bad) - 3} more' if len(bad) > 3 else ''), flush=True)
    lost += len(bad)
    if last:
        break
average = sum(acks) / max(len(acks), 1)
print(f'R1: {len(acks)} kills, {sum(acks)} acknowledged ({average:.0f} a cycle, {min(acks)} to {max(acks)}), {lost} wrong, {epochs} verified', flush=True)
finish('R1', len(acks) - red, red, a.control, a.control and sum(acks) > 0 or average > a.enough)
