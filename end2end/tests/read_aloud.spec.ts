// Answers read aloud by the voice in the server: what is heard, when, and what can be done about it.
import fs from "node:fs/promises";
import path from "node:path";
import type { Page } from "@playwright/test";
import { App } from "./support/app.ts";
import { Chat } from "./support/chat.ts";
import { heard, listen, longestPause, queued, rms, sounding, widestGap } from "./support/hearing.ts";
import { REPOSITORY } from "./support/repository.ts";
import { expect, test as base } from "./support/test.ts";

/** Everyone here can be read to. */
const test = base.extend<object, { app: App }>({
  app: [
    async ({ database, upstream }, use) => {
      const voice = path.join(REPOSITORY, "data/models/hibari/hibari.onnx");
      // A service that says every text as a tone of 440 Hz, 20 ms a character.
      await upstream.change({ offer: "tts-1" });
      const app = await App.startWithTools(upstream.baseUrl, { INSPIREAI_LOCAL_SPEECH: voice }, database);
      await use(app);
      await app.stop();
    },
    { scope: "worker" },
  ],
  context: async ({ context }, use) => {
    await listen(context);
    await use(context);
  },
});

test.use({ bypassCSP: true });

/** Three sentences of about two seconds each. */
const SENTENCES = [
  "The harbour lights were lit before the boats came in.",
  "Nobody on the pier had expected so quiet a night.",
  "Then a bell began to ring across the water.",
];
const STORY = SENTENCES.join(" ");

/** The reader's bar. */
function bar(page: Page) {
  const region = page.getByRole("region", { name: "Reading aloud" });
  const button = (name: string) => region.getByRole("button", { name, exact: true });
  return { region, button, words: region.locator(".reading-words") };
}

/** Reads the last answer, and waits until it is heard. */
async function readAloud(chat: Chat, tool: string): Promise<void> {
  await chat.by(tool).last().getByRole("button", { name: "Read aloud" }).click();
  await expect.poll(async () => (await queued(chat.page)).length).toBeGreaterThan(0);
}

/** The words that are marked on the page. */
function marked(page: Page): Promise<string> {
  return page.evaluate(() => {
    const ranges = [...((CSS.highlights.get("spoken") as unknown as Iterable<Range>) ?? [])];
    return ranges.map(String).join("");
  });
}

async function readToTheEnd(page: Page): Promise<void> {
  await expect(bar(page).words).toContainText("Read to the end.", { timeout: 30_000 });
}

test("an answer is heard without a gap, sentence by sentence marked on the page", async ({ member, page }) => {
  const chat = await Chat.open(page, "echo");
  await chat.ask("echo", `${member.name}. ${STORY}`);
  await readAloud(chat, "echo");
  for (const sentence of SENTENCES) {
    await expect.poll(() => marked(page), { intervals: [50] }).toBe(sentence);
    await expect(bar(page).words).toContainText(sentence);
  }
  await readToTheEnd(page);
  expect(await marked(page)).toBe("");
  await page.waitForTimeout(800);
  const played = await heard(page);
  const sound = sounding(played);
  const gap = widestGap(await queued(page));
  const pause = longestPause(sound, played.rate);
  console.log(`heard ${(sound.length / played.rate).toFixed(2)} s, rms ${rms(sound).toFixed(3)}; widest gap ${(gap * 1000).toFixed(2)} ms, longest pause ${(pause * 1000).toFixed(1)} ms`);
  expect(sound.length / played.rate).toBeGreaterThan(6);
  expect(sound.length / played.rate).toBeLessThan(20);
  expect(rms(sound)).toBeGreaterThan(0.01);
  expect(gap).toBeLessThan(0.001);
  // As one breathes between two sentences: silence around them is cut to that.
  expect(pause).toBeLessThan(0.25);
});

test("the first sentence sounds while the rest is still being written", async ({ member, page }) => {
  const chat = await Chat.open(page, "echo");
  await chat.ask("echo", `${member.name} warms up. Yes.`);
  await readAloud(chat, "echo");
  await bar(page).button("Stop reading").click();
  const before = (await queued(page)).length;
  // When the first sentence is followed by a word it is certain that it ended.
  await page.evaluate(() => {
    const log = document.querySelector("[role=log]");
    new MutationObserver(() => {
      const words = [...document.querySelectorAll("[role=log] .message-assistant .prose")].at(-1)?.textContent ?? "";
      if (/came in\. \S+ /.test(words)) Object.assign(window, { certainMs: (window as { certainMs?: number }).certainMs ?? performance.now() });
    }).observe(log as Element, { subtree: true, childList: true, characterData: true });
  });
  await chat.trySay(`${STORY} ${STORY} rate=8`);
  await chat.by("echo").nth(1).getByRole("button", { name: "Read aloud" }).click();
  await expect.poll(async () => (await queued(page)).length, { intervals: [20] }).toBeGreaterThan(before);
  await expect(chat.by("echo").last()).toHaveAttribute("aria-busy", "true");
  const first = (await queued(page))[before];
  const certainMs = await page.evaluate(() => (window as { certainMs?: number }).certainMs ?? 0);
  const wait = first.atMs - certainMs + (first.from - first.at) * 1000;
  console.log(`first sound ${wait.toFixed(0)} ms after the first sentence was certain`);
  expect(wait).toBeLessThan(1_000);
  await chat.ended("echo", "Finished");
  await readToTheEnd(page);
});

test("reading is paused, skipped, sped up and stopped", async ({ member, page }) => {
  const chat = await Chat.open(page, "echo");
  await chat.ask("echo", `${member.name}. ${STORY} ${STORY}`);
  await readAloud(chat, "echo");
  const { button, region, words } = bar(page);
  await region.getByRole("button", { name: "Pause" }).click();
  const state = () => page.evaluate(() => window.hearing?.contexts[0]?.state);
  await expect.poll(state).toBe("suspended");
  await expect(chat.by("echo").last().getByRole("button", { name: "Read aloud" })).toBeVisible();
  await button("Next sentence").click();
  await expect.poll(state).toBe("running");
  await button("Next sentence").click();
  await expect(words).toContainText(SENTENCES[1]);
  await button("Previous sentence").click();
  await expect(words).toContainText(SENTENCES[0]);
  // The sentence that begins now is said in half its time.
  await region.getByLabel("Speed").selectOption("200");
  await button("Next sentence").click();
  const length = async () => {
    const sounds = await queued(page);
    return sounds.reduce((sum, { from, to }) => sum + to - from, 0);
  };
  const before = await length();
  await readToTheEnd(page);
  const fast = (await length()) - before;
  console.log(`five sentences at double speed: ${fast.toFixed(2)} s`);
  expect(fast).toBeLessThan(9);
  await button("Stop reading").click();
  await expect(region).toHaveCount(0);
});

test("the speed is kept, and new answers are read by themselves where that is wanted", async ({ member, page }) => {
  const settings = { "settings[speed]": "1.5", "settings[reads_automatically]": "true" };
  const saved = await page.request.post("/api/save_speech_settings", { form: settings });
  expect(saved.ok(), await saved.text()).toBe(true);
  const options = page.waitForResponse("**/api/speech_options");
  const chat = await Chat.open(page, "echo");
  await options;
  await chat.trySay(`${member.name}. ${STORY} rate=4`);
  const { region } = bar(page);
  await expect.poll(async () => (await queued(page)).length).toBeGreaterThan(0);
  await expect(chat.by("echo").last()).toHaveAttribute("aria-busy", "true");
  await expect(region.getByLabel("Speed")).toHaveValue("150");
  const kept = page.waitForResponse("**/api/save_speech_settings");
  await region.getByLabel("Speed").selectOption("200");
  await kept;
  await readToTheEnd(page);
  await page.goto("/settings");
  await expect(page.getByLabel("Speed")).toHaveValue("2");
});

test("a voice can be heard before it is chosen", async ({ member, page }) => {
  expect(member.name).toBeTruthy();
  await page.goto("/settings");
  await page.waitForFunction(() => window.isHydrated);
  await page.getByRole("button", { name: "Listen" }).click();
  await expect.poll(async () => (await queued(page)).length).toBeGreaterThan(0);
  await page.getByRole("button", { name: "Stop", exact: true }).click();
  await expect(page.getByRole("button", { name: "Listen" })).toBeVisible();
});

test("reading goes on in another conversation and on other pages", async ({ member, page }) => {
  const chat = await Chat.open(page, "echo");
  await chat.ask("echo", `${member.name}. ${STORY} ${STORY} ${STORY}`);
  await readAloud(chat, "echo");
  await page.getByRole("link", { name: "New chat" }).first().click();
  await expect(page).toHaveURL(/\/chat$/);
  const { region } = bar(page);
  await expect(region.getByRole("button", { name: "Pause" })).toBeVisible();
  await page.getByRole("link", { name: "Files" }).click();
  await expect(region.getByRole("button", { name: "Pause" })).toBeVisible();
  const before = (await queued(page)).length;
  await expect.poll(async () => (await queued(page)).length).toBeGreaterThan(before);
  await region.getByRole("link", { name: "echo" }).click();
  await expect.poll(() => marked(page)).not.toBe("");
});

test("an answer that is left while it is written is read to its end", async ({ member, page }) => {
  const chat = await Chat.open(page, "echo");
  await chat.trySay(`${member.name}. ${STORY} rate=10`);
  await chat.by("echo").last().getByRole("button", { name: "Read aloud" }).click();
  await page.getByRole("link", { name: "Files" }).click();
  await readToTheEnd(page);
  await expect(bar(page).region).toContainText("4 of 4");
});

test("what was said once costs nothing the second time", async ({ member, page }) => {
  const chat = await Chat.open(page, "echo");
  await chat.ask("echo", `${member.name}. ${SENTENCES[0]}`);
  await readAloud(chat, "echo");
  await readToTheEnd(page);
  const spoken = async () => (await page.getByText(/spoke [\d,]+ characters/).allTextContents()).join();
  await page.reload();
  const once = await spoken();
  expect(once).toMatch(/spoke \d+ characters/);
  await page.waitForFunction(() => window.isHydrated);
  await readAloud(chat, "echo");
  await readToTheEnd(page);
  await page.reload();
  expect(await spoken()).toBe(once);
});

test("an answer is handed out as a sound file", async ({ member, page }) => {
  const chat = await Chat.open(page, "echo");
  await chat.ask("echo", `Harbour ${member.name}. ${STORY}`);
  await readAloud(chat, "echo");
  const [download] = await Promise.all([
    page.waitForEvent("download"),
    bar(page).button("Download as audio").click(),
  ]);
  expect(download.suggestedFilename()).toMatch(/^harbour-.*\.wav$/);
  const file = await fs.readFile(await download.path());
  expect(file.subarray(0, 4).toString()).toBe("RIFF");
  const samples = new Int16Array(file.buffer, file.byteOffset + 44, (file.length - 44) / 2);
  expect(samples.length / 24_000).toBeGreaterThan(6);
  expect(rms([...samples].map((sample) => sample / 32_768))).toBeGreaterThan(0.01);
});

test("code is announced, and a table is read row by row when it is asked for", async ({ member, page }) => {
  const chat = await Chat.open(page, "echo");
  await chat.ask(
    "echo",
    `${member.name}.\n\n\`\`\`rust\nfn main() {}\n\`\`\`\n\n| Name | Age |\n|---|---|\n| Ann | 5 |\n| Bob | 7 |\n\nThe table has come to an end here.`,
  );
  await readAloud(chat, "echo");
  const { region, words } = bar(page);
  await expect(words).toContainText("Here is some Rust code.");
  await expect(words).toContainText("A table with 2 columns and 2 rows: Name, Age.");
  await region.getByRole("button", { name: "Read the table" }).click();
  await expect(words).toContainText("Name: Ann; Age: 5.");
  await expect(words).toContainText("Name: Bob; Age: 7.");
  await expect(words).toContainText("The table has come to an end here.");
});

/** Has the service speak to the person whose page it is. */
async function preferTone(page: Page): Promise<void> {
  const form = { "settings[speed]": "1", "settings[voice]": "tts-1/alloy" };
  const saved = await page.request.post("/api/save_speech_settings", { form });
  expect(saved.ok(), await saved.text()).toBe(true);
}

for (const status of [400, 429, 500]) {
  test(`a voice that answers ${status} says why, and tries the same sentence again`, async ({ complaints, member, page, upstream }) => {
    complaints.tolerate(/the server responded with a status of/);
    await preferTone(page);
    const chat = await Chat.open(page, "echo");
    await chat.ask("echo", `${member.name}. ${STORY}`);
    await upstream.change({ refuse: { path: "/audio/speech", status, times: 5 } });
    await chat.by("echo").last().getByRole("button", { name: "Read aloud" }).click();
    const { region, words } = bar(page);
    await expect(region.getByRole("alert")).toContainText(/\w+ \w+/, { timeout: 30_000 });
    await expect(words).toContainText(member.name);
    // The service comes to itself again after a while.
    const again = region.getByRole("button", { name: "Try again" });
    await expect(async () => {
      if (await again.isVisible()) await again.click();
      await expect(words).toContainText("Read to the end.", { timeout: 3_000 });
    }).toPass({ timeout: 45_000 });
    await expect(region.getByRole("alert")).toHaveCount(0);
  });
}

test("a voice that breaks off in the middle says so, and says the sentence again", async ({ complaints, member, page, upstream }) => {
  complaints.tolerate(/ERR_|network error|TypeError/);
  await preferTone(page);
  const chat = await Chat.open(page, "echo");
  await chat.ask("echo", `${member.name}. ${STORY}`);
  await upstream.change({ speech: { piece_ms: 20, die_after: 6 } });
  await readAloud(chat, "echo");
  const { region, words } = bar(page);
  await expect(region.getByRole("alert")).toContainText("broke off", { timeout: 30_000 });
  await upstream.change({ speech: {} });
  await region.getByRole("button", { name: "Try again" }).click();
  await expect(words).toContainText(SENTENCES[0]);
  await readToTheEnd(page);
});

test("at double speed a tone lasts half as long and is as high", async ({ member, page }) => {
  await preferTone(page);
  const chat = await Chat.open(page, "echo");
  await chat.ask("echo", `${member.name}. ${SENTENCES[0]}`);
  await readAloud(chat, "echo");
  await bar(page).region.getByLabel("Speed").selectOption("200");
  await readToTheEnd(page);
  // From its beginning at that speed.
  await bar(page).button("Read aloud").click();
  const from = (await heard(page)).samples.length;
  await expect(bar(page).button("Pause")).toBeVisible();
  await readToTheEnd(page);
  await page.waitForTimeout(500);
  const played = await heard(page);
  const sound = sounding({ rate: played.rate, samples: played.samples.slice(from) });
  const characters = `${member.name}.${SENTENCES[0]}`.length;
  const rising = sound.filter((sample, index) => sample >= 0 && sound[index - 1] < 0).length;
  const pitch = rising / (sound.length / played.rate);
  console.log(`${(sound.length / played.rate).toFixed(2)} s for ${(characters * 0.02).toFixed(2)} s, ${pitch.toFixed(0)} Hz`);
  expect(sound.length / played.rate).toBeGreaterThan(characters * 0.008);
  expect(sound.length / played.rate).toBeLessThan(characters * 0.0125);
  expect(Math.abs(pitch - 440)).toBeLessThan(20);
});

test("what the voice cannot read is said, and the next sentence can be heard", async ({ complaints, member, page }) => {
  complaints.tolerate(/4\d\d/);
  const chat = await Chat.open(page, "echo");
  await chat.ask("echo", `${member.name}. Сегодня очень тихая и долгая ночь над водой. ${SENTENCES[2]}`);
  await chat.by("echo").last().getByRole("button", { name: "Read aloud" }).click();
  const { button, region, words } = bar(page);
  await expect(region.getByRole("alert")).toContainText("Cyrillic", { timeout: 30_000 });
  await button("Next sentence").click();
  await expect(words).toContainText(SENTENCES[2]);
  await readToTheEnd(page);
});

test("a browser that plays nothing by itself is told to by a press", async ({ member, page }) => {
  const chat = await Chat.open(page, "echo");
  await chat.ask("echo", `${member.name}. ${STORY}`);
  const { region, words } = bar(page);
  await readAloud(chat, "echo");
  // As a phone does when somebody calls.
  await page.evaluate(async () => {
    if (window.hearing) window.hearing.isMuzzled = true;
    await window.hearing?.contexts[0]?.suspend();
  });
  await expect(words).toContainText("Press Read aloud");
  await page.evaluate(() => {
    if (window.hearing) window.hearing.isMuzzled = false;
  });
  await region.getByRole("button", { name: "Read aloud" }).click();
  await readToTheEnd(page);
});

test("stopping cancels what was asked for", async ({ complaints, member, page }) => {
  complaints.tolerate(/ERR_ABORTED/);
  const chat = await Chat.open(page, "echo");
  await chat.ask("echo", `${member.name}. ${STORY}`);
  const failed: string[] = [];
  page.on("requestfailed", (request) => failed.push(request.url()));
  let letGo = () => {};
  const isLetGo = new Promise<void>((resolve) => (letGo = resolve));
  await page.route("**/api/speak", async (route) => {
    await isLetGo;
    await route.continue().catch(() => {});
  });
  await chat.by("echo").last().getByRole("button", { name: "Read aloud" }).click();
  const { button } = bar(page);
  await page.waitForRequest("**/api/speak");
  await button("Stop reading").click();
  await expect.poll(() => failed.filter((url) => url.endsWith("/api/speak")).length).toBe(3);
  letGo();
});
