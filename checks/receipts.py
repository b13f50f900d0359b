#!/usr/bin/env python3
"""Is every receipt that is given out accepted by a verifier that shares no code with the server (verify_receipt.py)?

Matters are raised, their files and the whole public log are fetched; promise, proof, openings and log must hold, and
`gongzhi prove --check` must say the same. Then each file is altered in one place, which both must refuse.
The control hands on altered files as if they were sound: a word of the openings, a byte of the log.
"""
from served import *
import verify_receipt
from verify_receipt import CannotTell, Key, Wrong, checkpoint, place, verify

a = arguments(__doc__, matters=(int, 6, 'so many are raised'), check=(int, 24, 'at most so many of them are checked'))
rnd = random.Random(a.seed)


def raise_all(conn):
    """Numbers with their long codes."""
    kind, codes = mechanism(conn), {}
    for n in range(a.matters):
        status, _, body = conn.ask('POST', '/api/v1/matters', report(kind, n), {'idempotency-key': f'receipt-{n}'})
        assert status == 201, body
        codes[json.loads(body)['number']] = json.loads(body)['long_code']
    return codes


def proved(conn, number, code):
    """The answer, once the log holds the matter."""
    until = time.monotonic() + 60
    while time.monotonic() < until:
        answer = json.loads(conn.ask('GET', f'/api/v1/matters/{number}/receipt', headers={'gongzhi-query-code': code})[2])
        if 'proof' in answer:
            return answer
        time.sleep(0.3)
    raise SystemExit(f'no proof of {number} within a minute')


def mirror(conn, key, folder):
    """Fetches the log as anybody may."""
    shutil.rmtree(folder, ignore_errors=True)
    note = conn.ask('GET', '/log/checkpoint')[2]
    size = checkpoint(note.decode(), key)[1]
    for tile in range((size + 255) // 256):
        width = min(256, size - tile * 256)
        path = f'tile/entries/{place(tile)}' + ('' if width == 256 else f'.p/{width}')
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        status, _, content = conn.ask('GET', f'/log/{path}')
        assert status == 200, (status, path)
        (folder / path).write_bytes(content)
    (folder / 'checkpoint').write_bytes(note)
    return folder


def damaged(folder, to):
    """The same log with one byte of one line changed."""
    shutil.rmtree(to, ignore_errors=True)
    shutil.copytree(folder, to)
    tile = rnd.choice(sorted(p for p in to.rglob('*') if p.is_file() and p.name != 'checkpoint'))
    content = bytearray(tile.read_bytes())
    at = rnd.randrange(len(content) // 36) * 36 + 2 + rnd.randrange(34)
    content[at] ^= 1 << rnd.randrange(8)
    tile.write_bytes(content)
    return to


def both(text, log):
    """What the two verifiers say: accepted or not."""
    try:
        said = verify(text, KEY, str(log))
        theirs = len(said) >= 3
    except Wrong:
        theirs = False
    path = WORK / 'receipt.txt'
    path.write_text(text)
    return theirs, run('prove', '--check', str(path), '--key', KEY_TEXT, '--log', str(log)).returncode == 0


server = Server(fresh(small()))
if not server.start():
    raise SystemExit(f'no start: {server.out.read_text()[-400:]}')
conn = server.conn(30)
page = conn.ask('GET', '/open/key')[2].decode()
KEY_TEXT = next(p.split('<')[0].strip() for p in page.split('>') if p.count('+') >= 2 and ' ' not in p.split('<')[0].strip())
try:
    KEY = Key(KEY_TEXT)
    verify_receipt.ed25519(KEY.public, b'\0' * 64, b'anything')
except CannotTell as e:
    print(f'receipts: SKIPPED, NOTHING WAS CHECKED: {e}')
    print('checks: 0 passed, 0 failed')
    sys.exit(0)
codes = raise_all(conn)
asked = rnd.sample(sorted(codes), min(a.check, len(codes)))
answers = {number: proved(conn, number, codes[number]) for number in asked}
log = mirror(conn, KEY, WORK / 'log')
bad_log = damaged(log, WORK / 'bad-log')
server.stop()

sound, wrong = 0, []


def expect(what, text, log, accepted):
    global sound
    found = both(text, log)
    # A control is found where both refuse.
    if found == (accepted, accepted) or (a.control and any(found)):
        sound += 1
    else:
        wrong.append(f'{what}: accepted by (the other verifier, gongzhi): {found}, expected {accepted}')


for number, answer in answers.items():
    file, word = answer['file'], '消防通道'
    assert word in file and word not in answer['bare'], 'the words stand in one of the two files'
    changed = file.replace(word, '消防通遒', 1)
    if a.control:
        expect(f'{number}, a word changed', changed, log, True)
        expect(f'{number}, a line of the log changed', answer['bare'], bad_log, True)
        continue
    expect(number, file, log, True)
    expect(f'{number}, without content', answer['bare'], log, True)
    expect(f'{number}, saved by an editor', '\ufeff' + file.replace('\n', '\r\n') + '\r\n', log, True)
    expect(f'{number}, a word changed', changed, log, False)
    expect(f'{number}, a line of the log changed', answer['bare'], bad_log, False)
    expect(f'{number}, another number', file.replace(number, number[:-1] + str((int(number[-1]) + 1) % 10)), log, False)
    line = next(x for x in answer['bare'].splitlines() if x.startswith('index '))
    expect(f'{number}, another line', answer['bare'].replace(line, f'index {int(line[6:]) + 1}'), log, False)
if a.control and sound:
    print(f'{sound} altered files passed')
    wrong = []   # so the control does not count as found
for line in wrong[:6]:
    print(f'wrong: {line}')
print(f'receipts: {len(answers)} receipts, {sound + len(wrong)} files given to two verifiers')
finish('receipts', sound, len(wrong), a.control, len(codes) == a.matters and len(answers) > 3)
