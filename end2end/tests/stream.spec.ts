// How an answer grows on the page: calmly, in its place, and in sight for as long as the reader wants it.
import type { Page } from "@playwright/test";
import { Chat } from "./support/chat.ts";
import { deepestFall, startRecording, steps, stopRecording } from "./support/recording.ts";
import { expect, test } from "./support/test.ts";
import { counted } from "./support/upstream.ts";

const LINE_PX = 32;

/** Blocks of every calm kind, for the model `echo` to say at a rate. */
function essay(paragraphs: number, rate: number): string {
  const blocks = Array.from({ length: paragraphs }, (_, index) => [
    `## Part ${index + 1}`,
    `Part ${index + 1} has a sentence of ten words and another one.`,
    "- one thing\n- and another thing",
  ]);
  return [...blocks.flat(), `rate=${rate}`].join("\n\n");
}

/** Waits until the page is so long that there is something to scroll. */
async function overflowing(page: Page): Promise<void> {
  await page.waitForFunction(() => document.documentElement.scrollHeight > window.innerHeight + 600);
}

test("a growing answer never shrinks and is never blank", async ({ member, page }) => {
  const chat = await Chat.open(page, "echo");
  await chat.ask("echo", `${member.name} warms up`);
  await startRecording(page);
  await chat.say(essay(30, 250));
  await chat.ended("echo", "Finished");
  const frames = (await stopRecording(page)).slice(1);
  const grown = frames.slice(frames.findIndex((frame) => frame.isBusy && frame.characters > 0));
  expect(steps(grown, (frame) => frame.characters)).toBeGreaterThan(20);
  // What opens as "-" becomes a list, and "##" a heading: a sign or two of markup may go, words may not.
  expect(deepestFall(grown, (frame) => frame.characters), "characters that went away").toBeLessThanOrEqual(4);
  expect(deepestFall(grown, (frame) => frame.height), "pixels that went away").toBeLessThanOrEqual(LINE_PX);
});

test("an answer of every kind of markdown never shrinks by more than a line or two", async ({ member, page }) => {
  const chat = await Chat.open(page, "markdown");
  await startRecording(page);
  await chat.say(`${member.name} wants tokens=700 rate=150`);
  await chat.ended("markdown", "Finished");
  const frames = (await stopRecording(page)).filter((frame) => frame.isBusy);
  const grown = frames.slice(frames.findIndex((frame) => frame.characters > 0));
  expect(grown.every((frame) => frame.characters > 0)).toBe(true);
  expect(deepestFall(grown, (frame) => frame.height), "pixels that went away").toBeLessThanOrEqual(3 * LINE_PX);
});

test("finished blocks are never touched again", async ({ member, page }) => {
  const chat = await Chat.open(page, "echo");
  await chat.ask("echo", `${member.name} warms up`);
  await page.evaluate(() => {
    const log = document.querySelector("[role=log]");
    if (!log) throw new Error("no conversation");
    const frozen = new WeakSet<Node>();
    const seen = { blocks: 0, records: 0, touched: [] as string[] };
    Object.assign(window, { seen });
    const blockOf = (node: Node, prose: Element) => {
      let block: Node | null = node;
      while (block && block.parentNode !== prose) block = block.parentNode;
      return block;
    };
    new MutationObserver((records) => {
      for (const record of records) {
        const element = record.target instanceof Element ? record.target : record.target.parentElement;
        const prose = element?.closest(".prose");
        if (!prose) continue;
        seen.records += 1;
        const block = blockOf(record.target, prose);
        if (block && frozen.has(block)) seen.touched.push(`${record.type} in ${block.textContent?.slice(0, 40)}`);
        if (record.target !== prose) continue;
        for (const node of record.addedNodes) {
          if (node instanceof Element && !node.matches(".tail")) {
            frozen.add(node);
            seen.blocks += 1;
          }
        }
        for (const node of record.removedNodes) {
          if (frozen.has(node)) seen.touched.push(`removed ${node.textContent?.slice(0, 40)}`);
        }
      }
    }).observe(log, { subtree: true, childList: true, characterData: true, attributes: true });
  });
  await chat.say(essay(75, 300));
  await chat.ended("echo", "Finished");
  const seen = await page.evaluate(
    () => (window as unknown as { seen: { blocks: number; records: number; touched: string[] } }).seen,
  );
  expect(seen.touched).toEqual([]);
  expect(seen.blocks).toBeGreaterThanOrEqual(225);
  expect(seen.records).toBeGreaterThan(seen.blocks);
});

test("a finished answer is announced once, and its pieces never", async ({ member, page }) => {
  const chat = await Chat.open(page, "count");
  await chat.ask("count", `${member.name} warms up tokens=2`);
  const status = page.getByRole("main").getByRole("status").and(page.locator(".sr-only"));
  await status.evaluate((element) => {
    const announced: string[] = [];
    Object.assign(window, { announced });
    new MutationObserver(() => announced.push(element.textContent ?? "")).observe(element, {
      subtree: true,
      childList: true,
      characterData: true,
    });
  });
  await chat.say(`${member.name} wants tokens=80 rate=60`);
  await chat.streaming("count");
  await expect(chat.log).toHaveAttribute("aria-live", "off");
  await chat.ended("count", "Finished");
  await expect(status).toContainText("count: Finished. 0000 0001");
  const announced = await page.evaluate(() => (window as unknown as { announced: string[] }).announced);
  expect(announced).toHaveLength(1);
});

test("what was just sent is in sight at once, before the first word of its answer", async ({ member, page }) => {
  await page.setViewportSize({ width: 1280, height: 500 });
  const chat = await Chat.open(page, "slow-start");
  await chat.ask("slow-start", essay(12, 1000).replace("rate=", "ms=1 rate="));
  await page.evaluate(() => window.scrollTo(0, 0));
  await chat.say(`${member.name} asks for ms=60000`);
  await expect(chat.by("You").last()).toBeInViewport({ timeout: 3_000 });
  await expect(chat.log.getByText("Thinking…")).toBeInViewport({ timeout: 3_000 });
  await chat.stop.click();
});

test("leaving a page while its answer grows harms nothing, and the answer goes on", async ({ member, page }) => {
  const chat = await Chat.open(page, "count");
  await chat.say(`${member.name} wants tokens=1500 rate=250`);
  const sidebar = page.getByRole("complementary", { name: "Sidebar" });
  for (const times of [1, 2, 3, 4, 5, 6]) {
    await chat.streaming("count");
    await sidebar.getByRole("link", { name: "Tools" }).click();
    await expect(page.getByRole("heading", { level: 1, name: "Tools" }), `time ${times}`).toBeVisible();
    await sidebar.getByRole("link", { name: member.name }).click();
  }
  await chat.ended("count", "Finished");
  await expect(chat.words("count")).toHaveText(counted(1500));
});

test("the page stays at its end while an answer grows", async ({ member, page }) => {
  const chat = await Chat.open(page, "markdown");
  await chat.say(`${member.name} wants tokens=1200 rate=250`);
  await overflowing(page);
  await startRecording(page);
  await chat.ended("markdown", "Finished");
  const frames = (await stopRecording(page)).filter((frame) => frame.isBusy);
  expect(steps(frames, (frame) => frame.scrollY)).toBeGreaterThan(5);
  // A frame may be looked at after it has grown and before it has been followed.
  const behind = frames.filter((frame, index) => frame.belowFold > 8 && (frames[index - 1]?.belowFold ?? 0) > 8);
  expect(behind).toEqual([]);
  await expect(page.getByRole("button", { name: "Latest" })).toHaveCount(0);
});

test("a reader who scrolls up is left in peace, until they ask for the latest", async ({ member, page }) => {
  const chat = await Chat.open(page, "markdown");
  const length = async () => ((await chat.words("markdown").textContent()) ?? "").length;
  await chat.say(`${member.name} wants tokens=5000 rate=150`);
  await overflowing(page);
  await page.mouse.move(300, 300);
  await page.mouse.wheel(0, -300);
  const latest = page.getByRole("button", { name: "Latest" });
  await expect(latest).toBeVisible();
  // A wheel goes on turning for a moment.
  const place = () => page.evaluate(() => window.scrollY);
  await expect.poll(async () => (await place()) - (await place()), { intervals: [300] }).toBe(0);
  await startRecording(page);
  const before = await length();
  await expect.poll(length).toBeGreaterThan(before + 400);
  const frames = await stopRecording(page);
  expect(steps(frames, (frame) => frame.scrollY), "places of the page").toBe(1);
  expect(steps(frames, (frame) => frame.characters)).toBeGreaterThan(5);
  await latest.click();
  await expect(latest).toHaveCount(0);
  const belowFold = () =>
    page.evaluate(() => document.documentElement.scrollHeight - window.innerHeight - window.scrollY);
  await expect.poll(belowFold).toBeLessThan(100);
  await expect(chat.by("markdown")).toHaveAttribute("aria-busy", "true");
  await chat.stop.click();
  await chat.ended("markdown", "Stopped by you");
});
