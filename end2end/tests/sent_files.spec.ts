// Files on sent messages: there at once, taking their room from the start, to be looked at and fetched.
import { Attachments } from "./support/attachments.ts";
import { Chat } from "./support/chat.ts";
import { hydrated } from "./support/hydration.ts";
import { png, text } from "./support/pictures.ts";
import { openSeeing, SEEING } from "./support/seeing.ts";
import { expect, test } from "./support/test.ts";

test("a sent message shows its pictures and files at once and after a reload", async ({ context, page, startApp, upstream }) => {
  const chat = await openSeeing({ context, page, startApp, upstream });
  const attachments = new Attachments(page);
  await chat.ask(SEEING.name, "one to begin with");
  await attachments.attach(png("photo.png", 600, 400), text("notes.txt", "some notes"));
  await attachments.chip("photo.png").getByLabel("Image detail").selectOption("High");
  await chat.ask(SEEING.name, "two files");
  const files = chat.by("You").last().getByRole("list", { name: "Attached files" });
  const look = async () => {
    const picture = files.getByRole("link", { name: "photo.png" });
    await expect(picture).toHaveAttribute("title", "Sent as 600 × 400, high detail");
    const box = await picture.boundingBox();
    expect((box?.width ?? 0) / (box?.height ?? 1)).toBeCloseTo(1.5, 1);
    await expect(files.getByRole("link", { name: /notes\.txt/ })).toHaveAttribute("href", /\/api\/files\/.*\?download$/);
  };
  await look();
  await page.reload();
  await hydrated(page);
  await look();
});

test("files make a message without a word", async ({ member, page }) => {
  const chat = await Chat.open(page, "echo");
  await chat.ask("echo", `${member.name} begins`);
  await new Attachments(page).attach(text("notes.txt", `notes of ${member.name}`));
  await chat.send.click();
  const message = chat.by("You").last();
  await expect(message.getByRole("link", { name: /notes\.txt/ })).toBeVisible();
  await expect(message.locator(".message-body")).toHaveCount(0);
  await chat.ended("echo", "Finished");
});

test("a picture is looked at over the page, and so are those beside it", async ({ context, page, startApp, upstream }) => {
  const chat = await openSeeing({ context, page, startApp, upstream });
  await chat.ask(SEEING.name, "one to begin with");
  await new Attachments(page).attach(png("first.png", 300, 200), png("second.png", 200, 300));
  await chat.ask(SEEING.name, "two pictures");
  const link = chat.by("You").last().getByRole("link", { name: "first.png" });
  await link.click();
  const dialog = page.getByRole("dialog", { name: "Picture" });
  await expect(dialog.getByRole("img", { name: "first.png" })).toBeVisible();
  await expect(dialog.getByText("Sent as 300 × 200, auto detail")).toBeVisible();
  await page.keyboard.press("ArrowRight");
  await expect(dialog.getByRole("img", { name: "second.png" })).toBeVisible();
  await dialog.getByRole("button", { name: "Next picture" }).click();
  await expect(dialog.getByRole("img", { name: "first.png" })).toBeVisible();
  const download = page.waitForEvent("download");
  await dialog.getByRole("link", { name: "Download" }).click();
  expect((await download).suggestedFilename()).toBe("first.png");
  await page.keyboard.press("Escape");
  await expect(dialog).toBeHidden();
  await expect(link).toBeFocused();
});
