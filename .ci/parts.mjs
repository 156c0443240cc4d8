// The lazily loaded parts of the client as wasm-split leaves them, made into files for the site: one for each part, and
// one for whatever is worth a request and shared by several.
import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { dirname, join } from "node:path";

/** The script through which the client's module loads its parts. */
const LOADER = "__wasm_split.js";

/** What several parts share travels by itself from this size on; below, inside each of them. */
const WORTH_A_REQUEST_BYTES = 16 * 1024;

const CUSTOM_SECTION = 0;

/** The first digits of a content's hash, which its file's name carries. */
export const hashOf = (content) => createHash("sha256").update(content).digest("hex").slice(0, 16);

function leb128(number) {
  const bytes = [];
  do {
    bytes.push((number & 0x7f) | (number > 0x7f ? 0x80 : 0));
    number >>>= 7;
  } while (number > 0);
  return Buffer.from(bytes);
}

/** A WASM module with another's bytes in a section that engines pass over. */
function withSection(module, name, content) {
  const title = Buffer.from(name);
  const body = Buffer.concat([leb128(title.length), title, content]);
  return Buffer.concat([module, Buffer.from([CUSTOM_SECTION]), leb128(body.length), body]);
}

/** wasm-split's own loader fetches one file for each set of parts that share something. It is asked which files a part
 *  needs; what it does with them is done by src/browser/parts.js. */
function readLoader(source) {
  const file = (text) => /"\.\/(\w+)\.wasm"/.exec(text)?.[1];
  const chunks = new Map();
  for (const [, name, body] of source.matchAll(/^const (__chunk_\d+) = (.*?), \[\]\);$/gms)) chunks.set(name, file(body));
  const parts = new Map();
  for (const [, name, body, needs] of source.matchAll(/^export const __wasm_split_load_(\w+) = (.*?), \[([^\]]*)\]\)\);$/gms)) {
    const needed = needs.split(", ").filter(Boolean);
    parts.set(name, { own: file(body), needs: needed.map((chunk) => chunks.get(chunk)) });
  }
  const end = source.indexOf("function wrapAsyncCb(");
  if (end < 0) throw new Error(`${LOADER} has another shape than this script reads: compare it with wasm-split's release notes.`);
  return { parts, beginning: source.slice(0, end) };
}

/** The smallest module there is, for a part whose code all went to what it shares. */
const EMPTY_MODULE = Buffer.from([0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00]);

/** Reads what wasm-split left in a directory.
 *  @returns files to be written, by name; the files of each part; the script that takes the place of wasm-split's */
export async function readParts(directory) {
  const { parts, beginning } = readLoader(await readFile(join(directory, LOADER), "utf8"));
  const modules = new Map();
  for (const name of await readdir(directory)) {
    if (/^(split|chunk)_\w+\.wasm$/.test(name)) modules.set(name.slice(0, -".wasm".length), await readFile(join(directory, name)));
  }
  const files = new Map();
  const publish = (name, content) => {
    const file = `inspireai.${name}.${hashOf(content)}.wasm`;
    files.set(file, content);
    return file;
  };
  const shared = new Map();
  for (const [name, content] of modules) {
    if (name.startsWith("chunk_") && content.length >= WORTH_A_REQUEST_BYTES) shared.set(name, publish(name.replace("chunk_", "shared-"), content));
  }
  const used = new Set();
  const described = {};
  for (const [name, { own, needs }] of parts) {
    const pieces = needs.filter((chunk) => !shared.has(chunk));
    const module = pieces.reduce((module, piece) => withSection(module, piece, modules.get(piece)), modules.get(own) ?? EMPTY_MODULE);
    for (const file of [own, ...needs]) used.add(file);
    described[name] = { module: publish(name, module), shared: needs.filter((chunk) => shared.has(chunk)).map((chunk) => shared.get(chunk)), pieces };
  }
  const unused = [...modules.keys()].filter((name) => !used.has(name));
  if (unused.length > 0) throw new Error(`No part of ${LOADER} needs ${unused.join(", ")}: it has another shape than this script reads.`);
  const loader = [
    beginning,
    `import { loaderOf } from "parts-loader";`,
    `const loader = loaderOf(${JSON.stringify(described)}, getSharedImports);`,
    ...[...parts.keys()].map((name) => `export const __wasm_split_load_${name} = loader("${name}");`),
  ];
  const lists = Object.entries(described).map(([name, { module, shared }]) => [name, [module, ...shared]]);
  return { files, lists: new Map(lists), loader: loader.join("\n") };
}

/** Lets esbuild take a script in the place of wasm-split's. */
export const asLoader = (contents) => ({
  name: "parts-loader",
  setup(build) {
    build.onLoad({ filter: /[\\/]__wasm_split\.js$/ }, ({ path }) => ({ contents, resolveDir: dirname(path) }));
  },
});
