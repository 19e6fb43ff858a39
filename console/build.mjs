// SPDX-License-Identifier: Apache-2.0
// Builds the console and writes it down as a C++ source for the server to hold.
//   node build.mjs OUT      in a directory that has `node_modules`
// makes OUT/files, which any server of files can serve for trying, and OUT/console_files.cpp.
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";

const gzipBytesMax = 150_000;

const here = dirname(fileURLToPath(import.meta.url));
const source = join(here, "src");
const modules = join(process.cwd(), "node_modules");
const out = process.argv[2] ?? "dist";
const esbuild = createRequire(join(process.cwd(), "build.mjs"))("esbuild");

async function bundle(entry) {
  const built = await esbuild.build({
    entryPoints: [join(source, entry)],
    nodePaths: [modules],
    bundle: true,
    minify: true,
    write: false,
    format: "esm",
    target: "es2020",
    jsx: "automatic",
    jsxImportSource: "preact",
    legalComments: "none",
    logLevel: "warning",
  });
  return Buffer.from(built.outputFiles[0].contents);
}

const hashOf = (bytes) => createHash("sha256").update(bytes).digest("hex").slice(0, 16);

/** A file whose name changes with what is in it, so that a browser need never ask again. */
function asset(name, extension, type, bytes) {
  return { name: `${name}.${hashOf(bytes)}.${extension}`, type, bytes, changes: false };
}

const script = asset("console", "js", "text/javascript; charset=utf-8", await bundle("main.tsx"));
const style = asset("console", "css", "text/css; charset=utf-8", await bundle("console.css"));
const icon = asset("icon", "svg", "image/svg+xml", readFileSync(join(source, "icon.svg")));
const names = { "console.js": script.name, "console.css": style.name, "icon.svg": icon.name };
const page = readFileSync(join(source, "index.html"), "utf8").replace(
  /\{\{(.*?)\}\}/g,
  (_, name) => names[name],
);
const index = {
  name: "",
  type: "text/html; charset=utf-8",
  bytes: Buffer.from(page),
  changes: true,
};
const files = [index, script, style, icon].map((file) => ({
  ...file,
  gzip: gzipSync(file.bytes, { level: 9 }),
}));

/** Octal escapes always have three digits, so what follows one cannot be taken for a part of it. */
function literal(bytes) {
  const lines = [];
  for (let at = 0; at < bytes.length; at += 64) {
    let line = "";
    for (const byte of bytes.subarray(at, at + 64)) {
      const plain = byte >= 0x20 && byte < 0x7f && !'"\\?'.includes(String.fromCharCode(byte));
      line += plain ? String.fromCharCode(byte) : `\\${byte.toString(8).padStart(3, "0")}`;
    }
    lines.push(`    "${line}"`);
  }
  return lines.join("\n");
}

function view(bytes) {
  return `std::string_view{\n${literal(bytes)},\n    ${bytes.length}}`;
}

const rows = files.map(
  (file) => `  ConsoleFile{
    .path = "/console/${file.name}",
    .type = "${file.type}",
    .tag = "${hashOf(file.bytes)}",
    .keeps = ${!file.changes},
    .plain = ${view(file.bytes)},
    .gzip = ${view(file.gzip)}},`,
);

function generated() {
  return `// Made by console/build.mjs.
#include "server/http/console_files.hpp"

#include <array>

namespace sluice::http {

std::span<const ConsoleFile> console_files() {
  static constexpr std::array files{
${rows.join("\n")}
  };
  return files;
}

}  // namespace sluice::http
`;
}

rmSync(join(out, "files"), { recursive: true, force: true });
mkdirSync(join(out, "files"), { recursive: true });
for (const file of files) {
  writeFileSync(join(out, "files", file.name || "index.html"), file.bytes);
}
writeFileSync(join(out, "console_files.cpp"), generated());

const zipped = files.reduce((sum, file) => sum + file.gzip.length, 0);
const plain = files.reduce((sum, file) => sum + file.bytes.length, 0);
console.log(`the console: ${plain} bytes, ${zipped} by gzip`);
if (zipped > gzipBytesMax) {
  console.error(`the console is larger than ${gzipBytesMax} bytes by gzip`);
  process.exit(1);
}
