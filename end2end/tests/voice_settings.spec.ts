// Who speaks and who listens, as a person and an assistant have it; and how much was heard and said.
import { Chat } from "./support/chat.ts";
import { hydrated } from "./support/hydration.ts";
import { startSpeaking } from "./support/speaking.ts";
import { wav } from "./support/spoken.ts";
import { expect, test } from "./support/test.ts";

test("a voice, a speed and a language are chosen, and are there when one comes back", async ({
  context,
  page,
  startApp,
  upstream,
}) => {
  const { app } = await startSpeaking({ context, startApp, upstream });
  await page.goto(`${app.url}/settings`);
  await hydrated(page);
  const voice = page.getByRole("region", { name: "Voice" });
  await voice.getByLabel("Voice", { exact: true }).selectOption({ label: "Nova" });
  await voice.getByLabel("Speed").selectOption("1.5");
  await voice.getByLabel("Read each new answer out by itself").check();
  await voice.getByLabel("Who listens").selectOption({ label: "GPT-Transcribe" });
  await voice.getByLabel("Language you speak").selectOption({ label: "German" });
  await voice.getByRole("button", { name: "Save voice" }).click();
  await expect(voice.getByRole("status")).toHaveText("Saved.");

  await page.reload();
  await expect(voice.getByLabel("Voice", { exact: true })).toHaveValue("tts-1/nova");
  await expect(voice.getByLabel("Speed")).toHaveValue("1.5");
  await expect(voice.getByLabel("Read each new answer out by itself")).toBeChecked();
  await expect(voice.getByLabel("Who listens")).toHaveValue("gpt-transcribe");
  await expect(voice.getByLabel("Language you speak")).toHaveValue("de");
});

test("an assistant has a voice and a speed of its own", async ({ context, page, startApp, upstream }) => {
  const { app } = await startSpeaking({ context, startApp, upstream });
  await page.goto(`${app.url}/assistants/new`);
  await hydrated(page);
  await page.getByLabel("Name", { exact: true }).fill("Bard");
  await page.getByLabel("Tool").selectOption("echo");
  await page.getByLabel("Voice").selectOption({ label: "Fable" });
  await page.getByLabel("Speed").selectOption("1.75");
  await page.getByRole("button", { name: "Create assistant" }).click();
  await expect(page.getByRole("heading", { name: "Bard", level: 1 })).toBeVisible();
  await expect(page.getByLabel("Voice")).toHaveValue("tts-1/fable");
  await expect(page.getByLabel("Speed")).toHaveValue("1.75");
  const { pathname } = new URL(page.url());
  await page.goto(`${app.url}/chat?assistant=${pathname.split("/").at(-1)}`);
  await hydrated(page);
  const chat = new Chat(page);
  await chat.say("Good morning to everybody.");
  await chat.ended("Bard", "Finished");
  await page.getByRole("button", { name: "Read aloud" }).click();
  const player = page.getByRole("region", { name: "Reading aloud" });
  await expect(player.getByLabel("Speed")).toHaveValue("175");
  // What the assistant asks for is not what the person prefers.
  const options = await page.request.post(`${app.url}/api/speech_options`, { headers: { accept: "application/json" } });
  expect((await options.json()).settings.speed).toBe(1);
});

test("messages tell how much was heard and said", async ({ context, page, startApp, upstream }) => {
  const { app } = await startSpeaking({ context, startApp, upstream });
  const heard = await page.request.post(`${app.url}/api/transcribe`, {
    headers: { accept: "application/json" },
    multipart: { audio: { name: "recording.wav", mimeType: "audio/wav", buffer: wav(12) } },
  });
  const { id, heard_ms } = await heard.json();
  expect(heard_ms).toBe(12_000);
  const call = async (endpoint: string, request: object) =>
    await page.request.post(`${app.url}/api/${endpoint}`, {
      headers: { accept: "application/json" },
      data: { request },
    });
  const key = crypto.randomUUID();
  const sending = { idempotency_key: key, tool: "count", text: "tokens=3", transcriptions: [id] };
  const sent = await (await call("send_message", sending)).json();
  await page.goto(`${app.url}/chat/${sent.conversation_id}`);
  await expect(page.getByRole("article", { name: "You" })).toContainText("heard 12 s");
  await expect(page.getByText("Finished")).toBeVisible();
  expect((await call("speak", { text: "x".repeat(1_240), message: sent.message_id })).status()).toBe(200);
  await page.reload();
  await hydrated(page);
  await expect(page.getByText("spoke 1,240 characters")).toBeVisible();
});
