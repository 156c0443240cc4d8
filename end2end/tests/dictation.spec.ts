// Dictation through Chromium's own capture: its fake device plays clips that somebody read, and the local model hears them.
import path from "node:path";
import type { Page } from "@playwright/test";
import { App } from "./support/app.ts";
import { violations } from "./support/axe.ts";
import { Dictation, plain } from "./support/dictation.ts";
import { hydrated } from "./support/hydration.ts";
import { REPOSITORY } from "./support/repository.ts";
import { startSpeaking } from "./support/speaking.ts";
import { SAID, WITH_MICROPHONE, hears, microphones, watchMicrophone } from "./support/spoken.ts";
import { expect, test as base } from "./support/test.ts";

/** What the two clips say. Which of the words *ill-disposed* the small model hears is not what is looked for here. */
const BOTH = new RegExp(`^he was not an ill .*young man ${plain(SAID["0930"])}$`);
/** How long the first clip plays, with the silence before it. */
const FIRST_CLIP_MS = 3_390;

const test = base.extend<object, { app: App }>({
  app: [
    async ({ upstream }, use) => {
      const app = await App.startWithTools(upstream.baseUrl, { INSPIREAI_MODELS_DIR: path.join(REPOSITORY, "data/models") });
      await use(app);
      await app.stop();
    },
    { scope: "worker" },
  ],
  context: async ({ context }, use) => {
    await context.grantPermissions(["microphone"]);
    await watchMicrophone(context);
    await use(context);
  },
});

const failing = { kind: "upstream", message: "The service that listens is out of order." };

test.use({ launchOptions: WITH_MICROPHONE });

test.beforeEach(() => hears(0.4, "0880", 1.6, "0930"));

test("words come while one speaks and are written when one stops", async ({ member, page }) => {
  expect(member.name).toBeTruthy();
  const dictation = await Dictation.open(page);
  const times = await noteTimes(page);
  await dictation.begin();
  expect(await microphones(page)).toBe(1);
  await expect(dictation.ghost).toContainText("young man", { ignoreCase: true });
  await expect(dictation.message).toHaveValue("");
  const { on, words } = await times();
  const late = words - on - FIRST_CLIP_MS;
  test.info().annotations.push({ type: "from a pause to its words", description: `${late.toFixed(0)} ms` });
  expect(late).toBeLessThan(2_000);
  await expect.poll(async () => plain(await dictation.ghost.textContent())).toContain(plain(SAID["0930"]));
  await dictation.stop.click();
  await dictation.idle();
  expect(await microphones(page)).toBe(0);
  expect(plain(await dictation.message.inputValue())).toMatch(BOTH);
  await expect(dictation.message).toBeFocused();
  await expect(page.getByText("Added: ")).toBeAttached();
  await expect(page.getByText("not turned into text")).toHaveCount(0);
  // What was dictated is a draft like any other, and says so when it is sent.
  await page.reload();
  await hydrated(page);
  await expect(dictation.message).toHaveValue(/young man/i);
  const sent = page.waitForRequest("**/api/send_message");
  await dictation.chat.send.click();
  const { request } = (await sent).postDataJSON() as { request: { transcriptions: string[] } };
  expect(request.transcriptions).toHaveLength(2);
  await expect(dictation.chat.by("You").last()).toContainText(/young man/i);
  await expect(dictation.chat.by("You").last()).toContainText(/heard \d+ s/i);
});

test("words go where the cursor is", async ({ member, page }) => {
  expect(member.name).toBeTruthy();
  const dictation = await Dictation.open(page);
  await dictation.message.fill("She said:, he thought.");
  await dictation.message.evaluate((field: HTMLTextAreaElement) => field.setSelectionRange(9, 9));
  await dictation.begin();
  await expect(dictation.ghost).toContainText("young man", { ignoreCase: true });
  await dictation.stop.click();
  await dictation.idle();
  await expect(dictation.message).toHaveValue(/^She said: he was not an.* young man, he thought\.$/i);
  await page.keyboard.press("Control+z");
  await expect(dictation.message).toHaveValue("She said:, he thought.");
});

test("sending while one speaks sends what is being said as well", async ({ member, page }) => {
  expect(member.name).toBeTruthy();
  const dictation = await Dictation.open(page);
  await dictation.begin();
  await dictation.elapsed(4);
  await dictation.chat.send.click();
  await expect(dictation.chat.by("You").last()).toContainText(/young man/i);
  await expect(dictation.message).toHaveValue("");
  expect(await microphones(page)).toBe(0);
});

test("the button records for as long as it is held", async ({ member, page }) => {
  expect(member.name).toBeTruthy();
  const dictation = await Dictation.open(page);
  await dictation.record.hover();
  await page.mouse.down();
  await dictation.listening();
  await dictation.elapsed(4);
  await page.mouse.move(10, 10);
  await page.mouse.up();
  await dictation.idle();
  await expect(dictation.message).toHaveValue(/young man/i);
  expect(await microphones(page)).toBe(0);
});

test("keys begin, end and cancel a recording, and what was cancelled can be had back", async ({ member, page }) => {
  expect(member.name).toBeTruthy();
  const dictation = await Dictation.open(page);
  await dictation.message.focus();
  await page.keyboard.press("Control+Shift+D");
  await dictation.listening();
  await dictation.elapsed(4);
  await page.keyboard.press("Escape");
  await dictation.idle();
  expect(await microphones(page)).toBe(0);
  await expect(dictation.message).toHaveValue("");
  await expect(page.getByText(/The recording of 0:0\d was cancelled/)).toBeVisible();
  await page.getByRole("button", { name: "Bring it back" }).click();
  await dictation.idle();
  await expect(dictation.message).toHaveValue(/young man/i);
  await page.keyboard.press("Control+Shift+D");
  await dictation.listening();
  await page.keyboard.press("Control+Shift+D");
  await dictation.idle();
  expect(await microphones(page)).toBe(0);
});

test("what the server fails at is kept and tried again, also after a reload", async ({ complaints, member, page }) => {
  expect(member.name).toBeTruthy();
  complaints.tolerate(/502/);
  await page.route("**/api/transcribe", (route) => route.fulfill({ status: 502, json: failing }));
  const dictation = await Dictation.open(page);
  await dictation.begin();
  await dictation.elapsed(4);
  await dictation.stop.click();
  const alert = page.getByRole("alert");
  await expect(alert).toContainText(failing.message);
  await expect(alert).toContainText(/0:0[34] of what you said is not text yet/);
  await expect(alert.getByRole("button", { name: "Discard" })).toBeVisible();
  expect(await microphones(page)).toBe(0);
  await alert.getByRole("button", { name: "Try again" }).click();
  await expect(alert).toContainText(failing.message);
  await page.reload();
  await hydrated(page);
  await expect(page.getByText(/A recording of 0:0[34] was not turned into text yet/)).toBeVisible();
  await page.unroute("**/api/transcribe");
  await page.getByRole("button", { name: "Try again" }).click();
  await dictation.idle();
  await expect(dictation.message).toHaveValue(/young man/i);
  await page.reload();
  await hydrated(page);
  await expect(dictation.message).toHaveValue(/young man/i);
  await expect(page.getByText(/A recording of/)).toHaveCount(0);
});

test("a page that is closed in the middle of a sentence has kept what was said", async ({ member, page }) => {
  expect(member.name).toBeTruthy();
  const dictation = await Dictation.open(page);
  await page.route("**/api/transcribe", () => {});
  await dictation.begin();
  await dictation.elapsed(3);
  await page.unrouteAll({ behavior: "ignoreErrors" });
  await page.reload();
  await hydrated(page);
  await page.getByRole("button", { name: "Try again" }).click();
  await dictation.idle();
  await expect(dictation.message).toHaveValue(/not an/i);
});

test("what one piece lacks does not hold the others up", async ({ complaints, member, page }) => {
  expect(member.name).toBeTruthy();
  complaints.tolerate(/502/);
  const dictation = await Dictation.open(page);
  await page.route("**/api/transcribe", (route) => route.fulfill({ status: 502, json: failing }));
  await dictation.begin();
  await expect(page.getByRole("alert")).toContainText("is not text yet");
  await page.unroute("**/api/transcribe");
  await expect.poll(async () => plain(await dictation.ghost.textContent()), { timeout: 20_000 }).toContain("amiable himself");
  await dictation.stop.click();
  await dictation.idle();
  expect(plain(await dictation.message.inputValue())).toMatch(BOTH);
});

test("a microphone that is unplugged ends the recording, and its words stay", async ({ member, page }) => {
  expect(member.name).toBeTruthy();
  const dictation = await Dictation.open(page);
  await dictation.begin();
  await dictation.elapsed(4);
  await page.evaluate(() => {
    const [track] = window.microphones[0].getTracks();
    track.stop();
    track.dispatchEvent(new Event("ended"));
  });
  await expect(page.getByRole("alert")).toContainText("The microphone is gone");
  await dictation.idle();
  await expect(dictation.message).toHaveValue(/young man/i);
  expect(await microphones(page)).toBe(0);
});

test("leaving the conversation switches the microphone off and keeps what was said there", async ({ member, page }) => {
  expect(member.name).toBeTruthy();
  const dictation = await Dictation.open(page);
  await dictation.begin();
  await dictation.elapsed(4);
  await page.getByRole("link", { name: "Files" }).first().click();
  await expect(page).toHaveURL(/\/files/);
  expect(await microphones(page)).toBe(0);
  await page.goBack();
  await expect(page.getByText(/A recording of 0:0\d was not turned into text yet/)).toBeVisible();
  await page.getByRole("button", { name: "Discard" }).click();
  await page.reload();
  await hydrated(page);
  await expect(page.getByText(/A recording of/)).toHaveCount(0);
});

test("a recording ends by itself when it is as long as may be", async ({ member, page }) => {
  expect(member.name).toBeTruthy();
  await page.route("**/api/speech_options", async (route) => {
    const response = await route.fetch();
    await route.fulfill({ response, json: { ...((await response.json()) as object), max_recording_ms: 4_000 } });
  });
  const dictation = await Dictation.open(page);
  await dictation.record.click();
  await expect(dictation.bar.getByText(/0:0[123] left/)).toBeVisible();
  await expect(page.getByText("A recording is at most 0:04 long, so it ended here.")).toBeVisible();
  await dictation.idle();
  await expect(dictation.message).toHaveValue(/young man/i);
});

test("every state of it can be used by whoever cannot see it", async ({ member, page }) => {
  expect(member.name).toBeTruthy();
  const dictation = await Dictation.open(page);
  await dictation.begin();
  await expect(dictation.ghost).toContainText("young man", { ignoreCase: true });
  expect(await violations(page)).toEqual([]);
  await dictation.cancel.click();
  await expect(page.getByRole("button", { name: "Bring it back" })).toBeVisible();
  expect(await violations(page)).toEqual([]);
});

test("of ten seconds without a pause the words are there soon after one stops", async ({ member, page }) => {
  expect(member.name).toBeTruthy();
  hears("0870", "0880");
  const dictation = await Dictation.open(page);
  await dictation.begin();
  await dictation.elapsed(10);
  const stopped = Date.now();
  await dictation.stop.click();
  await expect(dictation.message).toHaveValue(/young man/i);
  const late = Date.now() - stopped;
  test.info().annotations.push({ type: "from stopping to the last word", description: `${late} ms` });
  expect(late).toBeLessThan(3_000);
  expect(plain(await dictation.message.inputValue())).toMatch(/leisure to consider how much .* in his power to do for them/);
});

test("of silence nothing is sent, and that is said", async ({ member, page }) => {
  expect(member.name).toBeTruthy();
  hears(1);
  let asked = 0;
  await page.route("**/api/transcribe", (route) => {
    asked += 1;
    return route.continue();
  });
  const dictation = await Dictation.open(page);
  await dictation.begin();
  await expect(dictation.bar.getByText("Nobody is heard.")).toBeVisible();
  await dictation.stop.click();
  await expect(page.getByText("Nothing was heard.")).toBeVisible();
  await expect(dictation.message).toHaveValue("");
  expect(asked).toBe(0);
  expect(await microphones(page)).toBe(0);
  await page.getByRole("button", { name: "Dismiss" }).click();
  await expect(page.getByText("Nothing was heard.")).toHaveCount(0);
});

test.describe("in one hand", () => {
  test.use({ viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });

  test("everything is within reach of a thumb, and the keyboard stays down", async ({ member, page }) => {
    expect(member.name).toBeTruthy();
    const dictation = await Dictation.open(page);
    await dictation.record.tap();
    await dictation.listening();
    for (const button of [dictation.stop, dictation.cancel, dictation.chat.send]) {
      const box = await button.boundingBox();
      expect(Math.min(box?.width ?? 0, box?.height ?? 0)).toBeGreaterThanOrEqual(44);
    }
    await dictation.elapsed(4);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);
    await dictation.stop.tap();
    await dictation.idle();
    await expect(dictation.message).toHaveValue(/young man/i);
    await expect(dictation.message).not.toBeFocused();
    expect(await microphones(page)).toBe(0);
  });
});

base("a service that fails loses nothing of what was said", async ({ complaints, context, page, startApp, upstream }) => {
  complaints.tolerate(/50[02]/);
  hears(0.4, "0880");
  await context.grantPermissions(["microphone"]);
  await upstream.change({ heard: "He was not an ill-disposed young man." });
  const { app } = await startSpeaking({ context, startApp, upstream });
  await page.goto(`${app.url}/chat?tool=echo`);
  await hydrated(page);
  await upstream.change({ refuse: { path: "/audio/transcriptions", status: 500, times: 8 } });
  const dictation = Dictation.on(page);
  await dictation.begin();
  await dictation.elapsed(4);
  await dictation.stop.click();
  const alert = page.getByRole("alert");
  await expect(alert.getByRole("button", { name: "Discard" })).toBeVisible({ timeout: 30_000 });
  await expect(async () => {
    const retry = alert.getByRole("button", { name: "Try again" });
    if (await retry.isVisible()) await retry.click();
    await expect(dictation.message).toHaveValue("He was not an ill-disposed young man.", { timeout: 3_000 });
  }).toPass({ timeout: 40_000 });
});

base("a microphone that may not be used, or that is not there, is explained", async ({ member, page }) => {
  expect(member.name).toBeTruthy();
  await page.addInitScript(() => {
    const problems = ["NotAllowedError", "NotFoundError", "NotReadableError"];
    navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException("no", problems.shift()));
  });
  await page.route("**/api/speech_options", async (route) => {
    const response = await route.fetch();
    await route.fulfill({ response, json: { ...((await response.json()) as object), deaf_because: null } });
  });
  const dictation = await Dictation.open(page);
  await dictation.record.click();
  const alert = page.getByRole("alert");
  await expect(alert).toContainText("This site may not use the microphone.");
  await alert.getByRole("button", { name: "Try again" }).click();
  await expect(alert).toContainText("No microphone was found.");
  await alert.getByRole("button", { name: "Try again" }).click();
  await expect(alert).toContainText("Another program uses the microphone.");
  await page.evaluate(() => Object.defineProperty(navigator, "mediaDevices", { value: undefined }));
  await alert.getByRole("button", { name: "Try again" }).click();
  await expect(alert).toContainText("This browser cannot hand sound to a page.");
  await page.evaluate(() => Object.defineProperty(window, "isSecureContext", { value: false }));
  await alert.getByRole("button", { name: "Try again" }).click();
  await expect(alert).toContainText("open this site by its https address");
  await dictation.idle();
});

base("where nobody listens, that is said and the microphone stays off", async ({ context, member, page }) => {
  expect(member.name).toBeTruthy();
  await watchMicrophone(context);
  const dictation = await Dictation.open(page);
  await dictation.record.click();
  await expect(page.getByRole("alert")).toContainText(/cannot be used|listens/);
  await dictation.idle();
  expect(await page.evaluate(() => window.microphones.length)).toBe(0);
});

/** Notes in the page when the microphone comes on, and when the last words before the pause are shown. */
async function noteTimes(page: Page): Promise<() => Promise<{ on: number; words: number }>> {
  await page.evaluate(() => {
    const times = { on: 0, words: 0 };
    const ask = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
    navigator.mediaDevices.getUserMedia = async (constraints) => {
      const stream = await ask(constraints);
      times.on = performance.now();
      return stream;
    };
    new MutationObserver(() => {
      const words = document.querySelector(".dictation-words")?.textContent ?? "";
      if (!times.words && /young man/i.test(words)) times.words = performance.now();
    }).observe(document.body, { childList: true, subtree: true, characterData: true });
    Object.assign(window, { dictationTimes: times });
  });
  return () => page.evaluate(() => (window as unknown as { dictationTimes: { on: number; words: number } }).dictationTimes);
}
