# SPDX-License-Identifier: Apache-2.0
"""Servers that a bench starts and asks: ours, Redis, PostgreSQL."""

import csv
import json
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
BIN = ROOT / "build" / "bench" / "bin"
TARGETS = ["sluiced", "sluice-load", "sluicectl", "seed-tenants", "echo-server", "redis-caller", "kinds-load",
           "admin-load", "move-load"]
START_TIMEOUT_S = 30
SETTLE_TIMEOUT_S = 120

# The plain check with a limit: count, take back what does not fit, let the key end with its month.
REDIS_CHECK = """
local used = redis.call('INCRBY', KEYS[1], ARGV[1])
if used == tonumber(ARGV[1]) then redis.call('EXPIRE', KEYS[1], ARGV[3]) end
if used > tonumber(ARGV[2]) then
  redis.call('DECRBY', KEYS[1], ARGV[1])
  return -1
end
return ARGV[2] - used
"""
REDIS_ARGUMENTS = ["1", "1000000000000", "2592000"]  # amount, limit, seconds of a month
FEW_TENANTS = 10_000


class Failed(Exception):
    """The bench itself could not be run."""


def cores():
    """One core for the servers and one for whoever asks."""
    usable = sorted(os.sched_getaffinity(0))
    return usable[0], usable[-1]


SERVER_CORE, CLIENT_CORE = cores()


def on_core(core, command):
    return ["taskset", "-c", str(core), *map(str, command)]


def output_of(command):
    """Runs a client and returns what it printed."""
    done = subprocess.run(on_core(CLIENT_CORE, command), capture_output=True, text=True)
    if done.returncode != 0:
        raise Failed(f"{command[0]}: {done.stderr.strip() or done.stdout.strip()}")
    return done.stdout


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Server:
    """A server process of our own, pinned, that ends with the bench."""

    def __init__(self, command, port, log):
        self.port = port
        with open(log, "wb") as sink:
            self.process = subprocess.Popen(
                on_core(SERVER_CORE, command), stdout=sink, stderr=sink, stdin=subprocess.DEVNULL
            )
        try:
            self.await_port(log)
        except Failed:
            self.stop()
            raise

    def await_port(self, log):
        deadline = time.monotonic() + START_TIMEOUT_S
        while time.monotonic() < deadline and self.process.poll() is None:
            try:
                socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
                return
            except OSError:
                time.sleep(0.02)
        raise Failed(f"{self.process.args[3]} does not start: {pathlib.Path(log).read_text()[-500:]}")

    def resident_bytes(self):
        for line in pathlib.Path(f"/proc/{self.process.pid}/status").read_text().splitlines():
            if line.startswith("VmRSS:"):
                return int(line.split()[1]) * 1024
        raise Failed("the server is gone")

    def stop(self):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(timeout=60)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()


class Sluice(Server):
    """A sluiced with tenants of six limits each: a month's window and a rate on what is asked for,
    and four windows on other meters."""

    def __init__(self, directory, tenants, name=None, flags=(), postgres=None, seed=True):
        self.tenants = tenants
        self.name = name or f"sluice-{tenants}"
        self.data = directory / self.name
        self.log = directory / f"{self.name}.log"
        self.flags = [*flags, *(["--postgres", postgres.conninfo] if postgres else [])]
        place = ["--postgres", postgres.conninfo] if postgres else ["--data-directory", self.data]
        if seed:
            subprocess.run([BIN / "seed-tenants", *place, "--tenants", str(tenants)], check=True)
        self.start()

    def start(self):
        port = free_port()
        self.http_port = free_port()
        command = [BIN / "sluiced", "--data-directory", self.data, "--listen", f"127.0.0.1:{port}",
                   "--http-listen", f"127.0.0.1:{self.http_port}", "--reactors", 1, *self.flags]
        super().__init__(command, port, self.log)

    def kill(self):
        self.process.kill()
        self.process.wait()

    def status(self):
        """Its only reactor's figures."""
        asked = subprocess.run([BIN / "sluicectl", "--server", f"127.0.0.1:{self.port}", "--json",
                                "status"], check=True, capture_output=True, text=True)
        return json.loads(asked.stdout)["reactors"][0]

    def settle(self):
        """Waits until the store has what was spent: writing it would take the core from whatever is
        measured next."""
        deadline = time.monotonic() + SETTLE_TIMEOUT_S
        while self.status()["dirty_tenants"] > 0:
            if time.monotonic() > deadline:
                raise Failed(f"{self.name} does not get everything into its store")
            time.sleep(0.1)

    def touch_all(self):
        """Makes every tenant resident."""
        lists = -(-self.tenants // 64)
        run = load(self.port, self.tenants, "--in-turn", "--batch", 64, "--in-flight", 50,
                   "--count", lists, "--duration", "5m", "--warm-up", "0", "--timeout", "30s")
        if run["outcomes"]["allowed"] < self.tenants:
            raise Failed(f"not every tenant answers: {run['outcomes']}")


def load(port, tenants, *how, verify=0):
    """One run of sluice-load against tenants that are there."""
    return json.loads(
        output_of([BIN / "sluice-load", "--port", port, "--existing", "--limits", "six",
                   "--tenants", tenants, "--verify", verify, "--json", *how])
    )


def kinds(port, what, seconds):
    """What more than plain checks reach, each second."""
    told = output_of([BIN / "kinds-load", what, "--port", port, "--seconds", seconds])
    return json.loads(told)["per_second"]


class Redis(Server):
    """A private Redis that keeps nothing, with the script loaded."""

    def __init__(self, directory):
        port = free_port()
        command = ["redis-server", "--port", port, "--bind", "127.0.0.1", "--save", "",
                   "--appendonly", "no", "--dir", directory]
        super().__init__(command, port, directory / "redis.log")
        self.sha = output_of(["redis-cli", "-p", port, "script", "load", REDIS_CHECK]).strip()

    def rate(self, seconds, *shape):
        """Checks a second by redis-benchmark, which takes a count and not a time."""
        trial = self.benchmark(50_000, *shape)
        return self.benchmark(int(trial * seconds), *shape)

    def benchmark(self, count, *shape):
        rows = csv.DictReader(
            output_of(["redis-benchmark", "-p", self.port, "-n", count, "-r", FEW_TENANTS, "--csv",
                       *shape, "EVALSHA", self.sha, 1, "key:__rand_int__", *REDIS_ARGUMENTS]
                      ).splitlines()
        )
        return float(next(rows)["rps"])

    def one_caller(self, seconds):
        return json.loads(
            output_of([BIN / "redis-caller", "--port", self.port, "--sha", self.sha, "--keys",
                       FEW_TENANTS, "--seconds", seconds, "--arguments", *REDIS_ARGUMENTS])
        )



class Postgres:
    """A private PostgreSQL with its usual care for the disk, on a socket in its own directory."""

    def __init__(self, directory, name="postgres"):
        self.directory = directory / name
        self.directory.mkdir()
        if os.geteuid() == 0:
            os.chmod(directory, 0o755)  # It serves as another user, who has to get here.
            shutil.chown(self.directory, "postgres", "postgres")
        self.programs = pathlib.Path(self.run("pg_config", "--bindir").strip())
        self.run(self.programs / "initdb", "--auth=trust", "--username=postgres", "-D",
                 self.directory / "data")
        self.conninfo = f"host={self.directory} user=postgres dbname=postgres"
        self.start()

    def as_postgres(self, command):
        words = list(map(str, command))
        if os.geteuid() != 0:
            return words
        return ["setpriv", "--reuid", "postgres", "--regid", "postgres", "--clear-groups", *words]

    def run(self, *command):
        done = subprocess.run(self.as_postgres(command), capture_output=True, text=True, cwd="/")
        if done.returncode != 0:
            raise Failed(f"{command[0]}: {done.stderr.strip()}")
        return done.stdout

    def start(self):
        log = open(self.directory.parent / "postgres.log", "ab")
        self.process = subprocess.Popen(
            self.as_postgres([self.programs / "postgres", "-D", self.directory / "data", "-k",
                              self.directory, "-c", "listen_addresses=", "-c", "max_wal_size=2GB"]),
            stdout=log, stderr=log, stdin=subprocess.DEVNULL, cwd="/")
        deadline = time.monotonic() + START_TIMEOUT_S
        while subprocess.run(self.as_postgres([self.programs / "pg_isready", "-q", "-h",
                                               self.directory]), cwd="/").returncode != 0:
            if time.monotonic() > deadline or self.process.poll() is not None:
                raise Failed("PostgreSQL does not start")
            time.sleep(0.05)

    def stop(self, how=signal.SIGINT):
        if self.process.poll() is None:
            self.process.send_signal(how)
            self.process.wait(timeout=60)
