#!/usr/bin/env python3
"""Verify an export of gauth's ledger, or a bundle about one entry.

    psql -XAtc 'SELECT gauth.audit_export()' | verify.py --key VKEY
    psql -XAtc "SELECT gauth.audit_bundle('RECEIPT')" | verify.py --key VKEY

Every entry is encoded again, every commitment, leaf, root and proof
computed anew; nothing that the database says about a hash is believed.
Without a key that signed a checkpoint this shows only that the export agrees
with itself: whoever can rewrite the database can make such an export.
"""

import argparse
import itertools
import json
import sys

from tlog import (Key, Range, Refused, encode_entry, leaf_hash,
                  open_note, read_checkpoint, read_tlog_proof, require,
                  root_from_inclusion, split_note)


class Log:
    """One log of the export, as far as it has been read."""

    def __init__(self, origin):
        self.origin = origin
        self.tree = None
        self.covered = None       # what the last batch's snapshot covers
        self.expected = {}        # roots that checkpoints claim, by size

    def covers(self, xid):
        return self.covered is not None and is_covered(self.covered, xid)


def is_covered(snapshot, xid):
    return xid < snapshot['xmax'] and xid not in snapshot['xip']


class Verifier:
    def __init__(self, keys, origins):
        self.keys, self.origins = keys, origins
        self.logs = {}
        self.lanes = {}           # number: (sequence, leaf)
        self.batch = None
        self.left = []            # leaves that the batch still has to show
        self.first = None
        self.counts = dict.fromkeys(
            ('entries', 'commitments', 'chained', 'batches', 'roots',
             'checkpoints', 'signed'), 0)

    def take(self, item):
        require(not self.left or item['type'] == 'entry' or
                item['type'] == 'checkpoint', 'entries of a batch are missing')
        getattr(self, 'take_' + item['type'])(item)

    def take_log(self, item):
        require(not self.origins or item['origin'] in self.origins,
                'a log of another name: %s' % item['origin'])
        self.logs.setdefault(item['log'], Log(item['origin']))

    def take_batch(self, item):
        log = self.logs[item['log']]
        if log.tree is None:
            log.tree = Range(item['first_index'], [
                bytes.fromhex(text) for text in item['frontier_before']])
        require(log.tree.size == item['first_index'],
                'batch %d does not follow the one before' % item['batch'])
        self.batch, self.done = item, 0
        self.left = [bytes.fromhex(text) for text in item['leaves']]
        require(len(self.left) == item['size'],
                'batch %d has another size' % item['batch'])
        if self.first is None:
            self.first = item['first_position']
        if not self.left:
            self.finish_batch()

    def take_entry(self, item):
        log = self.logs[item['log']]
        require(self.left and item['log'] == self.batch['log'],
                'an entry outside of a batch')
        require(item['position'] == self.batch['first_position'] + self.done,
                'an entry at another place')
        leaf = leaf_hash(encode_entry(item))
        self.counts['commitments'] += 1
        require(leaf == self.left.pop(0),
                'entry %d is not what was sealed' % item['position'])
        require(is_covered(self.batch['snapshot'], item['xid'])
                and not log.covers(item['xid']),
                'entry %d is in the wrong batch' % item['position'])
        self.check_chain(item, leaf)
        log.tree.append(leaf)
        self.done += 1
        self.counts['entries'] += 1
        self.check_size(log)
        if not self.left:
            self.finish_batch()

    def check_chain(self, item, leaf):
        before = self.lanes.get(item['lane'])
        if before is None and item['lane_seq'] == 1:
            before = 0, bytes(32)
        if before is None:
            # where an export begins in the middle, so do its lanes
            require(self.first > 0, 'session %d has a gap' % item['lane'])
        else:
            require(item['lane_seq'] == before[0] + 1,
                    'session %d has a gap' % item['lane'])
            require(bytes.fromhex(item['previous']) == before[1],
                    'entry %d does not follow the one before in its session'
                    % item['position'])
            self.counts['chained'] += 1
        self.lanes[item['lane']] = item['lane_seq'], leaf

    def check_size(self, log):
        expected = log.expected.pop(log.tree.size, None)
        if expected is not None:
            require(log.tree.root() == expected,
                    'the root at %d is not what was signed' % log.tree.size)
            self.counts['roots'] += 1

    def finish_batch(self):
        log = self.logs[self.batch['log']]
        require(log.tree.root().hex() == self.batch['root'],
                'batch %d has another root' % self.batch['batch'])
        log.covered = self.batch['snapshot']
        self.counts['batches'] += 1
        self.counts['roots'] += 1

    def take_checkpoint(self, item):
        self.expect(item['note'], self.logs[item['log']], item['size'])

    def expect(self, note, log, size=None):
        """A checkpoint that the log must agree with."""
        text = open_note(note, self.keys) if self.keys else split_note(note)[0]
        origin, claimed, root = read_checkpoint(text)
        require(origin == log.origin, 'a checkpoint of another log')
        require(size in (None, claimed), 'a checkpoint of another size')
        require(log.expected.setdefault(claimed, root) == root,
                'two checkpoints of one size')
        self.counts['checkpoints'] += 1
        if self.keys:
            self.counts['signed'] = max(self.counts['signed'], claimed)

    def finish(self):
        require(not self.left, 'entries of a batch are missing')
        for log in self.logs.values():
            require(not log.expected, 'the log ends before a checkpoint')


def verify_bundle(item, keys, origins):
    """One entry, its proof, and the checkpoint that it leads to."""
    require(not origins or item['origin'] in origins, 'another log')
    leaf = bytes.fromhex(item['leaf'])
    if 'entry' in item:
        require(leaf_hash(encode_entry(item['entry'])) == leaf,
                'the entry is not that of the leaf')
    root = root_from_inclusion(leaf, item['index'], item['size'],
                               [bytes.fromhex(text) for text in item['proof']])
    require(root.hex() == item['root'], 'the proof leads to another root')
    index, proof, note = read_tlog_proof(item['tlog_proof'])
    require(note == item['checkpoint'] and index == item['index']
            and [text.hex() for text in proof] == item['proof'],
            'the tlog-proof says something else')
    if keys:
        text = open_note(note, keys)
    else:
        text = split_note(note)[0] if '\n\n' in note else note
    require(read_checkpoint(text) == (item['origin'], item['size'], root),
            'the checkpoint says something else')
    print('verified: entry %d of %d%s' % (item['index'], item['size'],
                                          ', signed' if keys else ''))


def verify_export(lines, verifier, checkpoint):
    pinned = open(checkpoint).read() if checkpoint else None
    for item in lines:
        verifier.take(item)
        if pinned and item['type'] == 'log':
            log = verifier.logs[item['log']]
            if pinned.startswith(log.origin + '\n'):
                verifier.expect(pinned, log)
                pinned = None
    verifier.finish()
    require(pinned is None, 'nothing of the log of the checkpoint')
    print('verified: ' + ', '.join('%d %s' % (number, name) for name, number
                                   in verifier.counts.items()))


def main():
    parser = argparse.ArgumentParser(description=__doc__.split('\n')[0])
    parser.add_argument('file', nargs='?', help='instead of standard input')
    parser.add_argument('--key', action='append', default=[],
                        help='NAME+ID+BASE64 of who must have signed')
    parser.add_argument('--origin', action='append', default=[],
                        help='name of a log that is expected')
    parser.add_argument('--checkpoint',
                        help='file with a signed checkpoint of your own')
    options = parser.parse_args()
    source = open(options.file) if options.file else sys.stdin
    lines = (json.loads(line) for line in source if line.strip())
    try:
        keys = [Key(text) for text in options.key]
        first = next(lines, None)
        require(first is not None, 'nothing to verify')
        if first['type'] == 'bundle':
            verify_bundle(first, keys, options.origin)
            return
        verify_export(itertools.chain([first], lines),
                      Verifier(keys, options.origin), options.checkpoint)
    except (Refused, KeyError, ValueError) as problem:
        sys.exit('refused: %s' % (problem.args[0] if problem.args else problem))


if __name__ == '__main__':
    main()
