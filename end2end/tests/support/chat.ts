// The chat page as a person knows it: by what things are called.
import { expect, type Locator, type Page } from "@playwright/test";
import { hydrated } from "./hydration.ts";

export class Chat {
  readonly log: Locator;
  readonly message: Locator;
  readonly send: Locator;
  readonly stop: Locator;

  constructor(readonly page: Page) {
    this.log = page.getByRole("log", { name: "Conversation" });
    this.message = page.getByRole("textbox", { name: "Message" });
    this.send = page.getByRole("button", { name: "Send" });
    this.stop = page.getByRole("button", { name: "Stop" });
  }

  /** Opens a new chat with a tool. */
  static async open(page: Page, tool: string): Promise<Chat> {
    await page.goto(`/chat?tool=${tool}`);
    await hydrated(page);
    return new Chat(page);
  }

  /** Everything the person said, or the tool. */
  by(author: string): Locator {
    return this.log.getByRole("article", { name: author, exact: true });
  }

  /** The words of the last answer. */
  words(tool: string): Locator {
    return this.by(tool).last().locator(".prose");
  }

  /** Writes a message and sends it, whatever comes of that. */
  async trySay(text: string): Promise<void> {
    await this.message.fill(text);
    await this.message.press("Enter");
  }

  /** Sends a message; it is in the transcript. */
  async say(text: string): Promise<void> {
    await this.trySay(text);
    await expect(this.by("You").last()).toContainText(text);
  }

  /** Waits until the last answer has words and is still being written. */
  async streaming(tool: string): Promise<void> {
    await expect(this.words(tool)).not.toBeEmpty();
    await expect(this.by(tool).last()).toHaveAttribute("aria-busy", "true");
  }

  /** Waits until the last answer is whole: its end is told in words, and nothing is busy. */
  async ended(tool: string, how: string): Promise<void> {
    await expect(this.by(tool).last().getByText(how, { exact: true })).toBeVisible({ timeout: 30_000 });
    await expect(this.by(tool).last()).not.toHaveAttribute("aria-busy");
  }

  /** Asks and waits for the whole answer. */
  async ask(tool: string, text: string): Promise<void> {
    await this.say(text);
    await this.ended(tool, "Finished");
  }
}
