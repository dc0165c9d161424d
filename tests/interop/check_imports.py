"""
Other programs' own rules, as they ship them, carried over: DataHub's classifier (datahub_classify.reference_input) and Presidio
(presidio_analyzer/conf). Each of their types is in the pack or in a note, and the pack is read, linted and tested without an error.

    check_imports.py TAGLINE

Looks in the virtual environments of the build folder (./dev bench makes one of peers); what is not there is left out.
"""
import ast
import glob
import json
import os
import re
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
PROGRAM = os.path.abspath(sys.argv[1])


def find(*path):
    """Files of an installed package, wherever one is."""
    places = [os.path.dirname(os.path.dirname(json.__file__)) + "/site-packages"]
    places += glob.glob(os.path.join(HERE, "..", "..", "build", "venv*", "lib", "python3*", "site-packages"))
    places += os.environ.get("TAGLINE_PEERS", "").split(":")
    return [found for place in places if place for found in sorted(glob.glob(os.path.join(place, *path)))]


def run(folder, *words):
    return subprocess.run([PROGRAM, *words], cwd=folder, capture_output=True, text=True, timeout=120, check=False)


def carried(folder, path, form, names):
    """Imports, and holds the pack to our own tools; nothing of `names` may be lost without a word."""
    answer = run(folder, "rules", "import", "--as", form, path)
    assert answer.returncode == 0, answer.stderr
    with open(os.path.join(folder, "made.yaml"), "w", encoding="utf-8") as f:
        f.write(answer.stdout)
    for verb in ("lint", "test"):
        checked = run(folder, "rules", verb, "made.yaml")
        assert checked.returncode == 0, f"{verb}: {checked.stdout}\n{checked.stderr}"
    said = (answer.stdout + answer.stderr).lower()
    lost = [name for name in names if name.lower() not in said and name.removesuffix("Recognizer").lower() not in said]
    assert not lost, f"neither carried over nor noted: {lost}"
    types = len(re.findall(r"^  - info_type: ", answer.stdout, re.M))
    notes = answer.stderr.count("warning: ")
    print(f"ok    {form}: {os.path.basename(path)}: {len(names)} of theirs, {types} types, {notes} notes")


def datahub(folder):
    found = find("datahub_classify", "reference_input.py")
    if not found:
        return False
    with open(found[0], encoding="utf-8") as f:
        tree = ast.parse(f.read())  # the package itself loads a language model when it is imported
    for node in tree.body:
        target = node.target if isinstance(node, ast.AnnAssign) else node.targets[0] if isinstance(node, ast.Assign) else None
        if target is None or not isinstance(node.value, ast.Dict):
            continue
        types = ast.literal_eval(node.value)
        if "Email_Address" not in types:
            continue
        path = os.path.join(folder, f"{target.id}.json")
        with open(path, "w", encoding="utf-8") as f:
            json.dump({"info_types_config": types}, f, indent=1)
        carried(folder, path, "datahub", list(types))
    return True


def presidio(folder):
    found = [p for p in find("presidio_analyzer", "conf", "*recognizers.yaml")]
    for path in found:
        with open(path, encoding="utf-8") as f:
            names = re.findall(r'^ *-? *name: "?([A-Za-z][A-Za-z ]*?[A-Za-z])"? *$', f.read(), re.M)
        carried(folder, path, "presidio", [n for n in names if n.endswith("Recognizer") or n.endswith("recognizer")])
    return bool(found)


def main():
    with tempfile.TemporaryDirectory() as folder:
        seen = [datahub(folder), presidio(folder)]
    if not any(seen):
        print("SKIP: neither datahub-classify nor presidio-analyzer is installed in the build folder")
        sys.exit(77)
    if not all(seen):
        print("note: only one of the two is installed")


main()
