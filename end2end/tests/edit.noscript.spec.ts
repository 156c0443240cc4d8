// Writing a sent message anew in a browser that runs no scripts.
import { Chat } from "./support/chat.ts";
import { expect, test } from "./support/test.ts";

test("without a script a message is edited, and one goes from version to version", async ({ member, page }) => {
  await page.goto("/chat?tool=echo");
  const chat = new Chat(page);
  await chat.message.fill(`first of ${member.name}`);
  await chat.send.click();
  await chat.by("You").getByRole("button", { name: "Edit message" }).click();
  const field = chat.by("You").getByRole("textbox", { name: "Edited text" });
  await expect(field).toHaveValue(`first of ${member.name}`);
  await field.fill("second");
  await page.getByRole("button", { name: "Send edited" }).click();
  await expect(chat.words("echo")).toHaveText("second");
  await expect(chat.by("You").getByText("2 / 2")).toBeVisible();
  await chat.by("You").getByRole("button", { name: "Previous version" }).click();
  await expect(chat.words("echo")).toHaveText(`first of ${member.name}`);
});
