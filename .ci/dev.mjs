// Started by .ci/dev. Watches the sources: builds the debug server and a quick client, restarts the
// server, then tells the open pages to reload (the protocol of Leptos' <AutoReload/>).
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { watch } from "node:fs";
import { createServer } from "node:http";
import { connect } from "node:net";

const SETTLE_MS = 200;
const STOP_GRACE_MS = 5_000;
const address = process.env.LEPTOS_SITE_ADDR;
const reloadPort = Number(process.env.LEPTOS_RELOAD_PORT ?? 3001);
const targetDir = process.env.CARGO_TARGET_DIR ?? "target";

const say = (text) => console.log(`==> ${text}`);

// --- the open pages -------------------------------------------------------

const pages = new Set();

function reloadPages() {
  const payload = Buffer.from(JSON.stringify({ all: "reload" }));
  const frame = Buffer.concat([Buffer.from([0x81, payload.length]), payload]);
  for (const page of pages) page.write(frame);
}

createServer()
  .on("upgrade", (request, socket) => {
    const accept = createHash("sha1")
      .update(`${request.headers["sec-websocket-key"]}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`)
      .digest("base64");
    socket.write(
      `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`,
    );
    pages.add(socket);
    socket.on("data", () => {});
    socket.on("error", () => pages.delete(socket));
    socket.on("close", () => pages.delete(socket));
  })
  .on("error", (error) => {
    console.error(`error: Port ${reloadPort} is in use (${error.code}): choose another with LEPTOS_RELOAD_PORT.`);
    process.exit(1);
  })
  .listen(reloadPort, "127.0.0.1");

// --- building and running -------------------------------------------------

function run(command, args) {
  return new Promise((resolve) => {
    spawn(command, args, { stdio: "inherit" }).on("close", (code) => resolve(code === 0));
  });
}

let server;

function stopServer() {
  if (!server || server.exitCode !== null || server.signalCode !== null) return Promise.resolve();
  return new Promise((resolve) => {
    const stubborn = setTimeout(() => server.kill("SIGKILL"), STOP_GRACE_MS);
    server.once("close", () => {
      clearTimeout(stubborn);
      resolve();
    });
    server.kill("SIGTERM");
  });
}

async function startServer() {
  server = spawn(`${targetDir}/debug/inspireai`, ["serve"], {
    stdio: "inherit",
    env: { ...process.env, LEPTOS_SITE_ADDR: address, LEPTOS_RELOAD_PORT: String(reloadPort), LEPTOS_WATCH: "ON" },
  });
  const started = server;
  while (started.exitCode === null && started.signalCode === null && !(await answers())) {
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

function answers() {
  const [, host, port] = /^\[?(.*?)\]?:(\d+)$/.exec(address);
  return new Promise((resolve) => {
    const probe = connect(Number(port), host === "0.0.0.0" ? "127.0.0.1" : host)
      .on("connect", () => {
        probe.destroy();
        resolve(true);
      })
      .on("error", () => resolve(false));
  });
}

// --- the loop -------------------------------------------------------------

const STYLE_ONLY = /^(style|public)\//;
let changed = new Set();
let building = false;
let settle;

async function rebuild(files) {
  const began = Date.now();
  const onlyLooks = server && [...files].every((file) => STYLE_ONLY.test(file));
  if (!onlyLooks && !(await run("cargo", ["build", "--bin", "inspireai", "--features", "ssr,local"]))) return;
  if (!(await run(".ci/site", ["dev"]))) return;
  if (!onlyLooks) {
    await stopServer();
    await startServer();
  }
  reloadPages();
  say(`Ready after ${((Date.now() - began) / 1000).toFixed(1)} s: http://${address}`);
}

async function work() {
  if (building) return;
  building = true;
  while (changed.size > 0) {
    const files = changed;
    changed = new Set();
    await rebuild(files);
  }
  building = false;
}

function noticed(file) {
  changed.add(file);
  clearTimeout(settle);
  settle = setTimeout(work, SETTLE_MS);
}

for (const directory of ["src", "style", "public", "migrations"]) {
  watch(directory, { recursive: true }, (_event, name) => noticed(`${directory}/${name}`));
}
watch(".", (_event, name) => {
  if (["Cargo.toml", "Cargo.lock", "Leptos.toml", ".env"].includes(name)) noticed(name);
});

for (const signal of ["SIGINT", "SIGTERM"]) {
  process.on(signal, async () => {
    await stopServer();
    process.exit(0);
  });
}

noticed("everything");
