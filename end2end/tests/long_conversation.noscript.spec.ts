// Long conversations where no script runs.
import { expect, test } from "./support/test.ts";
import { bringIn, line } from "./support/threads.ts";

test("earlier messages are a press away, as often as there are some", async ({ member, page }) => {
  await page.goto(await bringIn(page, 150));
  const messages = page.getByRole("log", { name: "Conversation" }).getByRole("article");
  const more = page.getByRole("button", { name: "Show earlier messages" });
  await expect(messages, member.name).toHaveCount(60);
  await more.click();
  await expect(messages).toHaveCount(120);
  await expect(messages.first()).toContainText(line(31));
  await more.click();
  await expect(messages).toHaveCount(150);
  await expect(messages.last()).toContainText(line(150));
  await expect(more).toHaveCount(0);
});
