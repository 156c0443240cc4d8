// A voice call as a person knows it.
import { expect, type Locator, type Page } from "@playwright/test";
import { Chat } from "./chat.ts";

export class VoiceCall {
  readonly region: Locator;
  readonly begin: Locator;
  /** Whose turn it is. */
  readonly phase: Locator;
  /** What is said just now, by either side. */
  readonly caption: Locator;

  constructor(
    readonly page: Page,
    readonly chat: Chat,
  ) {
    this.region = page.getByRole("region", { name: "Voice call" });
    this.begin = page.getByRole("button", { name: "Voice call", exact: true });
    this.phase = this.region.locator(".call-phase");
    this.caption = this.region.locator(".call-caption");
  }

  static async open(page: Page, tool = "echo"): Promise<VoiceCall> {
    return new VoiceCall(page, await Chat.open(page, tool));
  }

  button(name: string): Locator {
    return this.region.getByRole("button", { name, exact: true });
  }

  /** Calls, and waits until somebody listens. */
  async start(): Promise<void> {
    await this.begin.click();
    await expect(this.phase).not.toHaveText(/Connecting|Waiting/);
  }

  async is(phase: string | RegExp, seconds = 30): Promise<void> {
    await expect(this.phase).toHaveText(phase, { timeout: seconds * 1_000 });
  }

  async hangUp(): Promise<void> {
    await this.button("Hang up").click();
    await expect(this.region).toHaveCount(0);
  }
}
