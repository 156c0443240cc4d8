// A microphone for Chromium: clips that somebody read, in a file that its fake device plays.
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import type { BrowserContext, LaunchOptions, Page } from "@playwright/test";

/** Debian's pocketsphinx-testdata: readings of *Sense and Sensibility*, 16 kHz, one channel. */
const CLIPS = "/usr/share/pocketsphinx/test/data/librivox";
const RATE = 16_000;

/** What is said in clips. */
export const SAID = {
  "0870": "and mister john dashwood had then leisure to consider how much there might be prudently in his power to do for them",
  "0880": "he was not an ill disposed young man",
  "0930": "he might even have been made amiable himself",
};

/** A clip by its number, or so many seconds of silence. */
export type Sound = keyof typeof SAID | number;

function samples(sound: Sound): Buffer {
  if (typeof sound === "number") return Buffer.alloc(Math.round(sound * RATE) * 2);
  const file = fs.readFileSync(path.join(CLIPS, `sense_and_sensibility_01_austen_64kb-${sound}.wav`));
  return file.subarray(file.indexOf("data") + 8);
}

/** The file that the fake device of this worker's browser plays, from its beginning whenever it is switched on. */
const FILE = path.join(fs.mkdtempSync(path.join(os.tmpdir(), "inspireai-spoken-")), "spoken.wav");

/** What a browser is started with that has such a microphone. */
export const WITH_MICROPHONE: LaunchOptions = {
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--use-fake-device-for-media-stream",
    `--use-file-for-fake-audio-capture=${FILE}%noloop`,
  ],
};

/** Sounds one behind the other, as a WAV file. */
export function wav(...sounds: Sound[]): Buffer {
  const data = Buffer.concat(sounds.map(samples));
  const header = Buffer.alloc(44);
  header.write("RIFF", 0);
  header.writeUInt32LE(36 + data.length, 4);
  header.write("WAVEfmt ", 8);
  header.writeUInt32LE(16, 16);
  header.writeUInt16LE(1, 20);
  header.writeUInt16LE(1, 22);
  header.writeUInt32LE(RATE, 24);
  header.writeUInt32LE(RATE * 2, 28);
  header.writeUInt16LE(2, 32);
  header.writeUInt16LE(16, 34);
  header.write("data", 36);
  header.writeUInt32LE(data.length, 40);
  return Buffer.concat([header, data]);
}

/** Has the microphone hear these, one behind the other, and a long silence after them, from when it is switched on next. */
export function hears(...sounds: Sound[]): void {
  fs.writeFileSync(FILE, wav(...sounds, 60));
}

declare global {
  interface Window {
    microphones: MediaStream[];
  }
}

/** Remembers every stream that pages are given. */
export async function watchMicrophone(context: BrowserContext): Promise<void> {
  await context.addInitScript(() => {
    window.microphones = [];
    const ask = navigator.mediaDevices?.getUserMedia.bind(navigator.mediaDevices);
    if (!ask) return;
    navigator.mediaDevices.getUserMedia = async (constraints) => {
      const stream = await ask(constraints);
      window.microphones.push(stream);
      return stream;
    };
  });
}

/** How many microphones are on. */
export function microphones(page: Page): Promise<number> {
  return page.evaluate(
    () => window.microphones.flatMap((stream) => stream.getTracks()).filter((track) => track.readyState === "live").length,
  );
}
