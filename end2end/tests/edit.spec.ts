// Writing a sent message anew: the new version stands beside the old one.
import { Chat } from "./support/chat.ts";
import { expect, test } from "./support/test.ts";

test("an edited message is another version with an answer of its own, and both stay", async ({ page }) => {
  const chat = await Chat.open(page, "echo");
  await chat.ask("echo", "first words");
  await chat.ask("echo", "and more");
  const first = chat.by("You").first();
  await first.getByRole("button", { name: "Edit message" }).click();
  const field = first.getByRole("textbox", { name: "Edited text" });
  await expect(field).toBeFocused();
  await expect(field).toHaveValue("first words");
  await field.fill("second words");
  await field.press("Enter");
  await chat.ended("echo", "Finished");
  await expect(chat.by("You")).toHaveCount(1);
  await expect(chat.words("echo")).toHaveText("second words");
  await expect(chat.by("You").getByText("2 / 2")).toBeVisible();

  await chat.by("You").getByRole("button", { name: "Previous version" }).click();
  await expect(chat.by("You")).toHaveCount(2);
  await expect(chat.by("You").first()).toContainText("first words");
  await expect(chat.words("echo")).toHaveText("and more");
  await page.reload();
  await expect(chat.by("You").first().getByText("1 / 2")).toBeVisible();
});

test("an edit that is not sent is kept, and closed by escape or back", async ({ page }) => {
  const chat = await Chat.open(page, "echo");
  await chat.ask("echo", "hello");
  const edit = chat.by("You").getByRole("button", { name: "Edit message" });
  const field = chat.by("You").getByRole("textbox", { name: "Edited text" });
  await edit.click();
  await field.fill("half a thought");
  await field.press("Escape");
  await expect(chat.by("You")).toContainText("hello");
  await edit.click();
  await expect(field).toHaveValue("half a thought");
  await page.goBack();
  await expect(field).toHaveCount(0);
});
