#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Checks the rules of style that matter, over every tracked or new file of the checkout.

Each rule is a function from a file's path and lines to complaints; the first line of its docstring
is the rule.
"""
import pathlib
import re
import subprocess
import sys

LINE_MAX = 100
FILE_LINES_MAX = 400
FUNCTION_LINES_MAX = 70
CODE = {".cpp", ".hpp"}
LICENSED = CODE | {".capnp", ".cmake", ".py", ".sh"}


def licence(path, lines):
    """The first lines name the licence."""
    if path.suffix in LICENSED or path.name == "CMakeLists.txt":
        if not any("SPDX-License-Identifier: Apache-2.0" in line for line in lines[:2]):
            yield 1, "no SPDX-License-Identifier: Apache-2.0"


def line_length(path, lines):
    """No line of code is longer than 100 characters."""
    if path.suffix in CODE:
        for number, line in enumerate(lines, 1):
            if len(line) > LINE_MAX and "http" not in line:
                yield number, f"{len(line)} characters"


def file_length(path, lines):
    """A file is one thing: at most 400 lines."""
    if path.suffix in CODE and len(lines) > FILE_LINES_MAX:
        yield 1, f"{len(lines)} lines"


def function_length(path, lines):
    """A function can be held in mind: at most 70 lines."""
    if path.suffix != ".cpp":
        return
    start = None
    for number, line in enumerate(lines, 1):
        opens = re.match(r"[A-Za-z].*[){] ?\{?$", line) and line.endswith("{")
        if opens and not re.match(r"(namespace|class|struct|enum|union|extern)\b", line):
            start = number
        elif line.startswith("}") and start:
            if number - start > FUNCTION_LINES_MAX:
                yield start, f"a function of {number - start} lines"
            start = None


def header_guard(path, lines):
    """Headers begin with #pragma once."""
    if path.suffix == ".hpp" and "#pragma once" not in lines[:3]:
        yield 1, "no #pragma once"


def own_header_first(path, lines):
    """A source includes its own header before all else, which shows that it compiles alone."""
    header = path.with_suffix(".hpp")
    if path.suffix == ".cpp" and pathlib.Path(sys.argv[1], header).exists():
        first = next((line for line in lines if line.startswith("#include")), "")
        if first != f'#include "{header}"':
            yield 1, f"does not begin with {header.name}"


def plans(path, lines):
    """A plan names its reason, and nothing broken is merged."""
    if path.suffix in CODE | {".capnp", ".sh"}:
        for number, line in enumerate(lines, 1):
            if re.search(r"\b(FIXME|XXX)\b", line):
                yield number, "FIXME or XXX"
            if "TODO" in line and not re.search(r"TODO\((perf|cleanup|port|test)\): \w", line):
                yield number, "TODO without (perf|cleanup|port|test): why"


def no_sleep(path, lines):
    """Tests take time as an input and never sleep."""
    if path.parts[0] == "tests" and path.suffix in CODE:
        for number, line in enumerate(lines, 1):
            if re.search(r"\b(sleep_for|sleep_until|usleep|nanosleep)\b", line):
                yield number, "sleeps"


RULES = [licence, line_length, file_length, function_length, header_guard, own_header_first, plans,
         no_sleep]


def tracked(root):
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=root, check=True, capture_output=True, text=True).stdout
    return [pathlib.Path(name) for name in listed.splitlines()]


def format_complaints(root, files):
    sources = [str(f) for f in files if f.suffix in CODE and (root / f).exists()]
    ran = subprocess.run(["clang-format", "--dry-run", "-Werror", *sources], cwd=root,
                         capture_output=True, text=True, check=False)
    seen = {line.split(":")[0] for line in ran.stderr.splitlines() if ": error:" in line}
    return [f"{name}: not clang-formatted" for name in sorted(seen)]


def main():
    root = pathlib.Path(sys.argv[1]).resolve()
    files = tracked(root)
    complaints = format_complaints(root, files)
    for path in files:
        full = root / path
        if not full.is_file() or path.suffix not in LICENSED and path.name != "CMakeLists.txt":
            continue
        lines = full.read_text(encoding="utf-8").splitlines()
        for rule in RULES:
            for number, complaint in rule(path, lines):
                complaints.append(f"{path}:{number}: {complaint} ({rule.__doc__.splitlines()[0]})")
    print("\n".join(complaints) or f"{len(files)} files in order")
    return 1 if complaints else 0


if __name__ == "__main__":
    sys.exit(main())
