// What pages complain about in the console. A page that complains is broken, however it looks.
import type { BrowserContext } from "@playwright/test";

/** Parts of the client are fetched early for the page that needs them. A browser that runs no scripts never uses them, and
 * one on a busy machine does so later than Chromium expects. */
const UNUSED_YET = /\.wasm was preloaded using link preload but not used/;

export class Complaints {
  readonly #heard: string[] = [];
  readonly #tolerated: RegExp[] = [];

  /** Listens to every page of a context. */
  listenTo(context: BrowserContext): void {
    context.on("console", (message) => {
      if (["error", "warning"].includes(message.type())) {
        this.#heard.push(`${message.type()}: ${message.text()} (${message.location().url})`);
      }
    });
    context.on("weberror", (error) => this.#heard.push(`exception: ${error.error()}`));
    context.on("dialog", (dialog) => {
      this.#heard.push(`dialog: ${dialog.message()}`);
      void dialog.dismiss();
    });
  }

  /** Lets pass what a test brings about on purpose, as a request that fails. */
  tolerate(pattern: RegExp): void {
    this.#tolerated.push(pattern);
  }

  get rest(): string[] {
    const passes = [UNUSED_YET, ...this.#tolerated];
    return this.#heard.filter((complaint) => !passes.some((pattern) => pattern.test(complaint)));
  }
}
