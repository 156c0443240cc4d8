// Assistants in a browser that runs no scripts.
import { Chat } from "./support/chat.ts";
import { expect, test } from "./support/test.ts";

test("without a script an assistant is made, changed, talked to and deleted", async ({ member, page }) => {
  await page.goto("/assistants/new");
  await page.getByLabel("Name", { exact: true }).fill("Agent");
  await page.getByLabel("Tool").selectOption("echo");
  await page.getByLabel("Starters").fill("Begin like this");
  await page.getByText("Parameters", { exact: true }).click();
  await page.getByLabel("Temperature").fill("0.5");
  await page.getByRole("button", { name: "Create assistant" }).click();
  await expect(page.getByRole("heading", { name: "Agent", level: 1 })).toBeVisible();
  await expect(page.getByLabel("Temperature")).toHaveValue("0.5");

  await page.getByLabel("Description").fill(`For ${member.name}`);
  await page.getByRole("button", { name: "Save new version" }).click();
  await expect(page.getByRole("link", { name: "Version 2" })).toBeVisible();

  await page.getByRole("link", { name: "Try in chat" }).click();
  await page.getByRole("button", { name: "Begin like this" }).click();
  const chat = new Chat(page);
  await expect(chat.words("Agent")).toHaveText("Begin like this");

  await page.goto("/assistants");
  await page.getByRole("link", { name: "Agent", exact: true }).click();
  await page.getByRole("main").getByText("Delete", { exact: true }).click();
  await page.getByRole("button", { name: "Delete it" }).click();
  await expect(page.getByText("There is no assistant yet.")).toBeVisible();
});

test("without a script what is wrong with an assistant or a file is told", async ({ complaints, member, page }) => {
  complaints.tolerate(/status of 4\d\d/);
  await page.goto("/assistants/new");
  await page.getByLabel("Name", { exact: true }).fill(member.name);
  await page.getByText("Parameters", { exact: true }).click();
  await page.getByLabel("Temperature").fill("warm");
  await page.getByRole("button", { name: "Create assistant" }).click();
  await expect(page.getByRole("alert")).toContainText("Temperature is a number from 0 to 2.");

  await page.goto("/assistants");
  await page.getByText("Bring in threads from OpenAI's Assistants").click();
  const file = { name: "threads.json", mimeType: "application/json", buffer: Buffer.from("{") };
  await page.getByLabel("File with threads").setInputFiles(file);
  await page.getByRole("button", { name: "Import threads" }).click();
  await expect(page.getByRole("alert")).toContainText("no valid JSON");
});
