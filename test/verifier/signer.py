#!/usr/bin/env python3
"""Sign checkpoints of gauth's ledger, from a machine that is not its own.

    signer.py --state FILE --since
    psql -XAtc 'SELECT gauth.audit_export(N)' |
        signer.py --state FILE --seed FILE --name NAME CHECKPOINT

CHECKPOINT is a file with what gauth.audit_checkpoint() gave; N is what --since
printed.  The signer keeps the size and the frontier of each log that it has
signed.  It derives the new leaves from the entries themselves, and signs only
what goes on from there; whatever else it is shown, it refuses, with the
reason, and its state stays.  For gauth.audit_put_signature() it prints the
note.
"""

import argparse
import json
import os
import sys
import time

from tlog import (COSIGNATURE, SIGNATURE, Range, Refused, encode_entry,
                  format_key, leaf_hash, public_key, read_checkpoint, require,
                  sign_line)


def load_state(path):
    if os.path.exists(path):
        return json.load(open(path))
    return {'since': 0, 'logs': {}}


def save_state(path, state):
    """On disk before anything is signed: a signer forgets nothing."""
    with open(path + '.new', 'w') as file:
        json.dump(state, file)
        file.flush()
        os.fsync(file.fileno())
    os.rename(path + '.new', path)


def known_log(state, origin, accepted):
    """The tree that was signed last."""
    known = state['logs'].get(origin)
    if known is None:
        require(origin == accepted, 'a log that nobody told of: %s' % origin)
        return Range()
    return Range(known['size'], [bytes.fromhex(text)
                                 for text in known['frontier']])


def extend(tree, origin, size, lines):
    """Append the log's entries up to the size; the position behind them."""
    log = position = None
    index = first = 0
    for line in lines:
        item = json.loads(line)
        if item['type'] == 'log' and item['origin'] == origin:
            log = item['log']
        if item.get('log') != log or tree.size == size:
            continue
        if item['type'] == 'batch':
            first = index = item['first_index']
            position = item['first_position']
        elif item['type'] == 'entry':
            if index >= tree.size:
                require(index == tree.size, 'entries are missing')
                tree.append(leaf_hash(encode_entry(item)))
            index += 1
    require(tree.size == size, 'entries are missing: %d of %d'
            % (tree.size, size))
    return None if position is None else position + index - first


def check(state, text, accepted, lines):
    """The tree of the checkpoint, when it goes on from what was signed."""
    origin, size, root = read_checkpoint(text)
    tree = known_log(state, origin, accepted)
    require(size >= tree.size, 'the log has shrunk from %d to %d'
            % (tree.size, size))
    position = extend(tree, origin, size, lines)
    require(tree.root() == root,
            'the log is not the one that was signed: another root at %d'
            % size)
    state['logs'][origin] = {
        'size': tree.size, 'frontier': [item.hex() for item in tree.hashes]}
    if position is not None:
        state['since'] = max(state['since'], position)


def sign(options, seed, text):
    kind = COSIGNATURE if options.witness else SIGNATURE
    when = options.time if options.time is not None else int(time.time())
    return sign_line(options.name, kind, seed, text, when)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split('\n')[0])
    parser.add_argument('checkpoint', nargs='?')
    parser.add_argument('--state', help='file of what has been signed')
    parser.add_argument('--seed', help='file with the 32 bytes of the key')
    parser.add_argument('--name', help='name of the key')
    parser.add_argument('--accept', help='name of a log that is new')
    parser.add_argument('--witness', action='store_true',
                        help='cosign instead of signing')
    parser.add_argument('--time', type=int, help='of a cosignature')
    parser.add_argument('--since', action='store_true',
                        help='print where the next export has to begin')
    parser.add_argument('--vkey', action='store_true', help='print the key')
    options = parser.parse_args()
    state = load_state(options.state) if options.state else None
    if options.since:
        print(state['since'])
        return
    seed = open(options.seed, 'rb').read()
    if options.vkey:
        print(format_key(options.name,
                         COSIGNATURE if options.witness else SIGNATURE,
                         public_key(seed)))
        return
    note = open(options.checkpoint).read()
    end = note.rfind('\n\n')
    text, lines = (note, '') if end < 0 else (note[:end + 1], note[end + 2:])
    try:
        check(state, text, options.accept, sys.stdin)
    except (Refused, KeyError, ValueError) as problem:
        sys.exit('refused: %s' % (problem.args[0] if problem.args else problem))
    save_state(options.state, state)
    sys.stdout.write(text + '\n' + lines + sign(options, seed, text))


if __name__ == '__main__':
    main()
