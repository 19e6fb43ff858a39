#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Checks that every test that a page of the docs names is there.

A page names a test as `Suite.Name`, several as `Suite.Start*` or `Suite.*`, and files and folders of
tests by their paths. Names of the schema (`Gateway.check`) begin with a small letter.
"""
import pathlib
import re
import sys

TEST = re.compile(r"\b(?:TYPED_TEST(?:_P)?|TEST(?:_[FP])?|RC_GTEST(?:_FIXTURE)?_PROP)"
                  r"\(\s*(\w+),\s*(\w+)")
NAMED = re.compile(r"`([A-Z]\w+)\.([A-Z]\w*\*?|\*)`")
FILE = re.compile(r"`(tests/[\w./-]+|\w+_test\.cpp)`")


def tests_of(root):
    """The names of the tests of each suite."""
    tests = {}
    for path in (root / "tests").rglob("*.[ch]pp"):
        for suite, name in TEST.findall(path.read_text(encoding="utf-8")):
            tests.setdefault(suite, set()).add(name)
    return tests


def is_there(tests, suite, name):
    if name.endswith("*"):
        return any(one.startswith(name[:-1]) for one in tests.get(suite, ()))
    return name in tests.get(suite, ())


def is_file(root, name):
    return (root / name).exists() if "/" in name else any((root / "tests").rglob(name))


def main():
    root = pathlib.Path(sys.argv[1]).resolve()
    tests = tests_of(root)
    named = 0
    complaints = []
    for page in sorted([*root.glob("*.md"), *root.glob("docs/**/*.md")]):
        for number, line in enumerate(page.read_text(encoding="utf-8").splitlines(), 1):
            where = f"{page.relative_to(root)}:{number}"
            for suite, name in NAMED.findall(line):
                named += 1
                if not is_there(tests, suite, name):
                    complaints.append(f"{where}: there is no test {suite}.{name}")
            for name in FILE.findall(line):
                if not is_file(root, name):
                    complaints.append(f"{where}: there is no {name}")
    print("\n".join(complaints) or f"all {named} tests that pages name are there")
    return 1 if complaints else 0


if __name__ == "__main__":
    sys.exit(main())
