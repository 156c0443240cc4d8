// What answers are made of: code, math, tables, links, and text that looks like a program.
import { Chat } from "./support/chat.ts";
import { hydrated } from "./support/hydration.ts";
import { expect, test } from "./support/test.ts";

const HOSTILE = `<b>bold</b> <img src="/x" onerror="alert(1)"> <script>alert(2)</script>`;

test("what somebody writes as HTML is text, in the question and in the answer", async ({ member, page }) => {
  const chat = await Chat.open(page, "echo");
  await chat.ask("echo", `${member.name}: ${HOSTILE}`);
  await expect(chat.by("You").locator(".message-body")).toHaveText(`${member.name}: ${HOSTILE}`);
  await expect(chat.words("echo")).toHaveText(`${member.name}: ${HOSTILE}`);
  await expect(chat.log.locator("img, script, b")).toHaveCount(0);
  await page.reload();
  await hydrated(page);
  await expect(chat.words("echo")).toHaveText(`${member.name}: ${HOSTILE}`);
  await expect(chat.log.locator("img, script, b")).toHaveCount(0);
});

test("code says its language, is coloured, and can be copied", async ({ member, page }) => {
  await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
  const chat = await Chat.open(page, "markdown");
  await chat.ask("markdown", `${member.name} asks`);
  const block = chat.words("markdown").locator(".code-block").filter({ hasText: "checked_add" });
  await expect(block.locator(".code-lang")).toHaveText("rust");
  await expect(block.locator(".hljs-keyword").first()).toHaveText("fn");
  await block.getByRole("button", { name: "Copy" }).click();
  await expect(block.getByRole("button", { name: "Copied" })).toBeVisible();
  const copied = await page.evaluate(() => navigator.clipboard.readText());
  expect(copied).toBe((await block.locator("code").textContent()) ?? "");
  expect(copied).toContain("fn sum<'a>(numbers: impl IntoIterator<Item = &'a u64>) -> Option<u64> {\n    numbers");
});

test("an answer is copied as it was written", async ({ member, page }) => {
  await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
  const chat = await Chat.open(page, "echo");
  await chat.ask("echo", `**${member.name}** asks`);
  await chat.by("echo").hover();
  await chat.by("echo").getByRole("button", { name: "Copy" }).click();
  await expect.poll(() => page.evaluate(() => navigator.clipboard.readText())).toBe(`**${member.name}** asks`);
});

test("math is typeset, while it streams and after a reload", async ({ member, page }) => {
  const chat = await Chat.open(page, "markdown");
  await chat.ask("markdown", `${member.name} wants math`);
  const words = chat.words("markdown");
  await expect(words.locator("math")).toHaveCount(2);
  await expect(words.locator("code.math")).toHaveCount(0);
  await expect(words.locator(".math-block math")).toBeVisible();
  await page.reload();
  await hydrated(page);
  await expect(words.locator("math")).toHaveCount(2);
});

test("links are links, and what only looks like one is text", async ({ member, page }) => {
  const chat = await Chat.open(page, "markdown");
  await chat.ask("markdown", `${member.name} wants links`);
  const manual = chat.words("markdown").getByRole("link", { name: "link to the manual" });
  await expect(manual).toHaveAttribute("href", "https://doc.rust-lang.org/book/");
  await expect(manual).toHaveAttribute("rel", /noopener/);
  await expect(chat.words("markdown").locator("a[href^='javascript']")).toHaveCount(0);
  await expect(chat.words("markdown")).toContainText('<script>alert("never")</script>');
});

test("a wide table scrolls inside itself, and the page does not", async ({ member, page }) => {
  await page.setViewportSize({ width: 390, height: 844 });
  const row = (text: string) => `| ${Array.from({ length: 12 }, (_, index) => `${text} ${index}`).join(" | ")} |`;
  const chat = await Chat.open(page, "echo");
  const rule = `|${"---|".repeat(12)}`;
  await chat.ask("echo", [`${member.name}:`, "", row("Column"), rule, row("value")].join("\n"));
  const table = chat.words("echo").getByRole("table");
  await expect(table).toBeVisible();
  const [inside, outside] = await table.evaluate((element) => {
    const scroller = element.parentElement ?? element;
    const root = document.documentElement;
    return [scroller.scrollWidth - scroller.clientWidth, root.scrollWidth - root.clientWidth];
  });
  expect(inside).toBeGreaterThan(100);
  expect(outside).toBeLessThanOrEqual(0);
});

test("the same answer is the same page, streamed or reloaded", async ({ member, page }) => {
  const chat = await Chat.open(page, "markdown");
  await chat.ask("markdown", `${member.name} wants rate=400`);
  const words = chat.words("markdown");
  await expect(words.locator("math")).toHaveCount(2);
  await expect(words.locator("code.hljs").first()).toBeVisible();
  const html = async () => (await words.innerHTML()).replaceAll("<!---->", "");
  const streamed = await html();
  await page.reload();
  await hydrated(page);
  await expect(words.locator("code.hljs").first()).toBeVisible();
  expect(await html()).toBe(streamed);
});
