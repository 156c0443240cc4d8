// Files in a browser that runs no scripts.
import type { Locator, Page } from "@playwright/test";
import { Chat } from "./support/chat.ts";
import { signUp } from "./support/person.ts";
import { bomb, cut, png, text } from "./support/pictures.ts";
import { expect, test } from "./support/test.ts";

/** The field that files are chosen in. The button that a script would need has the same name and is not shown. */
function fileField(page: Page): Locator {
  return page.getByLabel("Attach files").and(page.locator("input"));
}

test("without a script files are sent with a form and shown on the message", async ({ member, page }) => {
  await page.goto("/chat?tool=echo");
  const chat = new Chat(page);
  await chat.message.fill(`Files of ${member.name}`);
  await fileField(page).setInputFiles([png("photo.png", 60, 40), text("notes.txt", member.name)]);
  await chat.send.click();
  await expect(page).toHaveURL(/\/chat\/[\da-f-]+$/);
  const files = chat.by("You").getByRole("list", { name: "Attached files" });
  await expect(files.getByRole("link", { name: "photo.png" })).toHaveAttribute("href", /\/api\/files\/[\da-f-]+$/);
  await expect(files.getByRole("link", { name: /notes\.txt/ })).toBeVisible();
});

test("without a script a file that is not taken comes back with why, and the message with what was stored", async ({
  complaints,
  member,
  page,
}) => {
  complaints.tolerate(/status of 4\d\d/);
  await page.goto("/chat?tool=echo");
  const chat = new Chat(page);
  await chat.message.fill(`Look at this\n${member.name}`);
  await fileField(page).setInputFiles([text("notes.txt", `notes of ${member.name}`), cut("half.jpg")]);
  // Every other mistake goes the same way: src/tests/files/forms.rs.
  for (const [next, words] of [
    [bomb("bomb.png", 30_000, 30_000), "half.jpg is cut off"],
    [undefined, "bomb.png has 30000 × 30000 pixels"],
  ] as const) {
    await chat.send.click();
    await expect(page.getByRole("alert")).toContainText(words);
    await expect(page).toHaveURL(/\/chat\?tool=echo$/);
    await expect(chat.message).toHaveValue(`Look at this\n${member.name}`);
    await expect(page.getByRole("checkbox", { name: "notes.txt" })).toBeChecked();
    if (next) await fileField(page).setInputFiles([next]);
  }
  await chat.send.click();
  await expect(page).toHaveURL(/\/chat\/[\da-f-]+$/);
  await expect(chat.by("You").getByRole("link", { name: /notes\.txt/ })).toBeVisible();
  await expect(chat.by("echo").getByText("Finished")).toBeVisible();
});

test("without a script a quota that is passed in the middle keeps what fitted", async ({ complaints, context, page, startApp }) => {
  complaints.tolerate(/status of 4\d\d/);
  // Its server stops while the browser may still fetch what nobody runs.
  complaints.tolerate(/ERR_CONNECTION_REFUSED/);
  const app = await startApp({ INSPIREAI_STORAGE_QUOTA_MB: "2" });
  await signUp(context, app.url);
  await page.goto(`${app.url}/chat?tool=echo`);
  const chat = new Chat(page);
  await chat.message.fill("two files");
  await fileField(page).setInputFiles([text("first.txt", "x".repeat(1_200_000)), text("second.txt", "x".repeat(1_200_000))]);
  await chat.send.click();
  await expect(page.getByRole("alert")).toContainText("There is no room for second.txt");
  await expect(chat.message).toHaveValue("two files");
  await expect(page.getByRole("checkbox", { name: "first.txt" })).toBeChecked();
});

test("without a script a file of the files page goes into a chat, unless its box is cleared", async ({ member, page }) => {
  await page.goto("/files");
  await page.getByLabel("Upload files").setInputFiles([text("notes.txt", member.name)]);
  await page.getByRole("button", { name: "Send them" }).click();
  await page.getByRole("link", { name: "Use notes.txt in chat" }).click();
  await expect(page.getByRole("checkbox", { name: "notes.txt" })).toBeChecked();
  await page.goto(`${page.url()}&tool=echo`);
  const chat = new Chat(page);
  await chat.message.fill(`A file of ${member.name}`);
  await chat.send.click();
  await expect(chat.by("You").getByRole("link", { name: /notes\.txt/ })).toBeVisible();
});
