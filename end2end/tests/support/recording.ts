// What an answer looked like, frame by frame, while it was written.
import type { Page } from "@playwright/test";

export interface Frame {
  /** Characters of the last answer. */
  characters: number;
  /** Pixels of the last answer, from its first words on. */
  height: number;
  isBusy: boolean;
  scrollY: number;
  /** Pixels between what is seen and the page's end. */
  belowFold: number;
}

declare global {
  interface Window {
    recording?: { frames: Frame[]; isOn: boolean };
  }
}

/** Begins to look at the page once a frame. */
export async function startRecording(page: Page): Promise<void> {
  await page.evaluate(() => {
    const recording = { frames: [] as Frame[], isOn: true };
    window.recording = recording;
    const look = () => {
      const answer = [...document.querySelectorAll<HTMLElement>("[role=log] article")].at(-1);
      const characters = answer?.querySelector(".prose")?.textContent?.length ?? 0;
      recording.frames.push({
        characters,
        height: answer && characters > 0 ? answer.offsetHeight : 0,
        isBusy: answer?.getAttribute("aria-busy") === "true",
        scrollY: window.scrollY,
        belowFold: document.documentElement.scrollHeight - window.innerHeight - window.scrollY,
      });
      if (recording.isOn) requestAnimationFrame(look);
    };
    look();
  });
}

/** Ends the recording that goes on. */
export async function stopRecording(page: Page): Promise<Frame[]> {
  return page.evaluate(() => {
    const recording = window.recording;
    if (!recording) throw new Error("nothing is being recorded on this page");
    recording.isOn = false;
    return recording.frames;
  });
}

/** The most that a measure fell from one frame to a later one. */
export function deepestFall(frames: Frame[], measure: (frame: Frame) => number): number {
  let highest = 0;
  let fall = 0;
  for (const frame of frames) {
    highest = Math.max(highest, measure(frame));
    fall = Math.max(fall, highest - measure(frame));
  }
  return fall;
}

/** How many different values a measure had. */
export function steps(frames: Frame[], measure: (frame: Frame) => number): number {
  return new Set(frames.map(measure)).size;
}
