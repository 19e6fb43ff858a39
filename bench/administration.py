# SPDX-License-Identifier: Apache-2.0
"""What administrators wait for among many tenants, and what checks notice of them."""

import json
import subprocess

from harness import BIN, CLIENT_CORE, Failed, Sluice, load, on_core, output_of

CHANGES_PER_SECOND = 200
PAIRS = 5


def admin(port, tenants, *how):
    return on_core(CLIENT_CORE, [BIN / "admin-load", *how, "--port", port, "--tenants", tenants])


def searches(directory, postgres, tenants, count):
    """The latencies of each kind of question, in nanoseconds."""
    server = Sluice(directory, tenants, "searched", [], postgres)
    try:
        postgres.run("vacuumdb", "--analyze", "--quiet", "-h", postgres.directory, "-U", "postgres",
                     "postgres")
        asked = output_of([BIN / "admin-load", "search", "--port", server.port, "--tenants",
                           tenants, "--count", count])
        return json.loads(asked)
    finally:
        server.stop()


def beside_checks(server, seconds):
    """The p99 of checks under full load with changes beside it and with none, as pairs of runs."""
    def p99():
        run = load(server.port, server.tenants, "--batch", 64, "--in-flight", 50, "--duration",
                   f"{seconds}s", "--warm-up", "500ms")
        return run["latency_ns"]["p99"] / 1000

    def p99_beside_changes():
        command = admin(server.port, server.tenants, "changes", "--rate", CHANGES_PER_SECOND,
                        "--seconds", seconds + 1)
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                              text=True) as changes:
            measured = p99()
            told, objection = changes.communicate()
        if changes.returncode != 0:
            raise Failed(objection.strip())
        made = json.loads(told)["per_second"]
        if made < 0.9 * CHANGES_PER_SECOND:
            raise Failed(f"only {made} changes a second were made")
        return measured

    pairs = [(p99_beside_changes(), p99()) for _ in range(PAIRS)]
    # The pair whose ratio is in the middle: what disturbs both runs of a pair does not count.
    return sorted(pairs, key=lambda pair: pair[0] / pair[1])[len(pairs) // 2]
