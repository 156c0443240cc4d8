// Dictation as a person knows it.
import { expect, type Locator, type Page } from "@playwright/test";
import { Chat } from "./chat.ts";

export class Dictation {
  readonly record: Locator;
  readonly stop: Locator;
  readonly cancel: Locator;
  readonly bar: Locator;
  readonly message: Locator;
  /** The words before they are written. */
  readonly ghost: Locator;

  private constructor(readonly page: Page, readonly chat: Chat) {
    this.record = page.getByRole("button", { name: "Record voice" });
    this.stop = page.getByRole("button", { name: "Stop recording" });
    this.cancel = page.getByRole("button", { name: "Cancel recording" });
    this.bar = page.getByRole("group", { name: "Dictation" });
    this.message = chat.message;
    this.ghost = page.locator(".dictation-words");
  }

  static async open(page: Page): Promise<Dictation> {
    return new Dictation(page, await Chat.open(page, "echo"));
  }

  /** On the page as it is. */
  static on(page: Page): Dictation {
    return new Dictation(page, new Chat(page));
  }

  /** Begins, and waits until it listens. */
  async begin(): Promise<void> {
    await this.record.click();
    await this.listening();
  }

  async listening(): Promise<void> {
    await expect(this.bar.getByText("Listening…")).toBeVisible();
  }

  /** Waits until so many seconds were listened. */
  async elapsed(seconds: number): Promise<void> {
    const shown = async () => {
      const [minutes, rest] = ((await this.bar.locator("time").textContent()) ?? "0:0").split(":");
      return Number(minutes) * 60 + Number(rest);
    };
    await expect.poll(shown, { timeout: (seconds + 10) * 1_000 }).toBeGreaterThanOrEqual(seconds);
  }

  /** Waits until nothing is under way. */
  async idle(): Promise<void> {
    await expect(this.record).toBeEnabled();
    await expect(this.bar).toHaveCount(0);
  }
}

/** Letters alone: how words are written is the model's business. */
export const plain = (text: string | null) => (text ?? "").toLowerCase().replaceAll(/[^a-z]+/g, " ").trim();
