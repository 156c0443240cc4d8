// An ear on the page: what its audio graph plays, sample by sample, and when each sound was asked for.
import type { BrowserContext, Page } from "@playwright/test";

/** Samples between -1 and 1, as they left for the loudspeaker. */
export interface Heard {
  rate: number;
  samples: number[];
}

/** One sound that was queued, in seconds of the audio context. */
export interface Queued {
  from: number;
  to: number;
  /** When it was queued, by the context and by the page. */
  at: number;
  atMs: number;
}

/** Runs beside the page's own scripts, so that it misses nothing however busy they are. */
const EAR = `registerProcessor("ear", class extends AudioWorkletProcessor {
  process([[samples]]) {
    this.port.postMessage({ frame: currentFrame, samples: samples ? samples.slice() : null });
    return true;
  }
});`;

declare global {
  interface Window {
    hearing?: {
      contexts: AudioContext[];
      queued: Queued[];
      /** What was played from a frame of the context on; nothing where nothing was connected. */
      blocks: { frame: number; samples: Float32Array | null }[];
      /** While it is set, the browser lets nothing be heard. */
      isMuzzled: boolean;
    };
  }
}

/** Has every page of a context note what it plays. The context lets pages run other scripts than their own. */
export async function listen(context: BrowserContext): Promise<void> {
  await context.addInitScript((earScript) => {
    const hearing = {
      contexts: [] as AudioContext[],
      queued: [] as Queued[],
      blocks: [] as { frame: number; samples: Float32Array | null }[],
      isMuzzled: false,
    };
    window.hearing = hearing;
    const { connect } = AudioNode.prototype;
    const ears = new WeakMap<BaseAudioContext, Promise<AudioWorkletNode>>();
    const makeEar = async (context: BaseAudioContext) => {
      hearing.contexts.push(context as AudioContext);
      await context.audioWorklet.addModule(`data:text/javascript,${encodeURIComponent(earScript)}`);
      const ear = new AudioWorkletNode(context, "ear");
      ear.port.onmessage = ({ data }) => hearing.blocks.push(data);
      connect.call(ear, context.destination);
      return ear;
    };
    AudioNode.prototype.connect = function (this: AudioNode, ...args: unknown[]) {
      if (args[0] instanceof AudioDestinationNode) {
        const ear = ears.get(this.context) ?? makeEar(this.context);
        ears.set(this.context, ear);
        void ear.then((node) => connect.call(this, node));
      }
      return connect.apply(this, args as Parameters<typeof connect>);
    } as typeof connect;
    const { start } = AudioBufferSourceNode.prototype;
    AudioBufferSourceNode.prototype.start = function (when = 0, ...rest) {
      const at = this.context.currentTime;
      const length = this.buffer?.duration ?? 0;
      hearing.queued.push({ from: when, to: when + length, at, atMs: performance.now() });
      return start.call(this, when, ...rest);
    };
    const { resume } = AudioContext.prototype;
    AudioContext.prototype.resume = function () {
      return hearing.isMuzzled ? new Promise(() => {}) : resume.call(this);
    };
  }, EAR);
}

/** Everything that was queued so far. */
export async function queued(page: Page): Promise<Queued[]> {
  return page.evaluate(() => window.hearing?.queued ?? []);
}

/** Everything that was played so far, silence included. */
export async function heard(page: Page): Promise<Heard> {
  return page.evaluate(() => {
    const blocks = window.hearing?.blocks ?? [];
    const rate = window.hearing?.contexts[0]?.sampleRate ?? 0;
    const silence = Array.from({ length: 128 }, () => 0);
    return { rate, samples: blocks.flatMap(({ samples }) => (samples ? [...samples] : silence)) };
  });
}

export function rms(samples: number[]): number {
  return Math.sqrt(samples.reduce((sum, sample) => sum + sample * sample, 0) / Math.max(1, samples.length));
}

/** From the first sound to the last. */
export function sounding({ samples }: Heard): number[] {
  const isLoud = (sample: number) => Math.abs(sample) > 0.001;
  return samples.slice(samples.findIndex(isLoud), samples.findLastIndex(isLoud) + 1);
}

/** Seconds without a sound, at most, in one piece. */
export function longestPause(samples: number[], rate: number): number {
  let longest = 0;
  let length = 0;
  for (const sample of samples) {
    length = Math.abs(sample) < 0.003 ? length + 1 : 0;
    longest = Math.max(longest, length);
  }
  return longest / rate;
}

/** Seconds between one queued sound and the next, at most. */
export function widestGap(sounds: Queued[]): number {
  const gaps = sounds.slice(1).map((sound, index) => Math.max(sound.from, sound.at) - sounds[index].to);
  return Math.max(0, ...gaps);
}
