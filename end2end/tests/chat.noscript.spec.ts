// Searching and chatting in a browser that runs no scripts.
import type { Page } from "@playwright/test";
import { Chat } from "./support/chat.ts";
import { expect, test } from "./support/test.ts";
import { counted } from "./support/upstream.ts";

/** Sends a message as a form, which comes back as the page with the answer. */
async function post(page: Page, tool: string, text: string): Promise<Chat> {
  await page.goto(`/chat?tool=${tool}`);
  const chat = new Chat(page);
  await chat.message.fill(text);
  await chat.send.click();
  await expect(page).toHaveURL(/\/chat\/[\da-f-]+$/);
  return chat;
}

test("without a script a tool is found and opened in the chat", async ({ member, page }) => {
  await page.goto("/");
  await page.getByRole("searchbox", { name: "Search tools" }).fill("echo");
  await page.getByRole("button", { name: "Search", exact: true }).click();
  await page.getByRole("main").getByRole("link", { name: "echo", exact: true }).click();
  await page.getByRole("link", { name: "Try in chat" }).click();
  await expect(page.getByRole("heading", { name: "Ask echo something" })).toBeVisible();
  await expect(page.getByText(member.name)).toBeVisible();
});

test("without a script a message is a form and its answer a page", async ({ member, page }) => {
  const chat = await post(page, "echo", `Hello\nfrom **${member.name}**`);
  await expect(chat.by("You").locator(".message-body")).toHaveText(`Hello\nfrom **${member.name}**`);
  await expect(chat.words("echo").locator("strong")).toHaveText(member.name);
  await expect(chat.by("echo").getByText("Finished")).toBeVisible();
  await chat.message.fill("And another thing");
  await chat.send.click();
  await expect(chat.by("echo")).toHaveCount(2);
  await expect(chat.words("echo")).toHaveText("And another thing");
});

test("without a script code, math and tables are all on the page", async ({ member, page }) => {
  const chat = await post(page, "markdown", `A tour for ${member.name}`);
  const words = chat.words("markdown");
  await expect(words.locator("math")).toHaveCount(2);
  await expect(words.getByRole("table")).toBeVisible();
  await expect(words.locator("pre > code.language-rust")).toContainText("checked_add");
  await expect(words).toContainText('<script>alert("never")</script>');
});

test("without a script an answer is made again, and the other one is kept", async ({ member, page }) => {
  const chat = await post(page, "echo", `Once more, ${member.name}`);
  await chat.by("echo").hover();
  await chat.by("echo").getByRole("button", { name: "Regenerate" }).click();
  await expect(chat.by("echo").getByText("2 / 2")).toBeVisible();
  await chat.by("echo").hover();
  await chat.by("echo").getByRole("button", { name: "Previous answer" }).click();
  await expect(chat.by("echo").getByText("1 / 2")).toBeVisible();
});

test("without a script an answer that was cut goes on", async ({ member, page }) => {
  const chat = await post(page, "length", `${member.name} wants tokens=20`);
  await expect(chat.words("length")).toHaveText(counted(10));
  await chat.by("length").getByRole("button", { name: "Continue" }).click();
  await expect(chat.words("length")).toHaveText(counted(20));
});

test("without a script a failure is told in a sentence, with a way on", async ({ member, page }) => {
  const chat = await post(page, "status-401", `${member.name} asks`);
  await expect(chat.by("status-401").getByRole("alert")).toContainText(/key/i);
  await expect(chat.by("status-401").getByRole("button", { name: "Try again" })).toBeVisible();
});

test("without a script a conversation is renamed and deleted", async ({ member, page }) => {
  await post(page, "echo", `A first name of ${member.name}`);
  const sidebar = page.getByRole("navigation", { name: "Your conversations" });
  await sidebar.getByLabel(/^Options for A first name/).click();
  await sidebar.getByText("Rename", { exact: true }).click();
  await sidebar.getByRole("textbox", { name: "Conversation name" }).fill("Another name");
  await sidebar.getByRole("button", { name: "Save" }).click();
  await expect(sidebar.getByRole("link", { name: "Another name" })).toBeVisible();
  await sidebar.getByLabel("Options for Another name").click();
  await sidebar.getByText("Delete", { exact: true }).click();
  await sidebar.getByRole("button", { name: "Delete it" }).click();
  await expect(page).toHaveURL("/chat");
  await expect(sidebar.getByRole("link")).toHaveCount(0);
});
