// The panel beside the chat: what a model is asked with, presets.
import type { Locator, Page } from "@playwright/test";
import { violations } from "./support/axe.ts";
import { Chat } from "./support/chat.ts";
import { hydrated } from "./support/hydration.ts";
import { expect, test } from "./support/test.ts";

class Panel {
  readonly button: Locator;
  readonly panel: Locator;
  readonly prompt: Locator;

  constructor(readonly page: Page) {
    this.button = page.getByRole("button", { name: "Parameters" });
    this.panel = page.getByRole("complementary", { name: "How this chat asks" });
    this.prompt = page.getByRole("textbox", { name: "System prompt" });
  }

  async open(): Promise<void> {
    await this.button.click();
    await expect(this.panel).toBeVisible();
  }

  /** Sets a number, and waits until an open conversation has it. */
  async set(name: string, value: string): Promise<void> {
    const stored = this.page.waitForResponse("**/api/update_settings");
    await this.panel.getByLabel(name, { exact: true }).fill(value);
    await this.panel.getByLabel(name, { exact: true }).press("Tab");
    expect((await stored).ok()).toBe(true);
  }
}

test("the panel opens and shuts by the keyboard, and the focus goes with it", async ({ member, page }) => {
  await Chat.open(page, "echo");
  const panel = new Panel(page);
  await panel.button.focus();
  await page.keyboard.press("Enter");
  await expect(panel.panel.getByRole("heading", { name: "How this chat asks" })).toBeFocused();
  await expect(panel.button).toHaveAttribute("aria-expanded", "true");
  await page.keyboard.press("Escape");
  await expect(panel.panel).toBeHidden();
  await expect(panel.button).toBeFocused();
  await page.keyboard.press("Control+.");
  await expect(panel.panel).toBeVisible();
  await page.reload();
  await expect(panel.panel, `${member.name} had it open in this tab`).toBeVisible();
});

test("what the model takes is offered, checked in words, and kept with the conversation", async ({ member, page }) => {
  const chat = await Chat.open(page, "echo");
  await chat.ask("echo", `${member.name} begins`);
  const panel = new Panel(page);
  await panel.open();
  await expect(panel.panel.getByLabel("Verbosity")).toHaveCount(0);
  await expect(panel.panel.getByLabel("Reasoning effort")).toHaveCount(0);
  const temperature = panel.panel.getByLabel("Temperature", { exact: true });
  await temperature.fill("3");
  await temperature.press("Tab");
  await expect(panel.panel.getByText("Temperature is a number from 0 to 2.")).toBeVisible();
  await panel.set("Temperature", "0.4");
  await panel.set("Max tokens", "500");
  const stored = page.waitForResponse("**/api/update_settings");
  await panel.panel.getByLabel("Stop sequences", { exact: true }).fill("END");
  await panel.panel.getByLabel("Stop sequences", { exact: true }).press("Enter");
  await stored;
  const prompted = page.waitForResponse("**/api/update_settings");
  await panel.prompt.fill("Answer in rhyme.");
  await panel.prompt.press("Tab");
  await prompted;

  await page.reload();
  await hydrated(page);
  await expect(temperature).toHaveValue("0.4");
  await expect(panel.panel.getByRole("slider", { name: "Temperature slider" })).toHaveValue("0.4");
  await expect(panel.panel.getByLabel("Max tokens", { exact: true })).toHaveValue("500");
  await expect(panel.prompt).toHaveValue("Answer in rhyme.");
  await panel.panel.getByRole("button", { name: "Remove stop sequence END" }).click();
  await panel.panel.getByRole("button", { name: "Reset Temperature" }).click();
  await expect(temperature).toHaveValue("");
  await panel.panel.getByRole("button", { name: "Reset all" }).click();
  await expect(panel.prompt).toHaveValue("");
  await expect(panel.panel.getByRole("button", { name: "Reset all" })).toBeDisabled();
});

test("what is set before the first message goes with it, and what is set meanwhile goes with the next", async ({
  member,
  page,
}) => {
  const chat = await Chat.open(page, "count");
  const panel = new Panel(page);
  await panel.open();
  await panel.panel.getByLabel("Temperature", { exact: true }).fill("1.5");
  await chat.say(`${member.name} wants tokens=200 rate=50`);
  await chat.streaming("count");
  await expect(page).toHaveURL(/\/chat\/[\da-f-]+$/);
  await expect(panel.panel.getByLabel("Temperature", { exact: true })).toHaveValue("1.5");
  await panel.set("Temperature", "0.5");
  await chat.ended("count", "Finished");
  await page.reload();
  await hydrated(page);
  await expect(panel.panel.getByLabel("Temperature", { exact: true })).toHaveValue("0.5");
});

test("a change that the server does not take is told, holds on the page, and is tried again", async ({
  complaints,
  member,
  page,
}) => {
  complaints.tolerate(/Failed to load resource/);
  const chat = await Chat.open(page, "echo");
  await chat.ask("echo", `${member.name} begins`);
  const panel = new Panel(page);
  await panel.open();
  await page.route("**/api/update_settings", (route) => route.abort());
  const temperature = panel.panel.getByLabel("Temperature", { exact: true });
  await temperature.fill("0.3");
  await temperature.press("Tab");
  await expect(panel.panel.getByRole("alert")).toContainText("could not be reached");
  await expect(temperature).toHaveValue("0.3");
  await page.unroute("**/api/update_settings");
  await panel.panel.getByRole("button", { name: "Try again" }).click();
  await expect(panel.panel.getByRole("alert")).toHaveCount(0);
  await page.reload();
  await hydrated(page);
  await expect(temperature).toHaveValue("0.3");
});

test("a preset is saved, applied, renamed, made the default and deleted", async ({ complaints, member, page }) => {
  complaints.tolerate(/status of 409/);
  await Chat.open(page, "echo");
  const panel = new Panel(page);
  await panel.open();
  const name = panel.panel.getByLabel("Preset name");
  const save = panel.panel.getByRole("button", { name: "Save preset" });
  await expect(save).toBeDisabled();
  await panel.prompt.fill(`Call me ${member.name}.`);
  await panel.prompt.press("Tab");
  await name.fill("Mine");
  await save.click();
  const apply = panel.panel.getByRole("button", { name: "Apply Mine" });
  await expect(apply).toHaveAttribute("aria-pressed", "true");
  await name.fill("Mine");
  await save.click();
  await expect(panel.panel.getByText("You have a preset “Mine” already.")).toBeVisible();
  await panel.panel.getByRole("button", { name: "Replace it" }).click();
  await expect(panel.panel.getByText("already")).toHaveCount(0);

  await panel.panel.getByRole("button", { name: "Reset all" }).click();
  await expect(apply).toHaveAttribute("aria-pressed", "false");
  await apply.click();
  await expect(panel.prompt).toHaveValue(`Call me ${member.name}.`);
  await panel.panel.getByRole("button", { name: "Begin new chats with Mine" }).click();
  await expect(panel.panel.getByText("Default", { exact: true })).toBeVisible();
  await page.goto("/chat?tool=count");
  await hydrated(page);
  await expect(panel.prompt).toHaveValue(`Call me ${member.name}.`);

  await panel.panel.getByLabel("Options for Mine").click();
  await expect(panel.panel.getByRole("button", { name: "Delete" })).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(panel.panel.getByRole("button", { name: "Delete" })).toBeHidden();
  await expect(panel.panel.getByLabel("Options for Mine")).toBeFocused();
  await page.keyboard.press("Enter");
  await panel.panel.getByText("Rename").click();
  await panel.panel.getByLabel("New name for Mine").fill("Ours");
  await panel.panel.getByRole("button", { name: "Save name" }).click();
  await expect(panel.panel.getByRole("button", { name: "Apply Ours" })).toBeVisible();
  await panel.panel.getByLabel("Options for Ours").click();
  await panel.panel.getByRole("button", { name: "Delete" }).click();
  await expect(panel.panel.getByRole("button", { name: "Apply Ours" })).toHaveCount(0);
});

for (const colorScheme of ["light", "dark"] as const) {
  test.describe(`in ${colorScheme}`, () => {
    test.use({ colorScheme, contextOptions: { reducedMotion: "reduce" } });

    test(`the panel has no serious barrier, in ${colorScheme}`, async ({ member, page }) => {
      await Chat.open(page, "echo");
      const panel = new Panel(page);
      await panel.open();
      await panel.prompt.fill(member.name);
      await panel.prompt.press("Tab");
      await expect(panel.panel.getByRole("button", { name: "Reset system prompt" })).toBeVisible();
      expect(await violations(page)).toEqual([]);
    });
  });
}

test.describe("on a phone", () => {
  test.use({ viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });

  test("the panel is a sheet with targets for a thumb, and the page above it stays in sight", async ({ member, page }) => {
    await Chat.open(page, "echo");
    const panel = new Panel(page);
    await panel.button.tap();
    const box = await panel.panel.boundingBox();
    expect(box?.width, member.name).toBe(390);
    expect(box?.y ?? 0).toBeGreaterThan(50);
    for (const target of [
      panel.panel.getByRole("button", { name: "Close panel" }),
      panel.panel.getByRole("button", { name: "Save preset" }),
      panel.panel.getByRole("slider").first(),
    ]) {
      await target.scrollIntoViewIfNeeded();
      expect((await target.boundingBox())?.height).toBeGreaterThanOrEqual(44);
    }
    await panel.panel.getByRole("button", { name: "Close panel" }).tap();
    await expect(panel.panel).toBeHidden();
  });
});
