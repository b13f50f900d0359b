#!/usr/bin/env python3
"""Checks a receipt without a line of gongzhi: written from docs/receipts.md, RFC 6962 and the C2SP texts alone.

    python3 verify_receipt.py RECEIPT --key KEY [--log URL|FOLDER] [--checkpoint FILE]

Python's standard library, and for Ed25519 either the package `cryptography` or the command `openssl` (3 or later). Says what
holds, line by line, and ends with 0; or says what does not and ends with 1; 2 where it cannot check signatures at all.
"""
import argparse, base64, datetime, hashlib, json, pathlib, struct, subprocess, sys, tempfile, urllib.error, urllib.request

ENTRY, SHA256, SM3 = 1, 1, 2
ARRIVED = 'arrived_at'   # only where it was entered later than it had arrived
LINES = ['origin', 'number', 'received_at', ARRIVED, 'mechanism', 'mechanism_sha256', 'entry', 'fields', 'due_by', 'promised_by',
         'logged_within_s']


class Wrong(Exception):
    """Something does not hold."""


class CannotTell(Exception):
    """What is needed for checking is not on this machine."""


def need(holds, what):
    if not holds:
        raise Wrong(what)


def sha(*parts):
    return hashlib.sha256(b''.join(parts)).digest()


# -- signatures (C2SP signed-note) ---------------------------------------------------------------------------------------

def ed25519(public, signature, message):
    """Whether the signature holds."""
    try:
        from cryptography.exceptions import InvalidSignature
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
    except ImportError:
        return by_openssl(public, signature, message)
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, message)
        return True
    except (InvalidSignature, ValueError):
        return False


def by_openssl(public, signature, message):
    """The same with `openssl`: the key as SubjectPublicKeyInfo of RFC 8410."""
    with tempfile.TemporaryDirectory() as folder:
        place = pathlib.Path(folder)
        der = bytes.fromhex('302a300506032b6570032100') + public
        for name, content in (('key', der), ('sig', signature), ('msg', message)):
            (place / name).write_bytes(content)
        command = ['openssl', 'pkeyutl', '-verify', '-pubin', '-keyform', 'DER', '-rawin']
        for option, name in (('-inkey', 'key'), ('-sigfile', 'sig'), ('-in', 'msg')):
            command += [option, str(place / name)]
        try:
            done = subprocess.run(command, capture_output=True, text=True)
        except OSError as e:
            raise CannotTell('neither the package `cryptography` nor the command `openssl` is here') from e
        if 'Verified Successfully' not in done.stdout + done.stderr and 'erification' not in done.stdout + done.stderr:
            raise CannotTell(f'this openssl does not check Ed25519: {done.stderr.strip()[-200:]}')
        return done.returncode == 0


class Key:
    """A verifier key: name+hash+base64(01 ‖ key)."""

    def __init__(self, text):
        self.name, hashed, raw = text.strip().split('+', 2)
        raw = base64.b64decode(raw, validate=True)
        need(len(raw) == 33 and raw[0] == 1, 'that is no Ed25519 verifier key')
        self.public = raw[1:]
        need(self.id() == bytes.fromhex(hashed), 'the hash in the key is not its own')

    def id(self, name=None):
        return sha((name or self.name).encode(), b'\n\x01', self.public)[:4]

    def body(self, note, name=None):
        """The text of a signed note, once our signature below it holds."""
        body, gap, lines = note.rpartition('\n\n')
        need(gap and lines.endswith('\n'), 'that is no signed note')
        body, name = body + '\n', name or self.name
        for line in lines.splitlines():
            who, raw = line.removeprefix('— ').split(' ')
            raw = base64.b64decode(raw, validate=True)
            if who == name and raw[:4] == self.id(name):
                need(ed25519(self.public, raw[4:], body.encode()), f'the signature of {name} does not hold')
                return body
        raise Wrong(f'{name} did not sign it')


def checkpoint(note, key):
    """Name, size and root. After a declared loss the log's name is the key's with /2, /3 … behind it."""
    name = note.split('\n', 1)[0]
    tail = name.removeprefix(key.name + '/')
    if tail != name:
        need(tail.isascii() and tail.isdigit() and int(tail) > 1 and str(int(tail)) == tail, 'another log')
    lines = key.body(note, name if tail != name else None).splitlines()
    need(lines[0] in (name, key.name) and str(int(lines[1])) == lines[1], 'that is no checkpoint')
    root = base64.b64decode(lines[2], validate=True)
    need(len(root) == 32, 'a root that is none')
    return lines[0], int(lines[1]), root


# -- the tree (RFC 6962, RFC 9162) ---------------------------------------------------------------------------------------

def leaf_hash(leaf):
    return sha(b'\0', leaf)


def climb(leaf, index, size, path):
    """The root that an inclusion proof leads to, from the top: which side each hash is on follows from index and size."""
    if size == 1:
        need(index == 0 and not path, 'a proof of the wrong length')
        return leaf
    need(path, 'a proof of the wrong length')
    left = 1 << ((size - 1).bit_length() - 1)
    if index < left:
        return sha(b'\1', climb(leaf, index, left, path[:-1]), path[-1])
    return sha(b'\1', path[-1], climb(leaf, index - left, size - left, path[:-1]))


def roots(leaves, sizes):
    """The roots over the first so many leaves, for each of the sizes."""
    stack, found = [], {0: sha()} if 0 in sizes else {}   # whole subtrees from the left: (leaves, hash)
    for n, leaf in enumerate(leaves, 1):
        count, top = 1, leaf_hash(leaf)
        while stack and stack[-1][0] == count:
            top, count = sha(b'\1', stack.pop()[1], top), count * 2
        stack.append((count, top))
        if n in sizes:
            at = stack[-1][1]
            for _, part in reversed(stack[:-1]):
                at = sha(b'\1', part, at)
            found[n] = at
    return found


def place(n):
    """The path of the tile with this number (C2SP tlog-tiles)."""
    parts = [f'{n % 1000:03}']
    while n := n // 1000:
        parts.insert(0, f'x{n % 1000:03}')
    return '/'.join(parts)


def fetch(log, path):
    try:
        if log.startswith(('http://', 'https://')):
            return urllib.request.urlopen(f'{log.rstrip("/")}/{path}', timeout=60).read()
        return (pathlib.Path(log) / path).read_bytes()
    except (OSError, urllib.error.URLError) as e:
        raise Wrong(f'the log does not give {path}: {e}') from e


def entries(log, size):
    """Every line of the log."""
    for tile in range((size + 255) // 256):
        width = min(256, size - tile * 256)
        path = f'tile/entries/{place(tile)}' + ('' if width == 256 else f'.p/{width}')
        bundle, at, count = fetch(log, path), 0, 0
        while at < len(bundle):
            length = struct.unpack_from('>H', bundle, at)[0]
            yield bundle[at + 2:at + 2 + length]
            at, count = at + 2 + length, count + 1
        need(at == len(bundle) and count == width, f'{path} holds {count} lines instead of {width}')


# -- the receipt ---------------------------------------------------------------------------------------------------------

def split(text):
    """Promise, proof and openings; the last two may be missing."""
    text = text.removeprefix('\ufeff').strip().replace('\r\n', '\n') + '\n'
    head, _, openings = text.partition('\ngongzhi.openings/v1\n')
    promise, _, proof = head.partition('\nc2sp.org/tlog-proof@v1\n')
    return (promise if proof or openings else text), proof, openings


def promised(note, key):
    """What the promise says."""
    lines = key.body(note).splitlines()
    need(lines[0] == 'gongzhi.receipt/v1', 'that is no receipt')
    said = dict(line.split(': ', 1) for line in lines[1:])
    need(said['origin'] == key.name and len(said) == len(lines) - 1, 'a receipt of somebody else')
    need(list(said) == [name for name in LINES if name in said or name != ARRIVED], 'lines of another version')
    return said


def over(due, entered):
    """Whether a promised time was over at another; never where there is none."""
    if due == '-':
        return False
    return datetime.datetime.fromisoformat(due) < datetime.datetime.fromisoformat(entered)


def proved(proof, entry, key):
    """Index, leaf and checkpoint of an inclusion proof that holds for this entry."""
    lines, at, extra = proof.split('\n'), 0, None
    if lines[at].startswith('extra '):
        extra, at = base64.b64decode(lines[at][6:], validate=True), at + 1
    need(lines[at].startswith('index '), 'a proof without an index')
    index, at, path = int(lines[at][6:]), at + 1, []
    while lines[at]:
        path.append(base64.b64decode(lines[at], validate=True))
        at += 1
    need(extra in [bytes([alg, ENTRY]) + entry for alg in (SHA256, SM3)], 'the proof is of another entry')
    name, size, root = checkpoint('\n'.join(lines[at + 1:]), key)
    need(index < size and climb(leaf_hash(extra), index, size, path) == root, 'the log of this proof does not hold the entry')
    return index, extra, (name, size, root)


def commitment(one):
    """What stands for a field in the promise."""
    field = one['field'].encode()
    if 'commitment' in one:
        need('text' not in one and 'salt' not in one, 'a field that is open and closed')
        return field, bytes.fromhex(one['commitment'])
    salt = base64.b64decode(one['salt'], validate=True)
    need(len(salt) == 16, 'a salt of another length')
    body = b'gz-field\0' + salt + struct.pack('>I', len(field)) + field + one['text'].encode()
    if one.get('alg', SHA256) == SHA256:
        return field, sha(body)
    need(one['alg'] == SM3, 'a hash that is not known')
    if 'sm3' not in hashlib.algorithms_available:
        raise CannotTell('this Python has no SM3')
    return field, hashlib.new('sm3', body).digest()


def opened(openings, fields):
    """How many fields are open and belong to the promise."""
    all_ = json.loads(openings)
    pairs = sorted(commitment(one) for one in all_)
    need(len({field for field, _ in pairs}) == len(pairs), 'a field that stands there twice')
    parts = [b'gongzhi.fields/v1', *(part for pair in pairs for part in pair)]
    need(sha(*(struct.pack('>Q', len(part)) + part for part in parts)) == fields, 'the words are not those that were signed')
    return sum('text' in one for one in all_)


def verify(text, key, log=None, kept=None):
    """What holds, as lines. Raises Wrong, or CannotTell."""
    try:
        return list(_verify(text, key, log, kept))
    except (ValueError, KeyError, IndexError, TypeError, AttributeError, struct.error) as e:   # not even the right form
        raise Wrong(f'not of the form that the documents give: {e}') from e


def _verify(text, key, log, kept):
    note, proof, openings = split(text)
    said = promised(note, key)
    entry = bytes.fromhex(said['entry'])
    if ARRIVED in said:
        yield f'promise: {said["number"]} received {said[ARRIVED]}, entered {said["received_at"]}'
    else:
        yield f'promise: {said["number"]} received {said["received_at"]}'
    late = [name for name in ('due_by', 'promised_by') if over(said[name], said['received_at'])]
    if late:
        yield f'over when it was entered: {", ".join(late)}'
    if openings:
        yield f'openings: {opened(openings, bytes.fromhex(said["fields"]))} are what was signed'
    marks, leaf = [], None
    if proof:
        index, leaf, mark = proved(proof, entry, key)
        marks.append(('the receipt', mark))
        yield f'proof: line {index + 1} of {mark[1]}'
    else:
        yield 'NO PROOF in it: a promise only'
    if kept:
        marks.append(('the kept checkpoint', checkpoint(kept.removeprefix('\ufeff').strip().replace('\r\n', '\n') + '\n', key)))
        need(log, 'a kept checkpoint is compared by means of the log')
    if not log:
        return
    name, size, root = checkpoint(fetch(log, 'checkpoint').decode(), key)
    lines = list(entries(log, size))
    found = roots(lines, {size, *(mark[1] for _, mark in marks)})
    need(found.get(size) == root, 'the lines of the log do not give the root that it signs')
    for whose, (origin, at, wanted) in marks:
        if origin != name:
            yield f'NOT COMPARED with {whose}: the log has another name since a declared loss'
            continue
        need(at <= size, f'the log is shorter than {whose}')
        need(found[at] == wanted, f'the log does not go on from {whose}: it was forked')
    need(any(bytes([alg, ENTRY]) + entry in lines for alg in (SHA256, SM3)), 'the log does not hold the entry')
    yield f'log: {size} lines give its root, and it holds the entry'


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('receipt', type=pathlib.Path)
    parser.add_argument('--key', required=True, help="the installation's key, from /open/key")
    parser.add_argument('--log', help='the address before /checkpoint, or a folder of the files')
    parser.add_argument('--checkpoint', type=pathlib.Path, help='a checkpoint that was kept; needs --log')
    a = parser.parse_args()
    try:
        kept = a.checkpoint and a.checkpoint.read_text()
        for line in verify(a.receipt.read_text(), Key(a.key), a.log, kept):
            print(line)
    except Wrong as e:
        print(f'WRONG: {e}')
        return 1
    except CannotTell as e:
        print(f'CANNOT TELL: {e}')
        return 2
    return 0


if __name__ == '__main__':
    sys.exit(main())
