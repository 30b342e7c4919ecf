"""Transparency logs: RFC 6962 trees, C2SP notes, and the entries of gauth.

Everything that verify.py and signer.py need, from the standard library alone.
It shares nothing with the extension: it was written from the specifications
(RFC 6962, RFC 9162, RFC 8032, C2SP signed-note, tlog-checkpoint,
tlog-cosignature, tlog-proof) and from the canonical bytes of an entry.
"""

import base64
import hashlib
import struct


class Refused(Exception):
    """What was to be verified does not hold; the text says why."""


def require(condition, why):
    if not condition:
        raise Refused(why)


def sha256(data):
    return hashlib.sha256(data).digest()


# -- the tree ---------------------------------------------------------------


def leaf_hash(data):
    return sha256(b'\x00' + data)


def node_hash(left, right):
    return sha256(b'\x01' + left + right)


def tree_root(leaves):
    """RFC 6962 section 2.1, as it is written there."""
    if not leaves:
        return sha256(b'')
    if len(leaves) == 1:
        return leaves[0]
    split = 1 << (len(leaves) - 1).bit_length() - 1
    return node_hash(tree_root(leaves[:split]), tree_root(leaves[split:]))


class Range:
    """The roots of a tree's perfect subtrees, the largest first."""

    def __init__(self, size=0, hashes=()):
        require(len(hashes) == bin(size).count('1'),
                'a frontier that is not one of its size')
        self.size = size
        self.hashes = list(hashes)

    def append(self, leaf):
        node, size = leaf, self.size
        while size & 1:
            node = node_hash(self.hashes.pop(), node)
            size >>= 1
        self.hashes.append(node)
        self.size += 1

    def root(self):
        if not self.hashes:
            return sha256(b'')
        node = self.hashes[-1]
        for left in reversed(self.hashes[:-1]):
            node = node_hash(left, node)
        return node


def root_from_inclusion(leaf, index, size, proof):
    """The root that an inclusion proof leads to (RFC 9162 section 2.1.3.2)."""
    require(0 <= index < size, 'the index is not in the tree')
    node, last = index, size - 1
    root = leaf
    for sibling in proof:
        require(last > 0, 'the proof is too long')
        if node & 1 or node == last:
            root = node_hash(sibling, root)
            while not node & 1 and node:
                node, last = node >> 1, last >> 1
        else:
            root = node_hash(root, sibling)
        node, last = node >> 1, last >> 1
    require(last == 0, 'the proof is too short')
    return root


def check_consistency(old_size, old_root, new_size, new_root, proof):
    """RFC 9162 section 2.1.4.2."""
    require(0 < old_size <= new_size, 'the sizes do not fit')
    if old_size == new_size:
        require(not proof and old_root == new_root, 'two roots of one size')
        return
    require(proof, 'an empty proof')
    if old_size & (old_size - 1) == 0:
        proof = [old_root] + list(proof)
    node, last = old_size - 1, new_size - 1
    while node & 1:
        node, last = node >> 1, last >> 1
    old = new = proof[0]
    for sibling in proof[1:]:
        require(last > 0, 'the proof is too long')
        if node & 1 or node == last:
            old, new = node_hash(sibling, old), node_hash(sibling, new)
            while not node & 1 and node:
                node, last = node >> 1, last >> 1
        else:
            new = node_hash(new, sibling)
        node, last = node >> 1, last >> 1
    require(last == 0 and old == old_root and new == new_root,
            'the new tree does not begin with the old one')


# -- entries ----------------------------------------------------------------

COMMITTED = ('actor', 'agent', 'role', 'resource', 'payload')
NAMED = ('kind', 'action', 'rule', 'mandate', 'token_id', 'trace')


def encode_string(text):
    if text is None:
        return b'\xff\xff\xff\xff'
    data = text.encode()
    return struct.pack('>I', len(data)) + data


def commitment(entry):
    """SHA-256 over a salt and what may be erased."""
    if 'salt' not in entry:
        require(not any(name in entry for name in COMMITTED),
                'an erased entry has something that was erased')
        stored = bytes.fromhex(entry['commitment'])
        require(len(stored) == 32, 'a commitment of another length')
        return stored
    require('commitment' not in entry, 'a salt and a commitment')
    salt = bytes.fromhex(entry['salt'])
    require(len(salt) == 16, 'a salt of another length')
    return sha256(b'\x03' + salt + b''.join(
        encode_string(entry.get(name)) for name in COMMITTED))


def encode_entry(entry):
    """The canonical bytes, version 1."""
    return (b'\x01'
            + struct.pack('>IQQQqBI', entry['log'], entry['xid'],
                          entry['lane'], entry['lane_seq'], entry['micros'],
                          entry['decision'], entry['count'])
            + bytes.fromhex(entry['previous'])
            + b''.join(encode_string(entry.get(name)) for name in NAMED)
            + commitment(entry))


# -- Ed25519 (RFC 8032), slow and plain --------------------------------------

P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
SQRT_M1 = pow(2, (P - 1) // 4, P)


def point_add(a, b):
    (x1, y1, z1, t1), (x2, y2, z2, t2) = a, b
    e = (y1 - x1) * (y2 - x2) % P
    f = (y1 + x1) * (y2 + x2) % P
    g = 2 * t1 * t2 * D % P
    h = 2 * z1 * z2 % P
    x, y, z, t = f - e, h - g, h + g, f + e
    return x * y % P, t * z % P, y * z % P, x * t % P


def point_multiply(scalar, point):
    result = (0, 1, 1, 0)
    while scalar:
        if scalar & 1:
            result = point_add(result, point)
        point = point_add(point, point)
        scalar >>= 1
    return result


def points_equal(a, b):
    return ((a[0] * b[2] - b[0] * a[2]) % P == 0
            and (a[1] * b[2] - b[1] * a[2]) % P == 0)


def recover_x(y, sign):
    if y >= P:
        return None
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    if square == 0:
        return None if sign else 0
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * SQRT_M1 % P
    if (x * x - square) % P:
        return None
    return P - x if x & 1 != sign else x


def point_decode(data):
    y = int.from_bytes(data, 'little')
    x = recover_x(y & (1 << 255) - 1, y >> 255)
    if x is None:
        return None
    y &= (1 << 255) - 1
    return x, y, 1, x * y % P


def point_encode(point):
    inverse = pow(point[2], P - 2, P)
    x, y = point[0] * inverse % P, point[1] * inverse % P
    return (y | (x & 1) << 255).to_bytes(32, 'little')


BASE_Y = 4 * pow(5, P - 2, P) % P
BASE_X = recover_x(BASE_Y, 0)
BASE = (BASE_X, BASE_Y, 1, BASE_X * BASE_Y % P)


def scalar_hash(*parts):
    return int.from_bytes(hashlib.sha512(b''.join(parts)).digest(), 'little')


def expand(seed):
    digest = hashlib.sha512(seed).digest()
    scalar = int.from_bytes(digest[:32], 'little')
    return scalar & (1 << 254) - 8 | 1 << 254, digest[32:]


def public_key(seed):
    return point_encode(point_multiply(expand(seed)[0], BASE))


def ed25519_sign(seed, message):
    scalar, prefix = expand(seed)
    public = point_encode(point_multiply(scalar, BASE))
    nonce = scalar_hash(prefix, message) % L
    commit = point_encode(point_multiply(nonce, BASE))
    answer = (nonce + scalar_hash(commit, public, message) * scalar) % L
    return commit + answer.to_bytes(32, 'little')


def ed25519_verify(public, message, signature):
    if len(public) != 32 or len(signature) != 64:
        return False
    key, commit = point_decode(public), point_decode(signature[:32])
    answer = int.from_bytes(signature[32:], 'little')
    small = (0, 1, 1, 0)
    if (key is None or commit is None or answer >= L
            or points_equal(point_multiply(8, key), small)):
        return False
    hashed = scalar_hash(signature[:32], public, message) % L
    return points_equal(point_multiply(answer, BASE),
                        point_add(commit, point_multiply(hashed, key)))


# -- signed notes -----------------------------------------------------------

SIGNATURE = 0x01
COSIGNATURE = 0x04
DASH = '\u2014 '


def key_id(name, kind, public):
    return sha256(name.encode() + b'\n' + bytes([kind]) + public)[:4]


class Key:
    """A key that verifies notes, from NAME+ID+BASE64."""

    def __init__(self, vkey):
        parts = vkey.strip().split('+', 2)
        require(len(parts) == 3 and parts[0], 'not a key: %s' % vkey)
        material = base64.b64decode(parts[2], validate=True)
        require(len(material) == 33 and material[0] in (SIGNATURE,
                                                        COSIGNATURE),
                'a key of another kind: %s' % vkey)
        self.name, self.kind, self.public = parts[0], material[0], material[1:]
        self.id = key_id(self.name, self.kind, self.public)
        require(self.id.hex() == parts[1], 'not a key: %s' % vkey)

    def message(self, text, signature):
        """What was signed, and the signature over it."""
        if self.kind == SIGNATURE:
            return text.encode(), signature
        require(len(signature) == 72, 'a cosignature of another length')
        time = int.from_bytes(signature[:8], 'big')
        return cosigned(text, time), signature[8:]


def cosigned(text, time):
    return ('cosignature/v1\ntime %d\n%s' % (time, text)).encode()


def format_key(name, kind, public):
    return '%s+%s+%s' % (name, key_id(name, kind, public).hex(),
                         base64.b64encode(bytes([kind]) + public).decode())


def sign_line(name, kind, seed, text, time=0):
    public = public_key(seed)
    if kind == COSIGNATURE:
        signature = (struct.pack('>Q', time)
                     + ed25519_sign(seed, cosigned(text, time)))
    else:
        signature = ed25519_sign(seed, text.encode())
    return '%s%s %s\n' % (DASH, name, base64.b64encode(
        key_id(name, kind, public) + signature).decode())


def split_note(note):
    """The text and the (name, id, signature) of each line."""
    end = note.rfind('\n\n')
    require(end >= 0 and note.endswith('\n'), 'not a signed note')
    text, lines = note[:end + 1], note[end + 2:]
    signatures = []
    for line in lines.splitlines():
        require(line.startswith(DASH), 'not the line of a signature')
        name, data = line[len(DASH):].split(' ')
        data = base64.b64decode(data, validate=True)
        require(len(data) > 4, 'a short signature')
        signatures.append((name, data[:4], data[4:]))
    require(signatures, 'a note without a signature')
    return text, signatures


def open_note(note, keys):
    """The text of a note that at least one of the keys has signed."""
    text, signatures = split_note(note)
    good = 0
    for key in keys:
        for name, id_, signature in signatures:
            if (name, id_) != (key.name, key.id):
                continue
            require(ed25519_verify(key.public, *key.message(text, signature)),
                    'a signature of %s does not verify' % key.name)
            good += 1
    require(good, 'none of the keys has signed')
    return text


def read_checkpoint(text):
    """Origin, size and root."""
    require(text.endswith('\n'), 'a checkpoint that does not end')
    lines = text[:-1].split('\n')
    require(len(lines) >= 3 and all(lines), 'not a checkpoint')
    require(lines[1].isdigit() and str(int(lines[1])) == lines[1],
            'not the size of a checkpoint')
    root = base64.b64decode(lines[2], validate=True)
    require(len(root) == 32, 'not the root of a checkpoint')
    return lines[0], int(lines[1]), root


def read_tlog_proof(text):
    """Index, proof, and the signed checkpoint of a C2SP tlog-proof."""
    head, _, note = text.partition('\n\n')
    lines = head.split('\n')
    require(lines[0] == 'c2sp.org/tlog-proof@v1', 'not a tlog-proof')
    if lines[1].startswith('extra '):
        del lines[1]
    require(lines[1].startswith('index '), 'a tlog-proof without an index')
    proof = [base64.b64decode(line, validate=True) for line in lines[2:]]
    require(all(len(item) == 32 for item in proof), 'not a hash')
    return int(lines[1][len('index '):]), proof, note
