// Answers in a shape: the panel that says which, and the answer as a tree, a table, JSON.
import fs from "node:fs/promises";
import type { Download, Locator, Page } from "@playwright/test";
import { violations } from "./support/axe.ts";
import { Chat } from "./support/chat.ts";
import { hydrated } from "./support/hydration.ts";
import { expect, test } from "./support/test.ts";

const TARGET_PX = 44;

const TRIPS = `{
  "type": "object",
  "properties": {
    "trips": {
      "type": "array",
      "items": {
        "type": "object",
        "properties": { "city": { "type": "string" }, "days": { "type": "integer", "minimum": 1 } },
        "required": ["city", "days"],
        "additionalProperties": false
      }
    }
  },
  "required": ["trips"],
  "additionalProperties": false
}`;
const GOOD = '{"trips":[{"city":"Rome","days":3},{"city":"Oslo","days":12}]}';
const BAD = '{"trips":[{"city":"Rome","days":0},{"city":"Oslo"}]}';

/** The panel, as a person knows it. */
class Workbench {
  readonly button: Locator;
  readonly panel: Locator;
  readonly schema: Locator;
  readonly problems: Locator;

  constructor(readonly page: Page) {
    this.button = page.getByRole("button", { name: "Structured output" });
    this.panel = page.getByRole("complementary", { name: "Structured output" });
    this.schema = this.panel.getByRole("textbox", { name: "Schema", exact: true });
    this.problems = this.panel.getByRole("list", { name: "Problems of the schema" });
  }

  /** Opens it and chooses to write a schema. */
  async open(): Promise<void> {
    await this.button.click();
    await this.panel.getByText("Schema", { exact: true }).first().click();
    await expect(this.schema).toBeVisible();
  }

  /** Has the chat ask with a schema. */
  async use(schema: string): Promise<void> {
    await this.schema.fill(schema);
    await this.schema.press("Tab");
    await expect(this.panel.getByText("From the next message on")).toBeVisible();
  }
}

/** The last answer, as a person knows it. */
class Answer {
  readonly view: Locator;
  readonly tree: Locator;

  constructor(page: Page) {
    this.view = page.getByRole("region", { name: "Structured answer" }).last();
    this.tree = this.view.getByRole("list", { name: "Answer", exact: true });
  }

  verdict(words: string): Locator {
    return this.view.getByRole("status").getByText(words, { exact: true });
  }

  tab(name: string): Locator {
    return this.view.getByRole("tab", { name });
  }
}

/** A chat that asks for trips. */
async function askingForTrips(page: Page, tool = "shaped"): Promise<{ chat: Chat; answer: Answer; bench: Workbench }> {
  const chat = await Chat.open(page, tool);
  const bench = new Workbench(page);
  await bench.open();
  await bench.use(TRIPS);
  await bench.panel.getByRole("button", { name: "Close panel" }).click();
  return { chat, answer: new Answer(page), bench };
}

async function content(download: Download): Promise<string> {
  return fs.readFile(await download.path(), "utf8");
}

test("a schema is written by the keyboard, and what is wrong leads to its line", async ({ member, page }) => {
  await Chat.open(page, "shaped");
  const bench = new Workbench(page);
  await bench.button.focus();
  await page.keyboard.press("Enter");
  await expect(bench.panel.getByRole("heading", { name: "Structured output" })).toBeFocused();
  await expect(bench.panel.getByText("Answers are text."), member.name).toBeVisible();
  await bench.panel.getByRole("radio", { name: "Text" }).focus();
  await page.keyboard.press("ArrowRight");
  await expect(bench.panel.getByText("Each answer is a JSON object.")).toBeVisible();
  await page.keyboard.press("ArrowRight");
  await bench.schema.focus();
  await page.keyboard.type('{\n"type": "object",\n"properties": {\n"a": {"type": "strin"}\n}\n}');
  await expect(bench.problems).toContainText("strin is no type");
  await expect(bench.schema).toHaveAttribute("aria-invalid", "true");
  await bench.problems.getByRole("button", { name: "Line 4" }).press("Enter");
  await expect(bench.schema).toBeFocused();
  const line = await bench.schema.evaluate(
    (field: HTMLTextAreaElement) => field.value.slice(0, field.selectionStart).split("\n").length,
  );
  expect(line).toBe(4);
  await expect(bench.panel.locator(".schema-gutter .mark-error")).toHaveText("4");
  await expect(bench.panel.getByText("The schema is not in use yet")).toBeVisible();

  await bench.schema.fill('{"type":"object","properties":{"a":{"type":"string"}}}');
  await expect(bench.problems).toContainText("additionalProperties");
  await bench.panel.getByRole("button", { name: "Make strict" }).press("Enter");
  await expect(bench.problems).toHaveCount(0);
  await expect(bench.schema).toHaveValue(/"additionalProperties": false/);
  await expect(bench.panel.getByText("From the next message on")).toBeVisible();
  await bench.panel.getByRole("button", { name: "Undo" }).press("Enter");
  await expect(bench.schema).not.toHaveValue(/additionalProperties/);
  await expect(bench.schema).toBeFocused();
  await page.keyboard.press("Escape");
  await expect(bench.panel).toBeHidden();
  await expect(bench.button).toBeFocused();
});

test("what is no schema is told, and comes back unfinished when the tab is loaded again", async ({ member, page }) => {
  await Chat.open(page, "shaped");
  const bench = new Workbench(page);
  await bench.open();
  for (const [text, told] of [
    ["{ nonsense }", "Line 1"],
    ["[]", "A schema is an object"],
    ['{"$ref": "#"}', "itself"],
    ['{"$ref": "https://example.com/x"}', "leads out of this schema"],
    [`{"title": "${"x".repeat(70_000)}"}`, "at most 64000"],
    [`{"title": "${member.name}", "type": }`, "Line 1"],
  ]) {
    await bench.schema.fill(text);
    await expect(bench.problems).toContainText(told);
  }
  await bench.schema.press("Tab");
  await page.reload();
  await hydrated(page);
  await bench.panel.getByText("Schema", { exact: true }).first().click();
  await expect(bench.schema).toHaveValue(new RegExp(member.name));
});

test("a schema comes from a template, or from an example", async ({ member, page }) => {
  await Chat.open(page, "shaped");
  const bench = new Workbench(page);
  await bench.open();
  await bench.panel.getByLabel("Template").selectOption("List of events");
  await expect(bench.schema).toHaveValue(/"events"/);
  await expect(bench.panel.getByText("From the next message on")).toBeVisible();
  await bench.panel.getByText("From an example").click();
  const example = bench.panel.getByLabel("Example JSON");
  await example.fill('{\n"name": Ada }');
  await bench.panel.getByRole("button", { name: "Make schema" }).click();
  await expect(bench.panel.getByText(/Line 2, column \d+/)).toBeVisible();
  await example.fill(`{ "name": "${member.name}", "born": 1815, "tags": ["a"] }`);
  await bench.panel.getByRole("button", { name: "Make schema" }).click();
  await expect(bench.schema).toHaveValue(/"born": \{\s+"type": "integer"/);
  await expect(bench.problems).toHaveCount(0);
  await bench.panel.getByRole("button", { name: "Undo" }).click();
  await expect(bench.schema).toHaveValue(/"events"/);
});

test("schemas are saved by name, used in another chat, renamed, replaced and deleted", async ({
  complaints,
  member,
  page,
}) => {
  complaints.tolerate(/status of 409/);
  await Chat.open(page, "shaped");
  const bench = new Workbench(page);
  await bench.open();
  await bench.use(TRIPS);
  const name = bench.panel.getByLabel("Schema name");
  const save = bench.panel.getByRole("button", { name: "Save schema" });
  await name.fill("My trips");
  await save.click();
  const use = bench.panel.getByRole("button", { name: "Use My trips" });
  await expect(use, member.name).toHaveAttribute("aria-pressed", "true");
  await save.click();
  await expect(bench.panel.getByText("You have a schema called My trips already.")).toBeVisible();
  await bench.panel.getByRole("button", { name: "Replace it" }).click();
  await expect(bench.panel.getByText("already")).toHaveCount(0);

  await page.goto("/chat?tool=echo");
  await hydrated(page);
  await bench.panel.getByText("Schema", { exact: true }).first().click();
  await use.click();
  await expect(bench.schema).toHaveValue(TRIPS);
  await bench.panel.getByLabel("Options for My trips").click();
  await bench.panel.getByText("Rename", { exact: true }).click();
  await bench.panel.getByLabel("New name for My trips").fill("Our trips");
  await bench.panel.getByRole("button", { name: "Save name" }).click();
  await expect(bench.panel.getByRole("button", { name: "Use Our trips" })).toBeVisible();
  await bench.panel.getByLabel("Options for Our trips").click();
  await bench.panel.getByRole("button", { name: "Delete" }).click();
  await expect(bench.panel.getByRole("button", { name: "Use Our trips" })).toHaveCount(0);
  await expect(bench.schema).toHaveValue(TRIPS);
});

test("an answer grows as a tree, and is a table and JSON as well", async ({ member, page }) => {
  const { chat, answer } = await askingForTrips(page);
  await chat.say(`${member.name}: json=${GOOD} rate=8`);
  await expect(answer.tree.getByText("Rome")).toBeVisible();
  await expect(chat.by("shaped").last()).toHaveAttribute("aria-busy", "true");
  await expect(answer.tree.getByText("Oslo")).toHaveCount(0);
  await chat.ended("shaped", "Finished");
  await expect(answer.verdict("Valid")).toBeVisible();
  await expect(answer.tree).toContainText("trips");
  await expect(answer.tree.getByText("Oslo")).toBeVisible();

  await answer.tab("Tree").focus();
  await page.keyboard.press("ArrowRight");
  await expect(answer.tab("Table")).toBeFocused();
  await expect(answer.view.getByRole("columnheader")).toHaveText(["city", "days"]);
  await expect(answer.view.getByRole("row").nth(2)).toContainText("Oslo");
  await page.keyboard.press("End");
  await expect(answer.tab("Raw JSON")).toHaveAttribute("aria-selected", "true");
  await expect(answer.view.locator("code")).toHaveText(JSON.stringify(JSON.parse(GOOD), null, 2));
  await page.keyboard.press("Home");
  await page.reload();
  await hydrated(page);
  await expect(answer.tree.getByText("Oslo")).toBeVisible();
  await expect(answer.verdict("Valid")).toBeVisible();
});

test("an answer is copied, and taken along as JSON and CSV", async ({ context, member, page }) => {
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  const { chat, answer } = await askingForTrips(page);
  await chat.ask("shaped", `${member.name}: json=${GOOD}`);
  await answer.view.getByRole("button", { name: "Copy JSON" }).click();
  await expect.poll(() => page.evaluate(() => navigator.clipboard.readText())).toContain('"city": "Oslo"');
  let download = page.waitForEvent("download");
  await answer.view.getByRole("button", { name: "Download JSON" }).click();
  expect((await download).suggestedFilename()).toBe("answer.json");
  expect(JSON.parse(await content(await download))).toEqual(JSON.parse(GOOD));
  download = page.waitForEvent("download");
  await answer.view.getByRole("button", { name: "Download CSV" }).click();
  expect((await download).suggestedFilename()).toBe("answer.csv");
  expect(await content(await download)).toBe("\u{feff}city,days\r\nRome,3\r\nOslo,12\r\n");
});

test("what is wrong with an answer leads to its place, and Repair has it put right", async ({ member, page }) => {
  const { chat, answer } = await askingForTrips(page);
  await chat.ask("shaped", `${member.name}: json=${BAD} fixed=${GOOD}`);
  await expect(answer.verdict("2 problems")).toBeVisible();
  const wrong = answer.view.getByRole("list", { name: "What is wrong with this answer" });
  await expect(wrong).toContainText("This must be at least 1.");
  await expect(wrong).toContainText("days is missing.");
  await answer.tab("Raw JSON").click();
  await wrong.getByRole("button", { name: "trips[0].days" }).click();
  await expect(answer.tree.getByRole("listitem").filter({ hasText: /^days\s*:?\s*0$/ })).toBeFocused();
  await answer.view.getByRole("button", { name: "Repair" }).click();
  await expect(answer.verdict("Valid")).toBeVisible();
  await expect(chat.by("shaped")).toHaveCount(1);
  await chat.by("shaped").getByRole("button", { name: "Previous answer" }).click();
  await expect(answer.verdict("2 problems")).toBeVisible();
});

test("a repair that breaks off goes on with Try again", async ({ complaints, member, page }) => {
  complaints.tolerate(/Failed to load resource/);
  const { chat, answer } = await askingForTrips(page);
  await chat.ask("shaped", `${member.name}: json=${BAD} fixed=${GOOD} breaks=1`);
  await answer.view.getByRole("button", { name: "Repair" }).click();
  await expect(answer.verdict("Incomplete")).toBeVisible();
  await chat.by("shaped").last().getByRole("button", { name: /Try again|Continue/ }).click();
  await expect(answer.verdict("Valid")).toBeVisible();
  await expect(answer.tree.getByText("Oslo")).toBeVisible();
});

test("an answer without JSON is shown as it is", async ({ member, page }) => {
  const { chat, answer } = await askingForTrips(page);
  await chat.ask("shaped", `${member.name}: json=Sorry.`);
  await expect(answer.view).toContainText("Sorry.");
  await expect(answer.view).toContainText("There is no JSON in the answer.");
  await expect(answer.view.getByRole("button", { name: "Repair" })).toBeVisible();
});

for (const colorScheme of ["light", "dark"] as const) {
  test.describe(`in ${colorScheme}`, () => {
    test.use({ colorScheme, contextOptions: { reducedMotion: "reduce" } });

    test(`panel and answers have no serious barrier, in ${colorScheme}`, async ({ member, page }) => {
      const { chat, answer, bench } = await askingForTrips(page);
      await chat.ask("shaped", `${member.name}: json=${BAD}`);
      await expect(answer.verdict("2 problems")).toBeVisible();
      await bench.button.click();
      await bench.schema.fill('{"type":"objekt","properties":{"a":{}}}');
      await expect(bench.problems).toBeVisible();
      expect(await violations(page)).toEqual([]);
      await bench.schema.fill('{"type":"object","properties":{"a":{"type":"string"}}}');
      await expect(bench.panel.getByRole("button", { name: "Make strict" })).toBeVisible();
      for (const tab of ["Table", "Raw JSON"]) {
        await answer.tab(tab).click();
        expect(await violations(page)).toEqual([]);
      }
    });
  });
}

test.describe("on a phone", () => {
  test.use({ viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });

  test("everything is within reach of a thumb, and nothing is wider than the page", async ({ member, page }) => {
    const { chat, answer, bench } = await askingForTrips(page);
    await chat.ask("shaped", `${member.name}: json=${BAD}`);
    await expect(answer.verdict("2 problems")).toBeVisible();
    for (const target of [
      answer.tab("Tree"),
      answer.tab("Raw JSON"),
      answer.view.getByRole("button", { name: "Copy JSON" }),
      answer.view.getByRole("button", { name: "Download CSV" }),
      answer.view.getByRole("button", { name: "Repair" }),
      answer.view.getByRole("button", { name: "trips[0].days" }),
    ]) {
      await target.scrollIntoViewIfNeeded();
      const box = await target.boundingBox();
      expect(Math.min(box?.width ?? 0, box?.height ?? 0), `${target}`).toBeGreaterThanOrEqual(TARGET_PX);
    }
    await bench.button.tap();
    for (const target of [
      bench.panel.getByRole("button", { name: "Format" }),
      bench.panel.getByLabel("Template"),
      bench.panel.getByRole("button", { name: "Save schema" }),
    ]) {
      await target.scrollIntoViewIfNeeded();
      expect((await target.boundingBox())?.height, `${target}`).toBeGreaterThanOrEqual(TARGET_PX);
    }
    const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    expect(overflow).toBe(0);
  });
});
