"""Asks a helper program (libexec/mishen-pdf, mishen-ocr) over its socket, as a worker does."""

import os
import socket
import struct
import subprocess

ROLES = "body header footer comment deleted hidden meta name attr raw ocr".split()
WHATS = {1: "text", 2: "bytes", 3: "child", 4: "image"}
WANT_OCR = 1


class Answer:
    """What came back: items (what, role, page, name, content), outcomes (reason, page), stats."""

    def __init__(self):
        self.items, self.outcomes, self.stats, self.crashed = [], [], None, False

    def text(self, *roles):
        return "\n".join(
            content.decode("utf-8", "replace")
            for what, role, _, _, content in self.items
            if what in ("text", "bytes") and (not roles or role in roles)
        )

    def reasons(self):
        return sorted({reason for reason, _ in self.outcomes})


class Helper:
    """One running helper; started again when it broke off."""

    def __init__(self, program):
        self.program = program
        self.start()

    def start(self):
        mine, theirs = socket.socketpair()
        fd = theirs.fileno()
        self.process = subprocess.Popen(
            [self.program], preexec_fn=lambda: os.dup2(fd, 3), pass_fds=(3, fd)
        )
        theirs.close()
        self.stream = mine.makefile("rwb")
        mine.close()

    def frame(self):
        head = self.stream.read(8)
        if len(head) < 8:
            raise EOFError
        size, kind = struct.unpack("<II", head)
        return kind, self.stream.read(size)

    def ask(self, data, flags=0, pages=50, time_ms=30000):
        answer = Answer()
        request = struct.pack("<IIIIQQQ", 1, flags, pages, time_ms, len(data), 1 << 32, 96 << 20)
        try:
            self.stream.write(struct.pack("<II", len(request), 1) + request)
            for at in range(0, len(data), 65536):
                part = data[at : at + 65536]
                self.stream.write(struct.pack("<II", len(part), 2) + part)
            self.stream.flush()
            self.take(answer)
        except (EOFError, BrokenPipeError, ConnectionResetError):
            self.process.wait()
            answer.crashed = True
            self.start()
        return answer

    def take(self, answer):
        while True:
            kind, payload = self.frame()
            if kind == 6:
                return
            if kind == 3:
                what, role, _, page, size = struct.unpack("<IIIIQ", payload[:24])
                parts, got = [], 0
                while got < size:
                    parts.append(self.frame()[1])
                    got += len(parts[-1])
                answer.items.append(
                    (WHATS[what], ROLES[role], page, payload[24:].decode("utf-8", "replace"), b"".join(parts))
                )
            elif kind == 4:
                answer.outcomes.append((payload[12:].decode(), struct.unpack("<I", payload[:4])[0]))
            elif kind == 5:
                answer.stats = struct.unpack("<IIQ", payload)


class Checks:
    """Counts and names what failed."""

    def __init__(self):
        self.made = self.failed = 0

    def that(self, name, holds, detail=""):
        self.made += 1
        if not holds:
            self.failed += 1
            print("failed: %s %s" % (name, detail))

    def result(self):
        print("%d checks, %d failed" % (self.made, self.failed))
        return 1 if self.failed or not self.made else 0
