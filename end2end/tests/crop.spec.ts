// Turning a picture, cutting a part out, and how closely the tool is to look at it.
import type { Locator, Page } from "@playwright/test";
import { Attachments, sentWith } from "./support/attachments.ts";
import { Chat } from "./support/chat.ts";
import { png } from "./support/pictures.ts";
import { openSeeing } from "./support/seeing.ts";
import { expect, test } from "./support/test.ts";

/** Attaches a picture and opens the dialog. */
async function openDialog(page: Page, width = 400, height = 200): Promise<{ chat: Chat; chip: Locator; dialog: Locator }> {
  const chat = await Chat.open(page, "echo");
  const attachments = new Attachments(page);
  await attachments.attach(png("photo.png", width, height));
  const chip = attachments.chip("photo.png");
  await chip.getByRole("button", { name: "Crop" }).click();
  const dialog = page.getByRole("dialog", { name: "Crop photo.png" });
  await expect(dialog).toBeVisible();
  return { chat, chip, dialog };
}

test("a picture is turned and cut by numbers, and the edit travels with it", async ({ member, page }) => {
  const { chat, chip, dialog } = await openDialog(page);
  await expect(dialog.getByText("Sent as 400 × 200 pixels")).toBeVisible();
  await dialog.getByRole("button", { name: "Rotate right" }).click();
  await expect(dialog.getByText("Sent as 200 × 400 pixels")).toBeVisible();
  await dialog.getByLabel("Top").fill("100");
  await dialog.getByLabel("Width").fill("150");
  await dialog.getByLabel("Height").fill("200");
  await dialog.getByLabel("Height").blur();
  await expect(dialog.getByText("Sent as 150 × 200 pixels")).toBeVisible();
  await dialog.getByRole("button", { name: "Apply" }).click();
  await expect(dialog).toBeHidden();
  await expect(chip).toContainText("150 × 200");
  await chip.getByLabel("Image detail").selectOption("High");
  await chat.message.fill(`what does ${member.name} see?`);
  const sent = await sentWith(page, () => chat.send.click());
  expect(sent).toMatchObject([
    { detail: "high", edit: { rotate: 90, crop: { x: 0, y: 100, width: 150, height: 200 } } },
  ]);
});

test("with the keyboard alone the part is moved, made smaller and taken over", async ({ member, page }) => {
  expect(member.name).toBeTruthy();
  const { chip, dialog } = await openDialog(page);
  const part = dialog.getByRole("group", { name: "Part that is sent" });
  await part.focus();
  for (let step = 0; step < 5; step += 1) await part.press("Shift+ArrowLeft");
  await expect(dialog.getByLabel("Width")).toHaveValue("380");
  await part.press("Shift+ArrowUp");
  await expect(dialog.getByLabel("Height")).toHaveValue("196");
  await part.press("ArrowRight");
  await part.press("ArrowDown");
  await expect(dialog.getByLabel("Left")).toHaveValue("4");
  await expect(dialog.getByLabel("Top")).toHaveValue("4");
  await part.press("Enter");
  await expect(dialog).toBeHidden();
  await expect(chip).toContainText("380 × 196");
  await expect(chip.getByRole("button", { name: "Crop" })).toBeFocused();
});

test("Escape leaves the picture as it was, and the focus goes back", async ({ member, page }) => {
  expect(member.name).toBeTruthy();
  const { chip, dialog } = await openDialog(page);
  await dialog.getByRole("button", { name: "Rotate left" }).click();
  await expect(dialog.getByText("Sent as 200 × 400 pixels")).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(dialog).toBeHidden();
  await expect(chip).toContainText("400 × 200");
  await expect(chip.getByRole("button", { name: "Crop" })).toBeFocused();
});

test("a shape is kept while a corner is dragged, and Reset gives all of the picture back", async ({ member, page }) => {
  expect(member.name).toBeTruthy();
  const { dialog } = await openDialog(page);
  await dialog.getByLabel("Shape").selectOption("1:1");
  await expect(dialog.getByText("Sent as 200 × 200 pixels")).toBeVisible();
  const corner = await dialog.locator("[data-grip='4']").boundingBox();
  if (!corner) throw new Error("the grip is on the page");
  const [x, y] = [corner.x + corner.width / 2, corner.y + corner.height / 2];
  await page.mouse.move(x - 4, y - 4);
  await page.mouse.down();
  await page.mouse.move(x - 80, y - 80, { steps: 6 });
  await page.mouse.up();
  const width = Number(await dialog.getByLabel("Width").inputValue());
  expect(width).toBeLessThan(190);
  await expect(dialog.getByLabel("Height")).toHaveValue(String(width));
  await dialog.getByRole("button", { name: "Reset" }).click();
  await expect(dialog.getByText("Sent as 400 × 200 pixels")).toBeVisible();
});

test("what is sent is never larger than the detail asks for", async ({ member, page }) => {
  expect(member.name).toBeTruthy();
  await Chat.open(page, "echo");
  const attachments = new Attachments(page);
  await attachments.attach(png("wide.png", 3000, 1500));
  const chip = attachments.chip("wide.png");
  await expect(chip).toContainText("2048 × 1024");
  await chip.getByLabel("Image detail").selectOption("Low");
  await expect(chip).toContainText("512 × 256");
});

test("a picture is shown as it is turned and cut", async ({ member, page }) => {
  expect(member.name).toBeTruthy();
  const { chip, dialog } = await openDialog(page);
  await dialog.getByLabel("Width").fill("200");
  await dialog.getByLabel("Width").blur();
  await dialog.getByRole("button", { name: "Apply" }).click();
  // The left half is red; the frame has its shape, and the rest of the picture lies outside.
  const frame = await chip.locator(".picture").boundingBox();
  const whole = await chip.locator("img").boundingBox();
  if (!frame || !whole) throw new Error("the picture is on the page");
  expect(Math.abs(frame.width - frame.height)).toBeLessThan(1);
  expect(Math.abs(whole.width - 2 * frame.width)).toBeLessThan(1);
  expect(Math.abs(whole.x - frame.x)).toBeLessThan(1);
});

test("what a picture costs is told before it is sent, and follows its detail and its part", async ({
  context,
  page,
  startApp,
  upstream,
}) => {
  await openSeeing({ context, page, startApp, upstream }, "gpt-4o");
  const attachments = new Attachments(page);
  await attachments.attach(png("square.png", 1024, 1024));
  const chip = attachments.chip("square.png");
  // 85 for the picture and 170 for each of the four tiles that its 768 pixels are cut into.
  await expect(chip).toContainText("1024 × 1024, about 765 tokens");
  const options = chip.getByLabel("Image detail").getByRole("option");
  expect(await options.allTextContents()).toEqual(["Auto", "Low", "High"]);
  await chip.getByLabel("Image detail").selectOption("Low");
  await expect(chip).toContainText("512 × 512, about 85 tokens");
  await chip.getByLabel("Image detail").selectOption("High");
  await chip.getByRole("button", { name: "Crop" }).click();
  const dialog = page.getByRole("dialog", { name: "Crop square.png" });
  await dialog.getByLabel("Width").fill("500");
  await dialog.getByLabel("Height").fill("500");
  await dialog.getByLabel("Height").blur();
  await expect(dialog.getByText("Sent as 500 × 500 pixels, about 255 tokens")).toBeVisible();
});
