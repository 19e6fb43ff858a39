# SPDX-License-Identifier: Apache-2.0
"""What it costs to lose nothing: write-behind, an absent database, starting again."""

import re
import statistics
import threading
import time

from harness import Failed, Postgres, Sluice, load

ROUNDS = 3
TENANTS = 50_000  # A check spends on two limits of each.


def percentile(server, seconds, *how):
    """The p99 of checks at a steady rate, in microseconds, from the moment they were due."""
    run = load(server.port, server.tenants, *how, "--duration", f"{seconds}s", "--warm-up", "1s")
    bad = sum(times for outcome, times in run["outcomes"].items() if outcome != "allowed")
    if bad or run["unanswered_requests"]:
        raise Failed(f"checks failed: {run['outcomes']}")
    return run["latency_ns"]["p99"] / 1000


def write_behind(directory, postgres, seconds):
    """How long 100,000 counters take to the database; and the p99 of checks beside steady flushes
    against that beside none."""
    often = Sluice(directory, TENANTS, "often", ["--flush-interval", "1s", "--flush-tenants-max",
                                                TENANTS], postgres)
    try:
        often.touch_all()
        took = []
        for _ in range(ROUNDS):
            often.touch_all()
            await_status(often, lambda status: status["dirty_tenants"] == 0)
            took.append(often.status()["last_flush_ns"] / 1e9)
        steady = ["--rate", 400, "--batch", 64, "--in-turn"]
        with_flushes, without = [], []
        for _ in range(ROUNDS):
            with_flushes.append(percentile(often, seconds, *steady))
        often.stop()
        often.flags[1] = "1m"
        often.flags[3] = 1_000_000
        often.start()
        often.touch_all()
        for _ in range(ROUNDS):
            without.append(percentile(often, seconds, *steady))
        return statistics.median(took), statistics.median(with_flushes), statistics.median(without)
    finally:
        often.stop()


def await_status(server, wanted, patience=60):
    deadline = time.monotonic() + patience
    while not wanted(server.status()):
        if time.monotonic() > deadline:
            raise Failed(f"{server.name} does not get there: {server.status()}")
        time.sleep(0.05)


def database_away(directory, postgres, seconds):
    """The p99 of checks while the database is there and while it is away, and how long it takes to
    catch up."""
    server = Sluice(directory, TENANTS, "away", [], postgres, seed=False)
    try:
        server.touch_all()
        steady = ["--rate", 400, "--batch", 64]
        there = percentile(server, min(seconds, 10), *steady)
        postgres.stop()
        away = percentile(server, seconds, *steady)
        postgres.start()
        began = time.monotonic()
        await_status(server, lambda status: status["dirty_tenants"] == 0)
        return there, away, time.monotonic() - began
    finally:
        server.stop()


def start_again(directory, tenants, journal_bytes):
    """Seconds from the start of a server that was killed to its first answer."""
    server = Sluice(directory, tenants, "again", ["--flush-interval", "1m", "--flush-tenants-max",
                                                 1_000_000, "--journal-bytes-max", 1 << 31])
    try:
        while server.status()["journal"]["bytes_written"] < journal_bytes:
            server.touch_all()
        server.kill()
        began = time.monotonic()
        server.start()
        load(server.port, tenants, "--count", 1, "--callers", 1, "--warm-up", "0")
        took = time.monotonic() - began
        read = re.findall(r"journal_bytes_total=(\d+)", server.log.read_text())
        return took, int(read[-1]) if read else 0
    finally:
        server.stop()
