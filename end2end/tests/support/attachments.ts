// The files on a message that is being written, as a person knows them.
import { expect, type Locator, type Page, type Route } from "@playwright/test";
import type { Attachable } from "./pictures.ts";

export class Attachments {
  readonly list: Locator;
  readonly chips: Locator;

  constructor(readonly page: Page) {
    this.list = page.getByRole("list", { name: "Attached files" }).and(page.locator(".attachments"));
    this.chips = this.list.getByRole("listitem");
  }

  /** Chooses files as the button does. */
  async choose(...files: Attachable[]): Promise<void> {
    const chooser = this.page.waitForEvent("filechooser");
    await this.page.getByRole("button", { name: "Attach files" }).click();
    await (await chooser).setFiles(files);
  }

  /** One file's chip. */
  chip(name: string): Locator {
    return this.list.getByRole("listitem", { name, exact: true });
  }

  /** Waits until a file is on the server. */
  async stored(name: string): Promise<void> {
    await expect(this.chip(name).getByRole("button", { name: `Remove ${name}` })).toBeVisible();
    await expect(this.chip(name).getByText("Not attached")).toHaveCount(0);
  }

  /** Chooses files and waits until they are on the server. */
  async attach(...files: Attachable[]): Promise<void> {
    await this.choose(...files);
    for (const { name } of files) await this.stored(name);
  }

  /** The names, in their order. */
  async expectOrder(...names: string[]): Promise<void> {
    await expect.poll(() => this.chips.evaluateAll((all) => all.map((chip) => chip.ariaLabel))).toEqual(names);
  }
}

/** Holds uploads back; `release` lets them go on. `count` is how many have come. */
export async function holdUploads(page: Page): Promise<{ release: () => Promise<void>; count: () => number }> {
  let open = () => {};
  let count = 0;
  const isOpen = new Promise<void>((resolve) => (open = resolve));
  const hold = async (route: Route) => {
    count += 1;
    await isOpen;
    await route.continue();
  };
  await page.route("**/api/upload_file", hold);
  return {
    release: async () => open(),
    count: () => count,
  };
}

export interface SentAttachment {
  file: string;
  detail: string;
  edit: { rotate: number; crop?: { x: number; y: number; width: number; height: number } };
}

/** The files that the next message is sent with. */
export async function sentWith(page: Page, send: () => Promise<unknown>): Promise<SentAttachment[]> {
  const asked = page.waitForRequest("**/api/send_message");
  await send();
  const body = (await asked).postDataJSON() as { request: { attachments: SentAttachment[] } };
  return body.request.attachments;
}
