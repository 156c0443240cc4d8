// A recording among the files on a message, made into the message's words.
import fs from "node:fs/promises";
import path from "node:path";
import { Attachments } from "./support/attachments.ts";
import { hydrated } from "./support/hydration.ts";
import { signUp } from "./support/person.ts";
import { type Attachable, hand } from "./support/pictures.ts";
import { REPOSITORY } from "./support/repository.ts";
import { expect, test } from "./support/test.ts";

const MODELS = { INSPIREAI_MODELS_DIR: path.join(REPOSITORY, "data/models") };

async function recording(name: string): Promise<Attachable> {
  const buffer = await fs.readFile(path.join(REPOSITORY, "src/tests/recordings", name));
  return { name, mimeType: "audio/mpeg", buffer };
}

test.beforeEach(({ complaints }) => complaints.tolerate(/status of 4\d\d/));

test("a dropped recording becomes words, and the message says how long was listened", async ({ context, page, startApp }) => {
  const app = await startApp(MODELS);
  await signUp(context, app.url);
  await page.goto(`${app.url}/chat?tool=echo`);
  await hydrated(page);
  const message = page.getByLabel("Message", { exact: true });
  await message.fill("Please correct this:");
  await hand(page, "drop", [await recording("speech.mp3")]);
  const attachments = new Attachments(page);
  await attachments.stored("speech.mp3");
  const chip = attachments.chip("speech.mp3");
  await expect(chip.getByRole("alert")).toContainText("cannot hear sound");
  await chip.getByRole("button", { name: "Transcribe: speech.mp3" }).click();
  await expect(message).toHaveValue(/^Please correct this: .*amiable himself/i);
  await expect(attachments.chips).toHaveCount(0);
  await page.getByRole("button", { name: "Send" }).click();
  const asked = page.getByRole("log").getByRole("article").first();
  await expect(asked).toContainText("amiable himself");
  await expect(asked.getByText(/Heard \d+ s/i)).toBeVisible();
});

test("a recording of nothing and one that is none are told, and stay where they are", async ({ context, page, startApp }) => {
  const app = await startApp(MODELS);
  await signUp(context, app.url);
  await page.goto(`${app.url}/chat?tool=echo`);
  await hydrated(page);
  const attachments = new Attachments(page);
  const wav = Buffer.alloc(44 + 64_000);
  wav.write("RIFF", 0, "latin1");
  wav.writeUInt32LE(36 + 64_000, 4);
  wav.write("WAVEfmt ", 8, "latin1");
  wav.writeUInt32LE(16, 16);
  wav.writeUInt16LE(1, 20);
  wav.writeUInt16LE(1, 22);
  wav.writeUInt32LE(16_000, 24);
  wav.writeUInt32LE(32_000, 28);
  wav.writeUInt16LE(2, 32);
  wav.writeUInt16LE(16, 34);
  wav.write("data", 36, "latin1");
  wav.writeUInt32LE(64_000, 40);
  const speech = await recording("speech.webm");
  const broken = { ...speech, name: "broken.mp3", buffer: (await recording("speech.mp3")).buffer.subarray(0, 600) };
  await attachments.attach({ name: "silence.wav", mimeType: "audio/wav", buffer: wav }, broken);
  for (const [name, words] of [
    ["silence.wav", "No words were heard in this recording."],
    ["broken.mp3", /recording|sound|words/i],
  ] as const) {
    const chip = attachments.chip(name);
    await chip.getByRole("button", { name: `Transcribe: ${name}` }).click();
    await expect(chip.getByRole("button", { name: `Try again: ${name}` })).toBeVisible();
    await expect(chip.getByText(words).first()).toBeVisible();
  }
  await expect(attachments.chips).toHaveCount(2);
  await expect(page.getByLabel("Message", { exact: true })).toHaveValue("");
});
