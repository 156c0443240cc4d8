// Measures the chat page while a long answer streams into it, with Chromium's own tracing:
//   node bench.mjs --server ../target/release/inspireai --upstream ../target/release/examples/upstream
//   node bench.mjs --url http://127.0.0.1:3000 --upstream-url http://127.0.0.1:4010/v1     programs that run already
// It prints a Markdown table, and fails when the page complains or shows something else than was sent.
import { spawn } from "node:child_process";
import fs from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { chromium } from "playwright-core";

const REPOSITORY = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "..");
const PATIENCE_MS = 30_000;
const LONG_TASK_MS = 50;

const { values: options } = parseArgs({
  options: {
    url: { type: "string" },
    "upstream-url": { type: "string" },
    server: { type: "string", default: path.join(REPOSITORY, "target/release/inspireai") },
    upstream: { type: "string", default: path.join(REPOSITORY, "target/release/examples/upstream") },
    site: { type: "string", default: path.join(REPOSITORY, "target/site") },
    tokens: { type: "string", default: "2000,8000" }, // a list: an answer for each
    rate: { type: "string", default: "150" },
  },
});

/** What has to be stopped, last first. */
const cleanups = [];

/** What pages said in the console; none of it is wanted. */
const complaints = [];

/** Starts a program and waits until it prints what `ready` looks for; gives the first group of that, or all of it. */
async function start(program, args, settings, ready) {
  const child = spawn(path.resolve(program), args, { ...settings, stdio: ["ignore", "pipe", "inherit"] });
  const ended = new Promise((resolve) => child.once("exit", resolve).once("error", resolve));
  cleanups.push(async () => {
    child.kill("SIGTERM");
    const insist = setTimeout(() => child.kill("SIGKILL"), 5_000);
    await ended;
    clearTimeout(insist);
  });
  return new Promise((resolve, reject) => {
    let printed = "";
    child.stdout.on("data", (chunk) => {
      printed += chunk;
      const match = ready.exec(printed);
      if (match) resolve(match[1] ?? match[0]);
    });
    child.once("error", reject);
    child.once("exit", (code) => reject(new Error(`${program} ended with ${code}: ${printed}`)));
    setTimeout(() => reject(new Error(`${program} is not ready: ${printed}`)), PATIENCE_MS).unref();
  });
}

/** Starts the upstream and a server of its own, which knows nothing of a developer's settings. */
async function startPrograms() {
  const upstreamUrl = await start(options.upstream, ["--addr", "127.0.0.1:0"], { env: {} }, /http:\/\/\S+/);
  const home = await fs.mkdtemp(path.join(os.tmpdir(), "inspireai-bench-"));
  cleanups.push(() => fs.rm(home, { recursive: true, force: true }));
  await fs.copyFile(path.join(REPOSITORY, "Leptos.toml"), path.join(home, "Leptos.toml"));
  const env = {
    LEPTOS_SITE_ADDR: "127.0.0.1:0",
    LEPTOS_SITE_ROOT: path.resolve(options.site),
    INSPIREAI_DATA_DIR: path.join(home, "data"),
    INSPIREAI_LOCAL_MODEL: "off",
    INSPIREAI_LOCAL_SPEECH: "off",
    INSPIREAI_LOGIN_ATTEMPTS_PER_MINUTE: "1000",
    INSPIREAI_DRAIN_SECONDS: "1",
    OPENAI_BASE_URL: upstreamUrl,
    OPENAI_API_KEY: "sk-secret",
    RUST_LOG: "warn",
  };
  const url = await start(options.server, ["serve"], { cwd: home, env }, /ready: (http:\/\/[\d.]+:\d+)/);
  const deadline = Date.now() + PATIENCE_MS;
  while ((await fetch(new URL("/tools/markdown", url))).status !== 200) {
    if (Date.now() > deadline) throw new Error("The catalogue lacks the upstream's models.");
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return { url, upstreamUrl };
}

/** Runs in the page: from `watch.start()` on, notes for each frame what was touched and what was then to be seen. */
function installWatch() {
  const size = (node) => (node instanceof Element ? 1 + node.getElementsByTagName("*").length : 1);
  const sizes = (nodes) => [...nodes].reduce((sum, node) => sum + size(node), 0);
  const watch = { frames: 0, samples: [], began: 0, isOn: false };
  let touched = 0;
  const observer = new MutationObserver((records) => {
    for (const { type, addedNodes, removedNodes } of records) {
      touched += type === "childList" ? sizes(addedNodes) + sizes(removedNodes) : 1;
    }
  });
  // A message that is posted while a frame is made arrives when that frame has been painted.
  const painted = new MessageChannel();
  painted.port1.onmessage = () => {
    if (touched === 0) return;
    const answer = [...document.querySelectorAll("[role=log] article")].at(-1);
    const characters = answer?.querySelector(".prose")?.textContent.length ?? 0;
    const at = performance.timeOrigin + performance.now();
    watch.samples.push({ at, touched, characters, height: answer?.offsetHeight ?? 0 });
    touched = 0;
  };
  const look = () => {
    if (!watch.isOn) return;
    watch.frames += 1;
    painted.port2.postMessage(null);
    requestAnimationFrame(look);
  };
  watch.start = () => {
    Object.assign(watch, { frames: 0, samples: [], began: performance.now(), isOn: true });
    observer.observe(document.body, { subtree: true, childList: true, characterData: true, attributes: true });
    requestAnimationFrame(look);
  };
  watch.stop = () => {
    watch.isOn = false;
    observer.disconnect();
    const { frames, samples, began } = watch;
    watch.samples = [];
    return { frames, samples, seconds: (performance.now() - began) / 1000 };
  };
  window.watch = watch;
}

/** Chromium's trace of all threads, until the function it gives is called: then the events. */
async function trace(browser) {
  const session = await browser.newBrowserCDPSession();
  const events = [];
  session.on("Tracing.dataCollected", ({ value }) => events.push(...value));
  await session.send("Tracing.start", {
    transferMode: "ReportEvents",
    traceConfig: {
      recordMode: "recordUntilFull",
      traceBufferSizeInKb: 400_000,
      excludedCategories: ["*"],
      includedCategories: ["devtools.timeline", "disabled-by-default-devtools.timeline"],
    },
  });
  return async () => {
    const complete = new Promise((resolve) => session.once("Tracing.tracingComplete", resolve));
    await session.send("Tracing.end");
    const { dataLossOccurred } = await complete;
    if (dataLossOccurred) throw new Error("The trace did not fit; ask for fewer tokens.");
    await session.detach();
    return events;
  };
}

/** The tasks of the page's main thread in milliseconds: of all renderers' main threads, it is the one that did most. */
function mainThreadTasks(events) {
  const thread = ({ pid, tid }) => `${pid}/${tid}`;
  const isMain = ({ name, args }) => name === "thread_name" && args.name === "CrRendererMain";
  const threads = new Map(events.filter(isMain).map((event) => [thread(event), { tasks: [], parts: [] }]));
  for (const event of events) {
    if (event.ph !== "X") continue;
    const part = { name: event.name, at: event.ts / 1000, ms: (event.dur ?? 0) / 1000 };
    threads.get(thread(event))?.[event.name === "RunTask" ? "tasks" : "parts"].push(part);
  }
  const busy = ({ tasks }) => tasks.reduce((sum, { ms }) => sum + ms, 0);
  const [main] = [...threads.values()].sort((left, right) => busy(right) - busy(left));
  if (!main?.tasks.length) throw new Error("The trace holds no task of a page's main thread.");
  const long = main.tasks.filter(({ ms }) => ms > LONG_TASK_MS);
  for (const { at, ms } of long.sort((left, right) => right.ms - left.ms).slice(0, 3)) {
    const within = main.parts.filter((part) => part.at >= at && part.at < at + ms && part.ms > ms / 5);
    const parts = within.map((part) => `${part.name} ${part.ms.toFixed(0)}`).join(", ");
    console.error(`a task of ${ms.toFixed(0)} ms, ${((at - main.tasks[0].at) / 1000).toFixed(1)} s on: ${parts}`);
  }
  const longest = Math.max(...main.tasks.map(({ ms }) => ms));
  return { long: long.length, longest, busySeconds: busy(main) / 1000 };
}

function quantile(values, share) {
  const sorted = [...values].sort((left, right) => left - right);
  return sorted[Math.round((sorted.length - 1) * share)] ?? Number.NaN;
}

/** The most that a measure fell from one sample to a later one. */
function deepestFall(values) {
  let highest = 0;
  return values.reduce((fall, value) => Math.max(fall, (highest = Math.max(highest, value)) - value), 0);
}

const lastWords = (page) => page.locator("[role=log] article .prose").last();

async function ask(page, text, streamingMs) {
  await page.getByRole("textbox", { name: "Message" }).fill(text);
  await page.getByRole("button", { name: "Send" }).click();
  const deadline = { timeout: streamingMs + PATIENCE_MS };
  await page.locator("[role=log] article").filter({ hasText: text }).first().waitFor(deadline);
  const answered = ([question]) => {
    const articles = [...document.querySelectorAll("[role=log] article")];
    const asked = articles.findLastIndex((article) => article.textContent.includes(question));
    const answer = articles[asked + 1];
    return answer?.querySelector(".prose")?.textContent && answer.getAttribute("aria-busy") !== "true";
  };
  await page.waitForFunction(answered, [text], { ...deadline, polling: 250 });
}

/** A page of a new conversation with one short answer: everything that comes once has come. */
async function openIdleChat(context) {
  const page = await context.newPage();
  await page.goto("/chat?tool=markdown", { waitUntil: "networkidle" });
  await page.waitForTimeout(1_000);
  await ask(page, "To begin with: tokens=5", 0);
  await page.waitForLoadState("networkidle");
  await page.waitForTimeout(1_000);
  return page;
}

/** When the upstream sent the last token of its answer, in milliseconds since 1970. */
async function lastTokenAt(upstreamUrl, question) {
  const exchanges = await (await fetch(new URL("/_requests", upstreamUrl))).json();
  const exchange = exchanges.find(({ body }) => body.messages.at(-1).content === question);
  if (exchange?.ending !== "complete") throw new Error("The upstream did not send all of its answer.");
  return exchange.last_token_at;
}

/** Streams one answer into a page of its own; gives a row of the table. */
async function measure(browser, context, upstreamUrl, tokens, rate) {
  const page = await openIdleChat(context);
  const devtools = await context.newCDPSession(page);
  const question = `Everything, please: tokens=${tokens} rate=${rate}`;
  const stopTracing = await trace(browser);
  await page.evaluate(() => window.watch.start());
  await ask(page, question, (tokens / rate) * 1000);
  await page.waitForTimeout(500);
  // The trace ends first: handing over thousands of samples is a task of its own, and not the page's.
  const tasks = mainThreadTasks(await stopTracing());
  const { frames, samples, seconds } = await page.evaluate(() => window.watch.stop());
  await devtools.send("HeapProfiler.collectGarbage");
  const { usedSize } = await devtools.send("Runtime.getHeapUsage");

  const shown = await lastWords(page).textContent();
  // The first sample from which on all of the text was there: earlier ones may be longer by marks not yet understood.
  const whole = samples.findLastIndex(({ characters }) => characters !== shown.length) + 1;
  const endLag = samples[whole]?.at - (await lastTokenAt(upstreamUrl, question));
  const touched = samples.map((sample) => sample.touched);
  const half = touched.length / 2;

  // What streamed in is what the server makes of the stored text.
  await page.reload({ waitUntil: "networkidle" });
  const isSame = (text) => [...document.querySelectorAll("[role=log] article .prose")].at(-1)?.textContent === text;
  await page.waitForFunction(isSame, shown, { timeout: PATIENCE_MS }).catch(() => {
    throw new Error(`After a reload the answer of ${tokens} tokens reads differently.`);
  });
  await page.close();

  const heights = samples.slice(samples.findIndex(({ characters }) => characters > 0)).map(({ height }) => height);
  return [
    tokens,
    tasks.long,
    tasks.longest.toFixed(0),
    (frames / seconds).toFixed(0),
    endLag.toFixed(0),
    quantile(touched, 0.5),
    `${quantile(touched.slice(0, half), 0.99)} / ${quantile(touched.slice(half), 0.99)}`,
    Math.max(...touched),
    deepestFall(heights).toFixed(0),
    tasks.busySeconds.toFixed(1),
    (usedSize / 1024 / 1024).toFixed(1),
  ];
}

const COLUMNS = [
  "tokens",
  `tasks over ${LONG_TASK_MS} ms (none)`,
  "longest task, ms",
  "frames a second",
  "last token visible after, ms (at most 100)",
  "DOM nodes touched in a frame p50",
  "p99 in the first / second half",
  "most",
  "deepest fall of the answer's height, px",
  "main thread busy, s",
  "JS heap after GC, MB",
];

async function main() {
  const given = options.url && { url: options.url, upstreamUrl: options["upstream-url"] };
  if (given && !given.upstreamUrl) throw new Error("--url needs --upstream-url, to know when tokens were sent.");
  const { url, upstreamUrl } = given || (await startPrograms());
  const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    args: ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"],
  });
  cleanups.push(() => browser.close());
  const context = await browser.newContext({ baseURL: url, viewport: { width: 1280, height: 800 } });
  await context.addInitScript(installWatch);
  context.on("console", (message) => {
    if (["error", "warning"].includes(message.type())) complaints.push(message.text());
  });
  context.on("weberror", (error) => complaints.push(String(error.error())));
  const form = { name: `reader-${Date.now()}`, password: "correct horse battery" };
  const reply = await context.request.post("/api/sign_up", { form });
  if (!reply.ok()) throw new Error(`No account: ${await reply.text()}`);

  const rows = [];
  for (const tokens of options.tokens.split(",").map(Number)) {
    rows.push(await measure(browser, context, upstreamUrl, tokens, Number(options.rate)));
  }
  console.log(`## In the browser (markdown with code, ${options.rate} tokens a second)\n`);
  console.log(`| ${COLUMNS.join(" | ")} |\n|${"--:|".repeat(COLUMNS.length)}`);
  for (const row of rows) console.log(`| ${row.join(" | ")} |`);
  console.log();
}

try {
  await main();
  if (complaints.length) throw new Error("The page complained.");
} catch (error) {
  console.error([`error: ${error.message}`, ...complaints].join("\n"));
  process.exitCode = 1;
} finally {
  for (const cleanup of cleanups.reverse()) await cleanup();
}
