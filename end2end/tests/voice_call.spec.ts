// Voice calls through Chromium's own capture: its fake device plays clips that somebody read, the local model hears them,
// and the local voice answers.
import path from "node:path";
import type { Page } from "@playwright/test";
import { App } from "./support/app.ts";
import { violations } from "./support/axe.ts";
import { VoiceCall } from "./support/call.ts";
import { Chat } from "./support/chat.ts";
import { heard, listen, queued, rms, sounding } from "./support/hearing.ts";
import { hydrated } from "./support/hydration.ts";
import { signUp } from "./support/person.ts";
import { REPOSITORY } from "./support/repository.ts";
import { WITH_MICROPHONE, hears, microphones, watchMicrophone } from "./support/spoken.ts";
import { expect, test as base } from "./support/test.ts";

const MODELS = path.join(REPOSITORY, "data/models");

/** Who listens and who speaks are in the server. */
const LOCAL = { INSPIREAI_MODELS_DIR: MODELS, INSPIREAI_LOCAL_SPEECH: path.join(MODELS, "hibari/hibari.onnx") };

/** How long the clip that is mostly used plays, and where in it the last word ends. */
const CLIP_S = 2.99;

/** How long it is quiet first: a busy machine takes its time to hear what the device plays. */
const QUIET_S = 1.5;

const test = base.extend<object, { app: App }>({
  app: [
    async ({ upstream }, use) => {
      const app = await App.startWithTools(upstream.baseUrl, LOCAL);
      await use(app);
      await app.stop();
    },
    { scope: "worker" },
  ],
  context: async ({ context }, use) => {
    await context.grantPermissions(["microphone"]);
    await watchMicrophone(context);
    await listen(context);
    await use(context);
  },
});

// What listens to the page is no script of the page's own.
test.use({ launchOptions: WITH_MICROPHONE, bypassCSP: true });
test.setTimeout(120_000);

/** When the microphone came on, and when something was first queued to be heard after that, by the page's clock. */
async function noteTimes(page: Page): Promise<() => Promise<{ on: number; first: number }>> {
  await page.evaluate(() => {
    const times = { on: 0 };
    const ask = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
    navigator.mediaDevices.getUserMedia = async (constraints) => {
      const stream = await ask(constraints);
      times.on = performance.now();
      return stream;
    };
    Object.assign(window, { callTimes: times });
  });
  return async () => {
    const on = await page.evaluate(() => (window as unknown as { callTimes: { on: number } }).callTimes.on);
    const [first] = (await queued(page)).filter(({ atMs }) => atMs > on);
    return { on, first: first.atMs + (first.from - first.at) * 1_000 };
  };
}

test("a turn is heard, answered aloud and kept as two ordinary messages", async ({ member, page }) => {
  expect(member.name).toBeTruthy();
  hears(QUIET_S, "0880");
  const call = await VoiceCall.open(page);
  const times = await noteTimes(page);
  await call.start();
  expect(await microphones(page)).toBe(1);
  await call.is("Hearing you");
  await expect(call.caption).toContainText(/he was/i);
  await call.is("Speaking");
  await expect(call.caption).toContainText(/young man/i);
  const { on, first } = await times();
  const late = first - on - (QUIET_S + CLIP_S) * 1_000;
  console.log(`from the end of the clip to the first sound: ${late.toFixed(0)} ms`);
  // What the browser takes for noise is not heard.
  await expect(call.chat.by("You").last()).toContainText(/he was not an ill.* young man/i);
  await call.is("Listening");
  const played = sounding(await heard(page));
  console.log(`heard, with an rms of ${rms(played).toFixed(3)}`);
  // The microphone's own graph, which is silent, counts as well.
  expect(rms(played)).toBeGreaterThan(0.005);
  await call.hangUp();
  expect(await microphones(page)).toBe(0);
  await expect(call.begin).toBeFocused();
  await page.reload();
  await hydrated(page);
  await expect(call.chat.by("You")).toHaveCount(1);
  await expect(call.chat.by("echo")).toHaveCount(1);
  await expect(call.chat.by("echo")).toContainText(/he was not an ill.* young man/i);
  await expect(page.getByText(/heard \d+ s/)).toBeVisible();
});

test("with the server's own models alone the first sound comes soon after the last word", async ({ context, page }) => {
  const app = await App.start({ ...LOCAL, INSPIREAI_LOCAL_MODEL: path.join(MODELS, "SmolLM2-135M-Instruct.Q4_1.gguf") });
  try {
    await signUp(context, app.url);
    await page.goto(`${app.url}/chat?tool=local-assistant`);
    await hydrated(page);
    const call = new VoiceCall(page, new Chat(page));
    // What has to be loaded first is loaded with this.
    await call.chat.ask("Local assistant", "Say hello.");
    for (const turn of ["first", "second"]) {
      hears(QUIET_S, "0880");
      const times = await noteTimes(page);
      await call.start();
      await call.is("Speaking", 60);
      const { on, first } = await times();
      const late = first - on - (QUIET_S + CLIP_S) * 1_000;
      console.log(`${turn} turn: from the end of the clip to the first sound ${late.toFixed(0)} ms`);
      await call.hangUp();
      await call.chat.stop.or(call.chat.send).first().waitFor();
      if (await call.chat.stop.isVisible()) await call.chat.stop.click();
      await expect(call.chat.send).toBeVisible();
    }
    await expect(call.chat.by("You").last()).toContainText(/young man/i);
  } finally {
    await app.stop();
  }
});

test("who speaks into the answer stops it, and what they say is the next message", async ({ member, page }) => {
  hears(QUIET_S, "0880", 12, "0930");
  const call = await VoiceCall.open(page);
  // What is asked from here on is answered slowly, so that the run is open when it is interrupted.
  await call.chat.ask("echo", `${member.name} rate=20`);
  const said = page.waitForRequest("**/api/stop_run", { timeout: 60_000 });
  await page.route("**/api/send_message", async (route) => {
    const body = route.request().postDataJSON() as { request: { text: string } };
    if (/young man/i.test(body.request.text)) body.request.text = `${body.request.text} ${"And so it went on for a long time. ".repeat(12)} rate=2`;
    await route.continue({ postData: JSON.stringify(body) });
  });
  await call.start();
  await call.is("Speaking", 40);
  await call.is("Hearing you", 40);
  await said;
  // At once: nothing sounds while the rest is being said.
  const loudest = () =>
    page.evaluate(() => {
      const last = (window.hearing?.blocks ?? []).slice(-60);
      return Math.max(0, ...last.flatMap(({ samples }) => [...(samples ?? [])].map(Math.abs)));
    });
  await expect.poll(loudest, { intervals: [50], timeout: 2_000 }).toBeLessThan(0.001);
  await call.is("Hearing you");
  await expect(call.chat.by("You").last()).toContainText(/amiable/i, { timeout: 40_000 });
  // Its first words as well, which were said while the answer still sounded.
  await expect(call.chat.by("You").last()).toContainText(/might even have been/i);
  const answers = call.chat.by("echo");
  await expect(answers.nth(1).getByText("Stopped by you")).toBeVisible();
  await call.is("Speaking", 40);
  await call.hangUp();
  expect(await microphones(page)).toBe(0);
});

test("one can hold a button, or the space bar, while one speaks", async ({ member, page }) => {
  expect(member.name).toBeTruthy();
  hears(8, "0880", 2, "0930");
  const call = await VoiceCall.open(page);
  await call.start();
  await call.button("Push to talk").click();
  await call.is("Ready when you are");
  await expect(call.button("Hold to talk")).toBeFocused();
  await page.keyboard.down(" ");
  await call.is("Hearing you");
  await expect(call.caption).toContainText(/young man/i, { timeout: 30_000 });
  await page.keyboard.up(" ");
  await expect(call.chat.by("You").last()).toContainText(/young man/i);
  await expect(call.chat.by("You").last()).not.toContainText(/amiable himself/i);
  await call.is("Speaking");
  // What nobody holds the button for is not heard.
  await call.is("Ready when you are", 40);
  await expect(call.chat.by("You")).toHaveCount(1);
  await call.button("Push to talk").click();
  await call.is("Listening");
  await page.keyboard.press("Escape");
  await expect(call.region).toHaveCount(0);
  expect(await microphones(page)).toBe(0);
});

test("what is no text yet is kept, and tried again or handed to the composer", async ({ complaints, member, page }) => {
  expect(member.name).toBeTruthy();
  complaints.tolerate(/502/);
  hears(QUIET_S, "0880");
  const failing = { kind: "upstream", message: "The service that listens is out of order." };
  await page.route("**/api/transcribe", (route) => route.fulfill({ status: 502, json: failing }));
  const call = await VoiceCall.open(page);
  await call.start();
  const alert = call.region.getByRole("alert");
  await expect(alert).toContainText(failing.message, { timeout: 20_000 });
  await call.is("The call is held up");
  await page.keyboard.press("Escape");
  await expect(page.getByText(/A recording of 0:0\d was not turned into text yet/)).toBeVisible();
  expect(await microphones(page)).toBe(0);
  await page.getByRole("button", { name: "Discard" }).click();
  await call.start();
  await expect(alert).toContainText(failing.message, { timeout: 20_000 });
  await page.unroute("**/api/transcribe");
  await alert.getByRole("button", { name: "Try again" }).click();
  await expect(call.chat.by("You").last()).toContainText(/young man/i);
  await call.is("Speaking");
  await call.hangUp();
});

test("words that were not sent are in the composer after hanging up", async ({ complaints, member, page }) => {
  expect(member.name).toBeTruthy();
  complaints.tolerate(/409/);
  hears(QUIET_S, "0880");
  await page.route("**/api/send_message", (route) => route.fulfill({ status: 409, json: { kind: "conflict", message: "Not now." } }));
  const call = await VoiceCall.open(page);
  await call.chat.message.fill("I think");
  await call.start();
  await expect(call.region.getByRole("alert")).toContainText("Your message was not sent; it is kept. Not now.", { timeout: 20_000 });
  await call.hangUp();
  await expect(call.chat.message).toHaveValue(/^I think he was not an.* young man/i);
  await page.reload();
  await hydrated(page);
  await expect(call.chat.message).toHaveValue(/^I think he was not an.* young man/i);
});

test("an answer that breaks off, and a voice that fails, do not end the call", async ({ complaints, member, page }) => {
  expect(member.name).toBeTruthy();
  complaints.tolerate(/429/);
  hears(QUIET_S, "0880");
  await page.route("**/api/speak", (route) =>
    route.fulfill({ status: 429, json: { kind: "rate_limited", message: "The voice has had enough for the moment." } }),
  );
  const call = await VoiceCall.open(page);
  await call.start();
  await expect(call.region.getByRole("alert")).toContainText("The answer is on the page, but not spoken. The voice has had enough", { timeout: 30_000 });
  await call.is("Listening");
  await expect(call.chat.by("echo").last()).toContainText(/young man/i);
  await call.hangUp();
  await page.unroute("**/api/speak");
  const failing = await VoiceCall.open(page, "status-500");
  await failing.start();
  await expect(failing.region.getByRole("alert")).toContainText("The answer broke off.", { timeout: 60_000 });
  await failing.is("Listening");
  await failing.button("Ask again").click();
  await failing.is(/Thinking|Listening/);
  await failing.hangUp();
  expect(await microphones(page)).toBe(0);
});

test("a microphone that is lost in the middle can be had back", async ({ member, page }) => {
  expect(member.name).toBeTruthy();
  hears(QUIET_S, "0880");
  const call = await VoiceCall.open(page);
  await call.start();
  await expect(call.caption).toContainText(/he was/i);
  await page.evaluate(() => {
    const [track] = window.microphones[0].getTracks();
    track.stop();
    track.dispatchEvent(new Event("ended"));
  });
  await expect(call.region.getByRole("alert")).toContainText("The microphone is gone");
  expect(await microphones(page)).toBe(0);
  hears(1);
  await call.button("Try again").click();
  await expect(call.chat.by("You").last()).toContainText(/he was/i);
  expect(await microphones(page)).toBe(1);
  await page.getByRole("link", { name: "Files" }).first().click();
  await expect(page).toHaveURL(/\/files/);
  expect(await microphones(page)).toBe(0);
});

test("who is muted is not heard", async ({ member, page }) => {
  expect(member.name).toBeTruthy();
  hears(3, "0880");
  const call = await VoiceCall.open(page);
  await page.keyboard.press("Control+Shift+L");
  await call.is("Listening");
  await call.button("Mute").click();
  await call.is("You are muted");
  await page.waitForTimeout(7_000);
  await call.button("Mute").click();
  await call.is("Listening");
  await expect(call.chat.by("You")).toHaveCount(0);
  await page.keyboard.press("Control+Shift+L");
  await expect(call.region).toHaveCount(0);
});

test("a browser that plays nothing by itself is told to by a press", async ({ member, page }) => {
  expect(member.name).toBeTruthy();
  hears(QUIET_S, "0880");
  await page.addInitScript(() => {
    const isMuzzled = () => !(window as { mayPlay?: boolean }).mayPlay;
    const Ordinary = AudioContext;
    window.AudioContext = class extends Ordinary {
      readonly isLoudspeaker: boolean;
      constructor(options?: AudioContextOptions) {
        super(options);
        this.isLoudspeaker = options?.sampleRate === 24_000;
        if (this.isLoudspeaker) void this.suspend();
      }
      override resume(): Promise<void> {
        return this.isLoudspeaker && isMuzzled() ? new Promise(() => {}) : super.resume();
      }
    };
  });
  const call = await VoiceCall.open(page);
  await call.start();
  const alert = call.region.getByRole("alert");
  await expect(alert).toContainText("The browser plays nothing before you press a button.", { timeout: 40_000 });
  await page.evaluate(() => Object.assign(window, { mayPlay: true }));
  await alert.getByRole("button", { name: "Hear the answer" }).click();
  await call.is("Speaking");
  await call.is("Listening");
  await expect(alert).toHaveCount(0);
  await call.hangUp();
});

test("every state of it can be used by whoever cannot see it", async ({ member, page }) => {
  expect(member.name).toBeTruthy();
  hears(6, "0880");
  const call = await VoiceCall.open(page);
  await call.start();
  await expect(call.button("Mute")).toBeFocused();
  expect(await violations(page)).toEqual([]);
  await call.button("Push to talk").click();
  expect(await violations(page)).toEqual([]);
  await page.setViewportSize({ width: 390, height: 844 });
  expect(await violations(page)).toEqual([]);
  for (const button of await call.region.getByRole("button").all()) {
    const box = await button.boundingBox();
    expect(Math.min(box?.width ?? 0, box?.height ?? 0)).toBeGreaterThanOrEqual(44);
  }
});

base("without a microphone, or without anybody who listens, the way out is told", async ({ member, page }) => {
  expect(member.name).toBeTruthy();
  await page.addInitScript(() => {
    navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException("no", "NotAllowedError"));
  });
  const call = await VoiceCall.open(page);
  await call.begin.click();
  const alert = call.region.getByRole("alert");
  await expect(alert).toContainText(/transcription/);
  await call.hangUp();
  await page.route("**/api/speech_options", async (route) => {
    const response = await route.fetch();
    await route.fulfill({ response, json: { ...((await response.json()) as object), deaf_because: null } });
  });
  await call.begin.click();
  await expect(alert).toContainText("This site may not use the microphone.");
  await call.is("The call is held up");
  await alert.getByRole("button", { name: "Try again" }).click();
  await expect(alert).toContainText("This site may not use the microphone.");
  await call.hangUp();
});
