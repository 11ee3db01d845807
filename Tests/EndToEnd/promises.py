"""What a server owes to those who read its positive replies, and whether it keeps it.

Everything that can be seen of a server is a dictionary: ("mail", user, mailbox, token) -> how often
it is there and with which flags; ("mailbox", user, name), ("user", address), ("setting", ...) and so
on -> a value. An act says how it changes that dictionary; it begins before the command is sent, and
is kept when the positive reply has been read. Acts without a reply may have happened or not, but
only whole.
"""
import collections
import json
import os
import threading


class Act:
    """One command: what it changes, and what it does to UIDs. Values of None mean "not there"."""

    def __init__(self, kind, change, uids=()):
        self.kind, self.change, self.uids = kind, change, dict(uids)


class Promises:
    """The model; a line for each positive reply is on the disk before the next command goes out."""

    def __init__(self, path):
        self.file = open(path, "ab", buffering=0)
        self.lock = threading.Lock()
        self.holds = {}
        self.open = []
        self.history = History()
        self.kept = collections.Counter()        # kind -> positive replies
        self.happened = collections.Counter()    # kind -> acts that happened without a reply read
        self.lost = collections.Counter()        # kind -> acts that did not happen, nor had a reply

    def begin(self, kind, change):
        act = Act(kind, change)
        with self.lock:
            self.open.append(act)
        return act

    def keep(self, act, uids=()):
        with self.lock:
            self.file.write(json.dumps([act.kind, [[list(k), str(v)] for k, v in act.change.items()]]).encode() + b"\n")
            os.fsync(self.file.fileno())
            self._apply(act)
            self.kept[act.kind] += 1
            act.uids.update(uids)
            self.history.claim(act.uids)

    def refuse(self, act):
        with self.lock:
            self.open.remove(act)

    def value(self, key):
        with self.lock:
            return self.holds.get(key)

    def keys(self, *prefix):
        with self.lock:
            return [key for key in self.holds if key[:len(prefix)] == prefix]

    def _apply(self, act):
        self.open.remove(act)
        for key, value in act.change.items():
            if value is None:
                self.holds.pop(key, None)
            else:
                self.holds[key] = value

    def settle(self, shown):
        """Holds what a restarted server shows to the promises; the broken ones, as text.

        Acts whose reply nobody read are found to have happened or not; afterwards the model is
        what is there, and such acts are over.
        """
        broken = []
        for act in list(self.open):
            after = all(shown.get(key) == value for key, value in act.change.items())
            before = all(shown.get(key) == self.holds.get(key) for key in act.change)
            act.happened = after and not before
            if act.happened:
                self._apply(act)
                self.happened[act.kind] += 1
            else:
                self.open.remove(act)
                self.lost[act.kind] += 1
            if not after and not before:
                seen = {key: (self.holds.get(key), value, shown.get(key)) for key, value in act.change.items()}
                broken.append(f"{act.kind} happened in part: {seen}")
        for key in self.holds.keys() | shown.keys():
            if self.holds.get(key) != shown.get(key):
                broken.append(f"{key}: promised {self.holds.get(key)}, shown {shown.get(key)}")
        return broken


class History:
    """What was ever seen of UIDs: none may be used again, no counter may go back. RFC 9051 §2.3.1.1"""

    def __init__(self):
        self.owners = {}       # (user, mailbox, validity, uid) -> token
        self.validities = {}   # (user, mailbox) -> the greatest so far
        self.nexts = {}        # (user, mailbox, validity) -> the greatest UIDNEXT so far
        self.uidls = {}        # (user, uidl) -> token
        self.broken = []

    def claim(self, uids):
        for place, token in uids.items():
            if self.owners.setdefault(place, token) != token:
                self.broken.append(f"{place} was {self.owners[place]} and is {token}")

    def see(self, user, mailbox, validity, following, uids):
        """One mailbox as a server shows it: its UIDVALIDITY, its UIDNEXT, and uid -> token."""
        place = (user, mailbox)
        if validity < self.validities.get(place, 0):
            self.broken.append(f"{place}: UIDVALIDITY went from {self.validities[place]} to {validity}")
        self.validities[place] = validity
        known = self.nexts.get((*place, validity), 1)
        highest = max((u for u in uids), default=0)
        claimed = max((p[3] for p in self.owners if p[:3] == (*place, validity)), default=0)
        if following < known or following <= max(highest, claimed):
            self.broken.append(f"{place}: UIDNEXT {following} after {known}, highest {highest}, promised {claimed}")
        self.nexts[(*place, validity)] = following
        for uid in uids:
            if uid < known and (*place, validity, uid) not in self.owners:
                self.broken.append(f"{place}: UID {uid} appeared below UIDNEXT {known}")
        self.claim({(*place, validity, uid): token for uid, token in uids.items()})

    def see_uidl(self, user, uidl, token):
        if self.uidls.setdefault((user, uidl), token) != token:
            self.broken.append(f"UIDL {uidl} of {user} was {self.uidls[(user, uidl)]} and is {token}")
