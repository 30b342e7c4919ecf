#!/usr/bin/env python3
"""Hold tlog.py against vectors that neither it nor gauth made.

    vectors.py FOLDER

FOLDER has the proofs of transparency-dev/merkle, a log that Tessera wrote, the
signed note of C2SP and roots of RFC 6962.  Prints counts; fails with the first
case that is answered wrongly.
"""

import base64
import json
import os
import struct
import sys

from tlog import (Key, Refused, check_consistency, leaf_hash, open_note,
                  read_checkpoint, require, root_from_inclusion, tree_root)

TESSERA = ('example.com/log/testdata+33d7b496+'
           'AeHTu4Q3hEIMHNqc6fASMsq3rKNx280NI+oO5xCFkkSx')


def decode(text):
    return base64.b64decode(text or '')


def run_proof(case):
    proof = [decode(text) for text in case['proof'] or []]
    if 'leafIdx' in case:
        require(case['leafHash'], 'no leaf')
        root = root_from_inclusion(decode(case['leafHash']), case['leafIdx'],
                                   case['treeSize'], proof)
        require(root == decode(case['root']), 'another root')
        return
    check_consistency(case['size1'], decode(case['root1']), case['size2'],
                      decode(case['root2']), proof)


def is_right(case):
    try:
        run_proof(case)
    except Refused:
        return case['wantErr']
    return not case['wantErr']


def proofs(folder):
    count = 0
    for kind in ('inclusion', 'consistency'):
        for path, _, names in os.walk(os.path.join(folder, 'merkle/testdata',
                                                   kind)):
            for name in names:
                with open(os.path.join(path, name)) as file:
                    require(is_right(json.load(file)), 'wrong: ' + name)
                count += 1
    return count


def read(folder, *names):
    with open(os.path.join(folder, *names), 'rb') as file:
        return file.read()


def checkpoints(folder):
    log = 'tessera-log/testdata/log'
    for size in range(16):
        note = read(folder, log, 'checkpoint.%d' % size).decode()
        _, claimed, root = read_checkpoint(open_note(note, [Key(TESSERA)]))
        leaves = []
        bundle = read(folder, log, 'tile/entries/000.p/%d' % size) if size \
            else b''
        while bundle:
            length, = struct.unpack('>H', bundle[:2])
            leaves.append(leaf_hash(bundle[2:2 + length]))
            bundle = bundle[2 + length:]
        require((claimed, root) == (size, tree_root(leaves)),
                'wrong: checkpoint %d' % size)
    return 16


def roots(folder):
    vectors = json.loads(read(folder, 'merkle-roots/rfc6962-roots.json'))
    inputs = [leaf_hash(bytes.fromhex(text))
              for text in vectors['ct_leaf_inputs_hex']]
    for size, root in enumerate(vectors['ct_roots_hex_by_size']):
        require(tree_root(inputs[:size]).hex() == root, 'wrong: a root')
    leaves = [leaf_hash(struct.pack('>Q', number)) for number in range(70000)]
    for size, root in vectors['u64be_leaf_roots_hex_by_size'].items():
        require(tree_root(leaves[:int(size)]).hex() == root, 'wrong: a root')
    return len(vectors['ct_roots_hex_by_size']) + len(
        vectors['u64be_leaf_roots_hex_by_size'])


def notes(folder):
    key = Key(read(folder, 'c2sp-examples/signed-note.vkey').decode())
    open_note(read(folder, 'c2sp-examples/signed-note.txt').decode(), [key])
    return 1


def main():
    folder = sys.argv[1]
    try:
        print('%d proofs, %d signed checkpoints, %d roots, %d note' % (
            proofs(folder), checkpoints(folder), roots(folder),
            notes(folder)))
    except Refused as problem:
        sys.exit(problem.args[0])


if __name__ == '__main__':
    main()
