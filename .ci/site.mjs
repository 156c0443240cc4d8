// Turns wasm-bindgen's output, style/, public/ and the lazily loaded scripts
// into the directory that the server serves:
//   node .ci/site.mjs release|dev BINDGEN_DIR SITE_DIR
import { cp, mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { extname, join, resolve } from "node:path";
import { promisify } from "node:util";
import { brotliCompress, constants, gzip } from "node:zlib";
import { asLoader, hashOf, readParts } from "./parts.mjs";

const [mode, bindgenDir, siteDir] = process.argv.slice(2);
const release = mode === "release";
const packageDir = join(siteDir, "pkg");
const { build } = createRequire(`${process.cwd()}/end2end/package.json`)("esbuild");

const COMPRESSIBLE = new Set([".js", ".wasm", ".css", ".svg", ".html", ".json", ".txt", ".xml", ".webmanifest"]);
const SMALLEST_WORTH_COMPRESSING = 256;

// url(/…) is the site's own address, not a file of this disk.
const siteAddresses = {
  name: "site-addresses",
  setup(build) {
    build.onResolve({ filter: /^\// }, ({ kind, path }) => (kind === "url-token" ? { path, external: true } : undefined));
  },
};

const shared = {
  bundle: true,
  minify: release,
  write: false,
  legalComments: "none",
  logLevel: "warning",
};

async function bundleClient(loader) {
  const { outputFiles } = await build({
    ...shared,
    stdin: {
      contents: `export * from "./inspireai.js"; export { default } from "./inspireai.js"; export { prepare } from "parts-loader";`,
      resolveDir: bindgenDir,
    },
    format: "esm",
    alias: { "parts-loader": resolve("src/browser/parts.js") },
    plugins: [asLoader(loader)],
    // wasm-bindgen imports the loader once for each part.
    logOverride: { "duplicate-object-key": "silent" },
  });
  return outputFiles[0].contents;
}

async function bundleStyle() {
  const { outputFiles } = await build({ ...shared, entryPoints: ["style/main.css"], plugins: [siteAddresses] });
  return outputFiles[0].contents;
}

/** Math is a script and a WASM module, loaded by pages that show math; the module's name carries its hash. */
async function bundleMath(module) {
  const { outputFiles } = await build({
    ...shared,
    entryPoints: ["src/browser/math.js"],
    format: "esm",
    alias: { "math-module": resolve(bindgenDir, "math.js") },
    define: { MATH_WASM: JSON.stringify(`/pkg/${module}`) },
  });
  return outputFiles[0].contents;
}

async function bundleHighlighter() {
  const { outputFiles } = await build({
    ...shared,
    entryPoints: ["src/browser/highlight.js"],
    format: "esm",
    nodePaths: ["end2end/node_modules"],
  });
  return outputFiles[0].contents;
}

/** What hands over what a microphone hears: loaded when somebody records. */
async function bundleListener() {
  const { outputFiles } = await build({ ...shared, entryPoints: ["src/browser/microphone.js"], format: "esm" });
  return outputFiles[0].contents;
}

async function precompress(path) {
  const content = await readFile(path);
  if (content.length < SMALLEST_WORTH_COMPRESSING) return;
  const brotli = await promisify(brotliCompress)(content, {
    params: {
      [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY,
      [constants.BROTLI_PARAM_SIZE_HINT]: content.length,
    },
  });
  await writeFile(`${path}.br`, brotli);
  await writeFile(`${path}.gz`, await promisify(gzip)(content, { level: 9 }));
}

await mkdir(packageDir, { recursive: true });
await cp("public", siteDir, { recursive: true });

const parts = await readParts(bindgenDir);
for (const [name, content] of parts.files) await writeFile(join(packageDir, name), content);

const [js, css, highlighter, wasm, mathWasm] = await Promise.all([
  bundleClient(parts.loader),
  bundleStyle(),
  bundleHighlighter(),
  readFile(join(bindgenDir, "inspireai_bg.wasm")),
  readFile(join(bindgenDir, "math_bg.wasm")),
]);

// Pages find the hashed names through these lines.
const hashes = [];
for (const [kind, content] of Object.entries({ js, wasm, css })) {
  const hash = hashOf(content);
  hashes.push(`${kind}: ${hash}\n`);
  await writeFile(join(packageDir, `inspireai.${hash}.${kind}`), content);
}
for (const [name, files] of parts.lists) hashes.push(`part ${name}: ${files.join(" ")}\n`);
await writeFile(join(siteDir, "hash.txt"), hashes.join(""));
await writeFile(join(packageDir, "highlight.js"), highlighter);
await writeFile(join(packageDir, "microphone.js"), await bundleListener());
// Under the name that the server takes for one to keep for ever.
const mathModule = `inspireai.math.${hashOf(mathWasm)}.wasm`;
await writeFile(join(packageDir, mathModule), mathWasm);
await writeFile(join(packageDir, "math.js"), await bundleMath(mathModule));

if (release) {
  const files = (await readdir(siteDir, { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile() && COMPRESSIBLE.has(extname(entry.name)) && entry.name !== "hash.txt")
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name));
  await Promise.all(files.map(precompress));
  const sizes = [];
  for (const name of (await readdir(packageDir)).filter((file) => file.endsWith(".br"))) {
    const kilobytes = (await readFile(join(packageDir, name))).length / 1000;
    sizes.push(`${name.replace(/\.[0-9a-f]{16}/, "").replace(/\.br$/, "")} ${kilobytes.toFixed(0)} KB`);
  }
  console.log(`==> Site: in target/site; with brotli ${sizes.join(", ")}`);
}
