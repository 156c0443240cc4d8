// The same product in one hand.
import type { Locator } from "@playwright/test";
import { Attachments } from "./support/attachments.ts";
import { Chat } from "./support/chat.ts";
import { hydrated } from "./support/hydration.ts";
import { png, text } from "./support/pictures.ts";
import { expect, test } from "./support/test.ts";

const TARGET_PX = 44;

test.use({ viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });

async function expectTarget(button: Locator): Promise<void> {
  const box = await button.boundingBox();
  expect(Math.min(box?.width ?? 0, box?.height ?? 0), `${button}`).toBeGreaterThanOrEqual(TARGET_PX);
}

test("the sidebar is a drawer that opens, leads on, and shuts behind one", async ({ member, page }) => {
  const chat = await Chat.open(page, "echo");
  await chat.ask("echo", "Something to come back to");
  await page.goto("/tools");
  await hydrated(page);
  const conversation = page
    .getByRole("navigation", { name: "Your conversations" })
    .getByRole("link", { name: "Something to come back to" });
  await expect(conversation).not.toBeInViewport();
  await page.getByTitle("Toggle sidebar").tap();
  await expect(conversation).toBeInViewport();
  await expect(page.getByText(member.name)).toBeInViewport();
  await conversation.tap();
  await expect(chat.words("echo")).toHaveText("Something to come back to");
  await expect(conversation).not.toBeInViewport();
});

test("what one presses to chat is large enough for a thumb", async ({ member, page }) => {
  const chat = await Chat.open(page, "count");
  await expectTarget(chat.send);
  await expectTarget(page.getByTitle("Toggle sidebar"));
  await expectTarget(page.getByRole("banner").getByRole("link", { name: "New chat" }));
  await chat.say(`${member.name} wants tokens=2000 rate=50`);
  await chat.streaming("count");
  await expectTarget(chat.stop);
  await chat.stop.tap();
  await chat.ended("count", "Stopped by you");
  await page.goto("/chat?tool=length");
  await hydrated(page);
  await chat.say(`${member.name} wants tokens=20`);
  await chat.ended("length", "Cut at the limit");
  for (const name of ["Copy", "Regenerate", "Continue"]) {
    const button = chat.by("length").getByRole("button", { name });
    await expect(button).toBeVisible();
    await expectTarget(button);
  }
});

test("the composer stays in sight while an answer grows", async ({ member, page }) => {
  const chat = await Chat.open(page, "count");
  await chat.say(`${member.name} wants tokens=600 rate=300`);
  await chat.ended("count", "Finished");
  await expect(chat.message).toBeInViewport({ ratio: 1 });
  await expect(chat.send).toBeInViewport({ ratio: 1 });
});

test("files are attached and a picture is cropped with a thumb", async ({ member, page }) => {
  await Chat.open(page, "echo");
  const attachments = new Attachments(page);
  await expectTarget(page.getByRole("button", { name: "Attach files" }));
  await expectTarget(page.getByRole("button", { name: "Take a photo" }));
  await attachments.attach(png("photo.png", 400, 300), text("notes.txt", member.name));
  const chip = attachments.chip("photo.png");
  for (const name of ["Move photo.png", "Remove photo.png", "Crop"]) {
    await expectTarget(chip.getByRole("button", { name, exact: true }));
  }
  await expectTarget(chip.getByLabel("Image detail"));
  await chip.getByRole("button", { name: "Crop" }).tap();
  const dialog = page.getByRole("dialog", { name: "Crop photo.png" });
  for (const name of ["Rotate left", "Rotate right", "Reset", "Cancel", "Apply"]) {
    await expectTarget(dialog.getByRole("button", { name }));
  }
  await dialog.getByRole("button", { name: "Rotate right" }).tap();
  await dialog.getByRole("button", { name: "Apply" }).tap();
  await expect(chip).toContainText("300 × 400");
  const excess = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
  expect(excess).toBeLessThanOrEqual(0);
});

test("no page is wider than a small phone", async ({ complaints, member, page }) => {
  complaints.tolerate(/status of 404/);
  await page.setViewportSize({ width: 360, height: 740 });
  const chat = await Chat.open(page, "markdown");
  await chat.ask("markdown", `${member.name} ${"averylongwordwithoutaplacetobreak".repeat(4)}`);
  const conversation = new URL(page.url()).pathname;
  for (const path of [
    "/",
    "/tools",
    "/tools?q=zzzzqqq",
    "/tools/local-assistant",
    "/tools/claude",
    "/chat?tool=echo",
    conversation,
    "/settings",
    "/login",
    "/signup",
    "/no/such/page",
  ]) {
    await page.goto(path);
    const excess = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
    expect.soft(excess, path).toBeLessThanOrEqual(0);
  }
});
