"""
bench_push.py BUILD [DATASETS]: proposals a second, built and sent in batches of 200 to a stub on the loopback that says yes, beside
DataHub's own emitter sending the same proposals in the same run. The peer is in build/venv (tests/interop/requirements.txt);
without it its column says so. Lines as those of run.py: "what | ours | peer | ratio".
"""
import json
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time

HERE = os.path.dirname(os.path.abspath(__file__))
PEER = os.environ.get("TAGLINE_PEER") or os.path.join(HERE, "..", "..", "build", "venv", "bin", "python3")
YES = b'{"value":"success","noCode":"true","patchCapable":true}'
ANSWER = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s" % (len(YES), YES)


def serve(conn):
    """Reads requests and says yes: as little as a server can do, so that what is timed is the client."""
    conn.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    room = bytearray(1 << 20)
    held = b""
    while True:
        while b"\r\n\r\n" not in held:
            more = conn.recv(65536)
            if not more:
                return
            held += more
        head, _, held = held.partition(b"\r\n\r\n")
        names = dict(line.split(b":", 1) for line in head.lower().split(b"\r\n")[1:])
        left = int(names.get(b"content-length", 0)) - len(held)
        if b"expect" in names:
            conn.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")
        while left > 0:
            left -= conn.recv_into(room, min(left, len(room)))
        held = b""
        conn.sendall(ANSWER)


def stub():
    server = socket.create_server(("127.0.0.1", 0))
    print(server.getsockname()[1], flush=True)
    while True:
        threading.Thread(target=serve, args=(server.accept()[0],), daemon=True).start()


def peer(url, path):
    """What the emitter makes of the same proposals: objects first, untimed, then to_obj, JSON and HTTP, timed."""
    os.environ["DATAHUB_TELEMETRY_ENABLED"] = "false"
    from datahub.emitter.mcp import MetadataChangeProposalWrapper
    from datahub.emitter.rest_emitter import DatahubRestEmitter
    from datahub.emitter.serialization_helper import post_json_transform

    with open(path, encoding="utf-8") as f:
        proposals = [MetadataChangeProposalWrapper.from_obj(post_json_transform(p)) for p in json.load(f)]
    emitter = DatahubRestEmitter(url)
    emitter.test_connection()
    began = time.monotonic()
    for at in range(0, len(proposals), 200):
        emitter.emit_mcps(proposals[at:at + 200])
    print(json.dumps({"proposals": len(proposals), "seconds": time.monotonic() - began}))


def line(what, ours, theirs, why):
    beside = f"{theirs:,.0f} /s ({why})" if theirs else why
    ratio = f"{ours / theirs:,.0f}" if theirs else "-"
    print(f"{what:<58} | {ours:>13,.0f} /s | {beside:<36} | {ratio}", flush=True)


def main():
    if sys.argv[1] == "--stub":
        return stub()
    if sys.argv[1] == "--peer":
        return peer(*sys.argv[2:])
    program = os.path.join(sys.argv[1], "tests", "bench_push")
    datasets = sys.argv[2] if len(sys.argv) > 2 else "20000"
    server = subprocess.Popen([sys.executable, "-B", __file__, "--stub"], stdout=subprocess.PIPE, text=True)
    url = f"http://127.0.0.1:{int(server.stdout.readline())}"
    run = lambda *words: json.loads(subprocess.run(words, check=True, stdout=subprocess.PIPE).stdout)
    try:
        runs = [run(program, url, datasets) for _ in range(5)]
        assert all(r["accepted"] == r["proposals"] for r in runs), runs
        theirs, why = None, f"nothing in {os.path.relpath(PEER)}"
        with tempfile.TemporaryDirectory(prefix="tagline-bench-") as folder:
            path = os.path.join(folder, "proposals.json")
            run(program, path, "400")
            if os.path.exists(PEER):
                sent = [run(PEER, "-B", __file__, "--peer", url, path) for _ in range(3)]
                theirs, why = statistics.median(s["proposals"] / s["seconds"] for s in sent), "DatahubRestEmitter"
    finally:
        server.kill()
        server.wait()
    n, size = runs[0]["proposals"], runs[0]["bytes"] / runs[0]["proposals"]
    line(f"{n:,} proposals of {size:,.0f} bytes, built", n / statistics.median(r["build_s"] for r in runs), None, "-")
    line(f"{n:,} proposals of {size:,.0f} bytes, sent", n / statistics.median(r["send_s"] for r in runs), None, "-")
    line("proposals built and sent", n / statistics.median(r["build_s"] + r["send_s"] for r in runs), theirs, why)


if __name__ == "__main__":
    main()
