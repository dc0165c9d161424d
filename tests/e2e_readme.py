"""The README's examples run, and the demo's output in it is what the demo says."""
import os
import re
import subprocess

from drive import PROGRAM, main, test

README = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "README.md")


def blocks():
    """The console blocks, each a list of lines."""
    with open(README, encoding="utf-8") as f:
        return [block.splitlines() for block in re.findall(r"```console\n(.*?)```", f.read(), re.S)]


def masked(line):
    """Without what differs from run to run: ids, times, durations; and without the spaces that align columns."""
    line = re.sub(r"\b\d{4}-\d\d-\d\d(T[\d:]+Z)?", "TIME", line)
    line = re.sub(r"\b(?=[a-f]*\d)[0-9a-f]{7,64}\b", "ID", line)
    line = re.sub(r"\b[\d.]+ (ms|s)\b", "SPAN", line)
    return " ".join(line.split())


@test
def the_demo_says_what_the_readme_shows(house):
    shown = next((block for block in blocks() if block and block[0] == "$ tagline scan"), [])
    assert len(shown) > 10, "the README shows no demo"
    done = subprocess.run([PROGRAM, "demo"], cwd=house.path, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          env=dict(os.environ, NO_COLOR="1"), check=True)
    said = [masked(line) for line in done.stdout.decode().splitlines()]
    at = 0
    for line in shown:
        if line.strip() in ("...", ""):
            continue
        rest = said[at:]
        assert masked(line) in rest, f"the demo does not say here: {line}"
        at += rest.index(masked(line)) + 1


@test
def the_commands_of_the_readme_run(house):
    house.shop()
    os.unlink(house.at("tagline.yaml"))
    own = next(block for block in blocks() if any("tagline init shop.db" in line for line in block))
    words = [line[2:].split("#")[0].strip() if "users#email" not in line else line[2:].split("  ")[0]
             for line in own if line.startswith("$ tagline")]
    assert len(words) >= 4, own
    os.symlink(PROGRAM, house.at("tagline"))
    for line in words:
        done = subprocess.run(["sh", "-c", line], cwd=house.path, capture_output=True,
                              env=dict(os.environ, PATH=house.path + ":" + os.environ["PATH"]))
        assert done.returncode == 0, (line, done.stdout, done.stderr)


main()
