"""
Span lines of a scan, a review and a push against a real OpenTelemetry Collector: it takes each, and what it writes out holds every
span once with its parent. Building the collector takes minutes: only the soak form does it, and keeps it in build/.
"""
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request

PROGRAM = os.path.abspath(sys.argv[1])
BUILD = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "build", "collector")
VERSION = "v0.120.0"
RECIPE = f"""
dist: {{name: otelcol, output_path: {BUILD}, version: {VERSION[1:]}}}
receivers:
  - gomod: go.opentelemetry.io/collector/receiver/otlpreceiver {VERSION}
exporters:
  - gomod: github.com/open-telemetry/opentelemetry-collector-contrib/exporter/fileexporter {VERSION}
providers:
  - gomod: go.opentelemetry.io/collector/confmap/provider/envprovider v1.26.0
  - gomod: go.opentelemetry.io/collector/confmap/provider/fileprovider v1.26.0
  - gomod: go.opentelemetry.io/collector/confmap/provider/yamlprovider v1.26.0
"""


def skip(why):
    print(f"SKIP: {why}")
    sys.exit(77)


def collector():
    program = os.path.join(BUILD, "otelcol")
    if os.path.exists(program):
        return program
    if os.environ.get("TAGLINE_SOAK") != "1":
        skip("building an OpenTelemetry Collector takes minutes: ./dev soak does it")
    if not shutil.which("go"):
        skip("there is no go to build an OpenTelemetry Collector with")
    os.makedirs(BUILD, exist_ok=True)
    recipe = os.path.join(BUILD, "recipe.yaml")
    with open(recipe, "w", encoding="utf-8") as f:
        f.write(RECIPE)
    done = subprocess.run(["go", "run", f"go.opentelemetry.io/collector/cmd/builder@{VERSION}", "--config", recipe],
                          capture_output=True, text=True, cwd=BUILD)
    if done.returncode:
        skip("the OpenTelemetry Collector could not be built: " + done.stderr.strip().splitlines()[-1])
    return program


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def post(port, line):
    request = urllib.request.Request(f"http://127.0.0.1:{port}/v1/traces", data=line, headers={"Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=30) as answer:
        assert json.loads(answer.read()).get("partialSuccess", {}) == {}, "some spans were rejected"


def spans_in(lines):
    for line in lines:
        for resource in json.loads(line)["resourceSpans"]:
            for scope in resource["scopeSpans"]:
                yield from scope["spans"]


def lines_of_log(folder):
    def run(*words):
        return subprocess.run([PROGRAM, *words], cwd=folder, capture_output=True, check=True).stdout.splitlines()
    for row in run("log", "--json"):
        if json.loads(row)["run"]:
            yield from run("log", "show", json.loads(row)["run"], "--spans")


def wait_for(claim, what):
    for _ in range(300):
        if claim():
            return
        time.sleep(0.1)  # another program's pace: it says nowhere that it is done
    raise AssertionError(what)


def answers(port):
    with socket.socket() as s:
        return s.connect_ex(("127.0.0.1", port)) == 0


def main():
    program = collector()
    with tempfile.TemporaryDirectory(prefix="tagline-spans-") as folder:
        subprocess.run([PROGRAM, "demo", os.path.join(folder, "demo")], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=True)
        sent = list(lines_of_log(os.path.join(folder, "demo")))
        port, got = free_port(), os.path.join(folder, "got.jsonl")
        config = os.path.join(folder, "config.yaml")
        with open(config, "w", encoding="utf-8") as f:
            f.write(f"receivers: {{otlp: {{protocols: {{http: {{endpoint: '127.0.0.1:{port}'}}}}}}}}\n"
                    f"exporters: {{file: {{path: '{got}'}}}}\n"
                    "service: {telemetry: {metrics: {level: none}}, pipelines: {traces: {receivers: [otlp], exporters: [file]}}}\n")
        process = subprocess.Popen([program, "--config", config], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            wait_for(lambda: answers(port), "the collector does not listen")
            for line in sent:
                post(port, line)
        finally:
            process.terminate()
            process.wait(30)
        with open(got, encoding="utf-8") as f:
            arrived = list(spans_in(f))
        ids = {(span["traceId"], span["spanId"]) for span in arrived}
        assert len(sent) > 20 and len(arrived) == len(list(spans_in(sent))) == len(ids), (len(sent), len(arrived), len(ids))
        orphans = [s for s in arrived if s.get("parentSpanId") and (s["traceId"], s["parentSpanId"]) not in ids]
        assert not orphans, orphans[:3]
        print(f"ok    {len(arrived)} spans in {len(sent)} lines arrived")


main()
