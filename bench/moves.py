#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Measures how long a tenant waits while its rows are moved from place to place.

    bench/moves.py --rounds 5

starts a PostgreSQL with a second database for an instance and a server of its own, and gives one
tenant a counter for each of 10,000 values of a label and 100,000 rows of history. Then the tenant
is moved round and round; of each kind of move it tells how long it took, and the longest wait of a
check and of a change of this tenant meanwhile: the median over the rounds, and the worst. It needs
`cmake --build --preset bench --target sluiced sluicectl move-load`.
"""
import argparse
import json
import pathlib
import statistics
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True
from harness import BIN, Failed, Postgres, Sluice, output_of

INSTANCE = "other"
SCHEMA = "sluice"
# For the tenant's meter: minutes, hours and days that have ended, back from today.
SHARES = {"minute": 0.9, "hour": 0.09, "day": 0.01}


def history(tenant, rows):
    """Statements that give it so many rows of usage."""
    hours = int(rows * SHARES["hour"]) + 24
    yield (f"SELECT {SCHEMA}.ensure_partitions((now() - interval '{hours} hours')::date,"
           " now()::date)")
    for unit, share in SHARES.items():
        yield (f"INSERT INTO {SCHEMA}.usage_{unit}s (tenant, meter, start, used, allowed, denied,"
               f" throttled) SELECT '{tenant}', 1, date_trunc('day', now()) - n * interval"
               f" '1 {unit}', 1, 1, 0, 0 FROM generate_series(1, {int(rows * share)}) AS n")


def moves(directory, postgres, rounds, labels, rows):
    """What move-load tells of each move."""
    psql = [postgres.programs / "psql", "-X", "-q", "-v", "ON_ERROR_STOP=1", "-d",
            postgres.conninfo, "-c"]
    postgres.run(*psql, f"CREATE DATABASE {INSTANCE}")
    instances = directory / "instances"
    instances.write_text(f"{INSTANCE} = host={postgres.directory} user=postgres"
                         f" dbname={INSTANCE}\n")
    flags = ["--instances", instances, "--usage-minutes-retention-days", 0,
             "--usage-hours-retention-days", 0, "--usage-days-retention-days", 0]
    server = Sluice(directory, 1, "moved", flags, postgres, seed=False)
    try:
        tenant = output_of([BIN / "move-load", "fill", "--port", server.port, "--labels",
                            labels]).strip()
        server.settle()
        for statement in history(tenant, rows):
            postgres.run(*psql, statement)
        return json.loads(output_of([BIN / "move-load", "moves", "--port", server.port, "--tenant",
                                     tenant, "--instance", INSTANCE, "--rounds", rounds]))
    finally:
        server.stop()


def by_kind(told):
    """The figures of each kind of move, in the order in which they came first."""
    kinds = {}
    for move in told:
        kinds.setdefault((move["from"], move["to"]), []).append(move)
    return kinds


def print_moves(told):
    print(f"{'from':20}{'to':20}{'took':>9}{'check':>9}{'worst':>9}{'change':>9}{'worst':>9}")
    for (source, to), of_kind in by_kind(told).items():
        def median(figure):
            return statistics.median(move[figure] for move in of_kind)

        def worst(figure):
            return max(move[figure] for move in of_kind)

        figures = [median("took_ms"), median("check_ms"), worst("check_ms"), median("change_ms"),
                   worst("change_ms")]
        print(f"{source:20}{to:20}" + "".join(f"{figure:7.0f}ms" for figure in figures))


def main():
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--rounds", type=int, default=5, help="of six moves each")
    options.add_argument("--labels", type=int, default=10_000, help="values of the label")
    options.add_argument("--rows", type=int, default=100_000, help="of history")
    asked = options.parse_args()
    try:
        with tempfile.TemporaryDirectory(prefix="sluice-moves-") as name:
            directory = pathlib.Path(name)
            postgres = Postgres(directory)
            try:
                print_moves(moves(directory, postgres, asked.rounds, asked.labels, asked.rows))
            finally:
                postgres.stop()
    except (Failed, subprocess.CalledProcessError, OSError) as problem:
        sys.exit(f"moves.py: {problem}")


if __name__ == "__main__":
    main()
