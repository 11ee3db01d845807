"""Which bytes of an LMDB file mean something, by the page reader of tools/verify-log."""
import importlib.machinery
import importlib.util
import struct

from harness import ROOT

loader = importlib.machinery.SourceFileLoader("verify_log", str(ROOT / "tools/verify-log"))
verify_log = importlib.util.module_from_spec(importlib.util.spec_from_loader("verify_log", loader))
loader.exec_module(verify_log)


def used(path):
    """How long the file has to be: its last page in use ends there. What follows is room for more."""
    return (verify_log.LMDBFile(path).newest["last"] + 1) * verify_log.LMDBFile(path).page_size


def live(path):
    """(start, end, what) of each range of live bytes. Left out is what LMDB never reads again: free pages,
    free space, padding, most of the older meta page, the first separator of a page, and what only
    narrows a search (separators of tables that are not appended to, since when a page is free)."""
    file = verify_log.LMDBFile(path)
    size = file.page_size
    for number in (0, 1):
        start = number * size
        yield start, start + 12, "meta page"
        if number == file.newest["number"]:
            yield start + 16, start + 152, "meta page"
        else:
            yield start + 16, start + 46, "meta page"
            yield start + 144, start + 152, "meta page"
    trees = [("free", file.newest["free"]), ("tables", file.newest["main"])]
    trees += [(name.decode(), tree) for name, tree in file.tables.items()]
    for name, tree in trees:
        stack = [] if tree["root"] == verify_log.NONE else [tree["root"]]
        while stack:
            number = stack.pop()
            start = number * size
            kind, page, nodes = file.nodes(number, set())
            yield start, start + struct.unpack_from("<H", page, 12)[0], f"{name} page"
            for index, (at, value, flags, (key, end)) in enumerate(nodes):
                yield start + at, start + at + 8, f"{name} page"
                if kind == verify_log.BRANCH:
                    stack.append(value)
                    if index and name == "event":
                        yield start + key, start + end, f"{name} page"
                    continue
                if name != "free":
                    yield start + key, start + end, f"{name} page"
                what = {"event": "record", "tile": "tile", "meta": "meta"}.get(name, f"{name} page")
                if flags & 1:
                    first = struct.unpack_from("<Q", page, end)[0]
                    yield start + end, start + end + 8, f"{name} page"
                    yield first * size, first * size + 16, f"{name} page"
                    yield first * size + 16, first * size + 16 + value, what
                else:
                    yield start + end, start + end + value, what
