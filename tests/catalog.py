"""
A metadata service as DataHub's GMS looks from outside, on the loopback: remembers what it is told, and can misbehave.
Standard library only.
"""
import http.server
import json
import threading


class Catalog:
    """`trouble` maps the start of a path to a list of answers; each answer is used once, the last one for ever."""

    def __init__(self, trouble=None):
        self.heard = []      # (method, path, headers, body)
        self.proposals = []  # accepted
        self.trouble = {path: list(answers) for path, answers in (trouble or {}).items()}
        catalog = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self):
                catalog.serve(self)

            def do_POST(self):
                catalog.serve(self)

            def log_message(self, *words):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def close(self):
        self.server.shutdown()
        self.server.server_close()

    def serve(self, request):
        body = request.rfile.read(int(request.headers.get("Content-Length", 0)))
        self.heard.append((request.command, request.path, str(request.headers), body))
        for path, answers in self.trouble.items():
            if request.path.startswith(path) and answers:
                answer = answers.pop(0) if len(answers) > 1 else answers[0]
                if answer:
                    answer(request)
                    return
        send(request, 200, json.dumps(self.answer(request.path, body)))

    def answer(self, path, body):
        if path.startswith("/config"):
            return {"noCode": "true", "patchCapable": True, "versions": {}}
        if "batchGet" in path:
            return []
        if "ingestProposal" in path:
            self.proposals += json.loads(body)["proposals"]
            return {"value": "ok"}
        return {"entities": []}


def send(request, status, text, kind="application/json", cut=0, headers=()):
    content = text.encode()
    request.send_response(status)
    request.send_header("Content-Type", kind)
    request.send_header("Content-Length", str(len(content) + cut))
    for name, value in headers:
        request.send_header(name, value)
    request.end_headers()
    request.wfile.write(content)
    if cut:
        request.wfile.flush()
        request.close_connection = True


def status(code, text='{"message": "no"}', **more):
    return lambda request: send(request, code, text, **more)


def html(request):
    send(request, 200, "<html><body>Sign in</body></html>", kind="text/html")


def cut_off(request):
    send(request, 200, '{"noCode": "tr', cut=500)


def silence(request):
    request.close_connection = True
    request.connection.close()
