// A message that is sent before the page's content has come goes where the address says.
import { Chat } from "./support/chat.ts";
import { hydrated } from "./support/hydration.ts";
import { expect, test } from "./support/test.ts";
import type { Page } from "@playwright/test";

/** Holds what a server function gives; call what this gives to let it through. */
async function hold(page: Page, endpoint: string): Promise<() => void> {
  let open = () => {};
  const isOpen = new Promise<void>((resolve) => (open = resolve));
  await page.route(`**/api/${endpoint}*`, async (route) => {
    await isOpen;
    await route.continue();
  });
  return open;
}

test("a message to a conversation that is still being fetched goes into that conversation", async ({ member, page }) => {
  const chat = await Chat.open(page, "echo");
  await chat.ask("echo", `${member.name} begins`);
  const conversation = new URL(page.url()).pathname;
  await page.goto("/tools");
  await hydrated(page);
  const letThrough = await hold(page, "open_conversation");
  await page.getByRole("link", { name: `${member.name} begins` }).click();
  await expect(page).toHaveURL(conversation);
  const asked = page.waitForRequest("**/api/send_message");
  await chat.trySay(`${member.name} is quick`);
  const { request } = (await asked).postDataJSON() as { request: { conversation_id: string | null } };
  expect(request.conversation_id).toBe(conversation.split("/").at(-1));
  letThrough();
  await expect(chat.by("You")).toHaveCount(2);
  await expect(chat.words("echo")).toHaveText(`${member.name} is quick`);
  await expect(page).toHaveURL(conversation);
  await expect(chat.message).toHaveValue("");
});

test("a message of a new chat that is still being fetched goes to the tool of the address", async ({ member, page }) => {
  const chat = await Chat.open(page, "echo");
  await chat.ask("echo", `${member.name} begins`);
  await page.goto("/tools/count");
  await hydrated(page);
  const letThrough = await hold(page, "begin_chat");
  await page.getByRole("link", { name: "Try in chat" }).click();
  await expect(page).toHaveURL(/\/chat\?tool=count$/);
  const asked = page.waitForRequest("**/api/send_message");
  await chat.trySay(`${member.name} wants tokens=3`);
  const { request } = (await asked).postDataJSON() as { request: { conversation_id: string | null; tool: string } };
  expect(request).toMatchObject({ conversation_id: null, tool: "count" });
  letThrough();
  await chat.ended("count", "Finished");
});
