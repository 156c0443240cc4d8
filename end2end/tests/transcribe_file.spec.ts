// A recording among the files on a message, made into the message's words.
import fs from "node:fs/promises";
import path from "node:path";
import { Attachments } from "./support/attachments.ts";
import { hydrated } from "./support/hydration.ts";
import { signUp } from "./support/person.ts";
import { type Attachable, hand } from "./support/pictures.ts";
import { REPOSITORY } from "./support/repository.ts";
import { wav } from "./support/spoken.ts";
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
  const speech = await recording("speech.mp3");
  const broken = { ...speech, name: "broken.mp3", buffer: speech.buffer.subarray(0, 600) };
  await attachments.attach({ name: "silence.wav", mimeType: "audio/wav", buffer: wav(2) }, broken);
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
