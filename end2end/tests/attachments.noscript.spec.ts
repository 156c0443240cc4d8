// Files in a browser that runs no scripts.
import { Chat } from "./support/chat.ts";
import { png, text } from "./support/pictures.ts";
import { expect, test } from "./support/test.ts";

test("without a script files are sent with a form and shown on the message", async ({ member, page }) => {
  await page.goto("/chat?tool=echo");
  const chat = new Chat(page);
  await chat.message.fill(`Files of ${member.name}`);
  await page.getByLabel("Attach files").setInputFiles([png("photo.png", 60, 40), text("notes.txt", member.name)]);
  await chat.send.click();
  await expect(page).toHaveURL(/\/chat\/[\da-f-]+$/);
  const files = chat.by("You").getByRole("list", { name: "Attached files" });
  await expect(files.getByRole("link", { name: "photo.png" })).toHaveAttribute("href", /\/api\/files\/[\da-f-]+$/);
  await expect(files.getByRole("link", { name: /notes\.txt/ })).toBeVisible();
});
