"""A remote SMTP or LMTP server that does what a test tells it to, and keeps what it heard.

`Remote.on` maps a stage of the dialogue to an action, a coroutine function of the session. It returns
the octets of the reply, nothing where all goes the usual way, or SAID where it has answered by itself.
Stages: connect, ehlo, helo, starttls, auth, mail, rcpt, data, half, dot, rset, quit.
"""
import asyncio
import base64
import dataclasses
import json
import os
import re
import socket
import struct
import threading

FEATURES = ("PIPELINING", "8BITMIME", "SMTPUTF8", "SIZE 50000000", "DSN", "ENHANCEDSTATUSCODES")
LONGEST = 1 << 16
#: What an action returns that has answered by itself.
SAID = b""


class Loop:
    """One event loop in a thread, for all remotes of a world."""

    def __init__(self):
        self.loop = asyncio.new_event_loop()
        self.thread = threading.Thread(target=self.loop.run_forever, daemon=True)
        self.thread.start()

    def run(self, coroutine, timeout=20):
        return asyncio.run_coroutine_threadsafe(coroutine, self.loop).result(timeout)

    def stop(self):
        async def end():
            tasks = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

        self.run(end())
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join()
        self.loop.close()


@dataclasses.dataclass
class Letter:
    """A message that a remote took responsibility for."""
    sender: str
    recipients: list
    #: As it was on the wire: dots still stuffed, without the end of data.
    wire: bytes
    #: Words behind the addresses of MAIL and RCPT.
    parameters: list
    session: "Session"

    @property
    def text(self):
        """The message itself."""
        return re.sub(rb"(?m)^\.", b"", self.wire) if not self.session.is_chunked else self.wire

    def header(self, name):
        head = self.text.split(b"\r\n\r\n")[0].decode("utf-8", "replace")
        found = re.search(rf"(?im)^{re.escape(name)}:[ \t]*((?:.|\r\n[ \t])*)", head)
        return found and found.group(1)


class Left(Exception):
    """The connection is over."""


class Session:
    def __init__(self, remote, reader, writer):
        self.remote, self.reader, self.writer = remote, reader, writer
        self.heard = bytearray()      # every octet of the client, after the TLS layer
        self.commands = []
        self.stages = []
        self.is_secured = self.is_chunked = False
        self.is_open = True
        self.user = None
        self.reset()

    def reset(self):
        self.sender, self.recipients, self.parameters, self.chunks = None, [], [], b""

    async def say(self, octets):
        self.writer.write(octets)
        await self.writer.drain()

    async def octets(self, count=None, until=None):
        try:
            got = await (self.reader.readuntil(until) if until else self.reader.readexactly(count))
        except asyncio.IncompleteReadError as error:
            self.heard += error.partial
            raise Left from None
        self.heard += got
        return got

    async def act(self, stage, reply):
        """Carries out what the test wants at this stage; otherwise says the reply. Whether the
        answer was a positive one."""
        self.stages.append(stage)
        action = self.remote.on.get(stage)
        answer = await action(self) if action else None
        reply = self.last = reply if answer is None else answer
        if not reply:
            return False
        if stage == "dot" and reply[:1] == b"2":
            self.remote.take(self)
        await self.say(reply)
        return reply[:1] in b"23"

    async def converse(self):
        if self.remote.context and self.remote.is_implicit:
            await self.secure()
        await self.act("connect", b"220 %s ready\r\n" % self.remote.host.encode())
        while True:
            line = (await self.octets(until=b"\r\n"))[:-2]
            self.commands.append(line)
            verb, _, rest = line.partition(b" ")
            handler = getattr(self, "hear_" + verb.decode("ascii", "replace").lower(), None)
            if handler is None:
                await self.say(b"500 5.5.2 what?\r\n")
            else:
                await handler(rest)

    async def hear_ehlo(self, rest):
        self.reset()
        words = list(self.remote.features)
        if self.remote.context and not self.is_secured:
            words.append("STARTTLS")
        if self.remote.users and (self.is_secured or not self.remote.context):
            words.append("AUTH PLAIN LOGIN")
        lines = [self.remote.host, *words]
        await self.act("ehlo", "".join(
            f"250{' ' if n == len(lines) else '-'}{line}\r\n" for n, line in enumerate(lines, 1)).encode())

    hear_lhlo = hear_ehlo

    async def hear_helo(self, rest):
        self.reset()
        await self.act("helo", b"250 %s\r\n" % self.remote.host.encode())

    async def hear_starttls(self, rest):
        if await self.act("starttls", b"220 2.0.0 go ahead\r\n"):
            await self.secure()

    async def secure(self):
        await self.writer.start_tls(self.remote.context)
        self.is_secured = True
        self.reset()

    async def hear_auth(self, rest):
        words = rest.split()
        if words[0].upper() == b"PLAIN":
            if len(words) == 1:
                await self.say(b"334 \r\n")
                words.append((await self.octets(until=b"\r\n")).strip())
            _, user, password = base64.b64decode(words[1]).split(b"\0")
        else:
            await self.say(b"334 VXNlcm5hbWU6\r\n")
            user = base64.b64decode(await self.octets(until=b"\r\n"))
            await self.say(b"334 UGFzc3dvcmQ6\r\n")
            password = base64.b64decode(await self.octets(until=b"\r\n"))
        is_right = self.remote.users.get(user.decode()) == password.decode()
        if await self.act("auth", b"235 2.7.0 welcome\r\n" if is_right else b"535 5.7.8 wrong\r\n"):
            self.user = user.decode()

    async def hear_mail(self, rest):
        self.reset()
        if self.remote.users and not self.user:
            return await self.say(b"530 5.7.0 who are you?\r\n")
        if await self.act("mail", b"250 2.1.0 ok\r\n"):
            self.sender = self.path(rest)

    async def hear_rcpt(self, rest):
        if self.sender is None:
            return await self.say(b"503 5.5.1 MAIL first\r\n")
        self.recipient = self.path(rest)
        if await self.act("rcpt", b"250 2.1.5 ok\r\n"):
            self.recipients.append(self.recipient)

    def path(self, rest):
        found = re.match(rb"(?i)(?:FROM|TO):<([^>]*)>(.*)$", rest)
        self.parameters.append(found.group(2).decode().strip())
        return found.group(1).decode("utf-8", "replace")

    async def hear_data(self, rest):
        if not self.recipients:
            return await self.act("data", b"554 5.5.1 no valid recipients\r\n")
        if not await self.act("data", b"354 go ahead\r\n"):
            return
        self.wire, is_wanted = b"", True
        if self.remote.reads_half:
            self.wire = await self.octets(count=self.remote.reads_half)
            await self.act("half", SAID)
            is_wanted = self.last[:1] not in (b"4", b"5")
        while not (b"\r\n" + self.wire).endswith(b"\r\n.\r\n"):
            self.wire += await self.octets(until=b"\n")
        self.wire = self.wire[:-3]
        if is_wanted:
            await self.end_of_message()
        else:
            self.reset()

    async def hear_bdat(self, rest):
        words = rest.split()
        self.is_chunked = True
        self.chunks += await self.octets(count=int(words[0]))
        if words[1:] != [b"LAST"]:
            return await self.say(b"250 2.0.0 more\r\n")
        self.wire = self.chunks
        await self.end_of_message()

    async def end_of_message(self):
        replies = len(self.recipients) if self.remote.is_lmtp else 1
        for index in range(replies):
            self.answered = self.recipients[index] if self.remote.is_lmtp else None
            await self.act("dot", b"250 2.0.0 taken\r\n")
        self.reset()

    async def hear_rset(self, rest):
        self.reset()
        await self.act("rset", b"250 2.0.0 ok\r\n")

    async def hear_noop(self, rest):
        await self.say(b"250 2.0.0 ok\r\n")

    async def hear_quit(self, rest):
        await self.act("quit", b"221 2.0.0 bye\r\n")
        raise Left


class Remote:
    """The server. `letters` is what it took responsibility for, `sessions` who came."""

    def __init__(self, loop, address, port, host="remote.test", on=None, features=FEATURES, context=None,
                 is_implicit=False, is_lmtp=False, users=None, record=None):
        self.loop, self.address, self.port, self.host = loop, address, port, host
        self.on = dict(on or {})
        self.features, self.context, self.is_implicit, self.is_lmtp = features, context, is_implicit, is_lmtp
        self.users = users or {}
        self.reads_half = 0
        self.letters, self.sessions = [], []
        self.file = open(record, "ab", buffering=0) if record else None
        self.server = loop.run(asyncio.start_server(self.serve, address, port, limit=LONGEST, backlog=1024))

    async def serve(self, reader, writer):
        session = Session(self, reader, writer)
        self.sessions.append(session)
        try:
            await session.converse()
        except (Left, ConnectionError, OSError, asyncio.LimitOverrunError):
            pass
        finally:
            session.is_open = False
            writer.close()

    def take(self, session):
        """The message is this server's from here on; where it keeps a record, it is on the disk."""
        recipients = [session.answered] if self.is_lmtp else list(session.recipients)
        letter = Letter(session.sender, recipients, bytes(session.wire), list(session.parameters), session)
        if self.file:
            self.file.write(json.dumps(
                [letter.sender, letter.recipients, base64.b64encode(letter.wire).decode()]).encode() + b"\n")
            os.fsync(self.file.fileno())
        self.letters.append(letter)

    def recipients(self):
        """Every recipient of every letter, in order, as often as it came."""
        return [recipient for letter in self.letters for recipient in letter.recipients]

    def stop(self):
        async def end():
            self.server.close()
            for session in self.sessions:
                if session.is_open:
                    session.writer.transport.abort()

        self.loop.run(end())
        if self.file:
            self.file.close()


def reply(*texts):
    """Says these replies, one each time, the last from then on."""
    waiting = list(texts)

    async def action(session):
        return (waiting.pop(0) if len(waiting) > 1 else waiting[0]).encode() + b"\r\n"

    return action


def then(*actions):
    """One action after the other, as far as they let it come."""
    async def action(session):
        for each in actions:
            text = await each(session)
            if text:
                await session.say(text)
        return SAID

    return action


def by_recipient(texts):
    """Says what is told for the recipient of this RCPT, or of this answer of LMTP."""
    async def action(session):
        text = texts.get(session.answered if session.stages[-1] == "dot" else session.recipient)
        return text and text.encode() + b"\r\n"

    return action


def at_first(action, times=1):
    """Only the first times; as usual afterwards."""
    left = [times]

    async def first(session):
        left[0] -= 1
        return await action(session) if left[0] >= 0 else None

    return first


def after_taking(action):
    """Takes responsibility for the message, and then acts: whether it came nobody is told."""
    async def taken(session):
        session.remote.take(session)
        return await action(session)

    return taken


async def hang(session):
    """Never answers, and reads nothing more."""
    await asyncio.sleep(3600)


async def close(session):
    raise Left


async def abort(session):
    """Ends with a TCP reset."""
    session.writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    session.writer.transport.abort()
    raise Left


async def listen(session):
    """Waits until the client has said something, whatever it is."""
    await session.reader.read(1)


def raw(octets, pause=0):
    """Says octets that need not be a reply, all at once or one by one with a pause before each."""
    async def action(session):
        for piece in [octets] if not pause else [octets[n:n + 1] for n in range(len(octets))]:
            await asyncio.sleep(pause)
            await session.say(piece)
        return SAID

    return action


def flood(octets, total=1 << 30):
    """Says the same again and again, a gigabyte of it unless told otherwise, and closes."""
    async def action(session):
        piece = octets * max(1, (1 << 16) // len(octets))
        session.flooded = 0
        while session.flooded < total:
            await session.say(piece)
            session.flooded += len(piece)
        raise Left

    return action


def call(act, then=None):
    """Calls a plain function, such as one that kills the client, and goes on."""
    async def action(session):
        act()
        return await then(session) if then else None

    return action
