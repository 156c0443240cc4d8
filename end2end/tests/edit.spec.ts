// Writing a sent message anew: the new version stands beside the old one.
import type { Locator } from "@playwright/test";
import { Attachments } from "./support/attachments.ts";
import { Chat } from "./support/chat.ts";
import { hydrated } from "./support/hydration.ts";
import { text } from "./support/pictures.ts";
import { expect, test } from "./support/test.ts";

const editButton = (message: Locator) => message.getByRole("button", { name: "Edit message" });
const editedText = (message: Locator) => message.getByRole("textbox", { name: "Edited text" });

test("an edited message is another version with an answer of its own, and both stay", async ({ member, page }) => {
  const chat = await Chat.open(page, "echo");
  await chat.ask("echo", `first words of ${member.name}`);
  await chat.ask("echo", "and more");
  const first = chat.by("You").first();
  await editButton(first).click();
  const field = editedText(first);
  await expect(field).toBeFocused();
  await expect(field).toHaveValue(`first words of ${member.name}`);
  await field.fill("second words");
  await field.press("Enter");
  await chat.ended("echo", "Finished");
  await expect(chat.by("You")).toHaveCount(1);
  await expect(chat.words("echo")).toHaveText("second words");
  await expect(chat.by("You").getByText("2 / 2")).toBeVisible();
  await expect(editButton(chat.by("You"))).toBeFocused();

  await chat.by("You").getByRole("button", { name: "Previous version" }).press("Enter");
  await expect(chat.by("You")).toHaveCount(2);
  await expect(chat.by("You").first()).toContainText("first words");
  await expect(chat.words("echo")).toHaveText("and more");
  // There is none before it, so the focus is on the way back.
  await expect(chat.by("You").first().getByRole("button", { name: "Next version" })).toBeFocused();
  await page.reload();
  await expect(chat.by("You").first().getByText("1 / 2")).toBeVisible();
});

test("an edit that is not sent is kept, and closed by escape or back", async ({ member, page }) => {
  const chat = await Chat.open(page, "echo");
  await chat.ask("echo", `hello from ${member.name}`);
  const edit = editButton(chat.by("You"));
  const field = editedText(chat.by("You"));
  await edit.click();
  await field.fill("half a thought");
  await field.press("Escape");
  await expect(chat.by("You")).toContainText("hello from");
  await expect(edit).toBeFocused();
  await edit.click();
  await expect(field).toHaveValue("half a thought");
  await page.goBack();
  await expect(field).toHaveCount(0);
});

test("an edited message keeps its files, which are shown while it is edited", async ({ member, page }) => {
  const chat = await Chat.open(page, "echo");
  await new Attachments(page).attach(text("notes.txt", `notes of ${member.name}`));
  await chat.ask("echo", "see the notes");
  const message = chat.by("You");
  const file = message.getByRole("list", { name: "Attached files" }).getByRole("link", { name: /notes\.txt/ });
  await editButton(message).click();
  await expect(file).toBeVisible();
  await editedText(message).fill("see them again");
  await editedText(message).press("Enter");
  await expect(message.getByText("2 / 2")).toBeVisible();
  await chat.ended("echo", "Finished");
  await expect(file).toBeVisible();
  await page.reload();
  await expect(file).toBeVisible();
});

test("two tabs that edit the same message both have their version in the end", async ({
  complaints,
  context,
  member,
  page,
}) => {
  complaints.tolerate(/status of 409/);
  const here = await Chat.open(page, "count");
  await here.ask("count", "tokens=3");
  const other = await context.newPage();
  await other.goto(page.url());
  await hydrated(other);
  const there = new Chat(other);
  for (const tab of [here, there]) await editButton(tab.by("You")).click();
  await editedText(here.by("You")).fill(`${member.name} here: tokens=200 rate=50`);
  await editedText(there.by("You")).fill(`${member.name} there: tokens=4`);
  await editedText(here.by("You")).press("Enter");
  await here.streaming("count");
  await editedText(there.by("You")).press("Enter");
  await expect(there.by("You").getByRole("alert")).toContainText("still being written");
  await expect(editedText(there.by("You"))).toHaveValue(`${member.name} there: tokens=4`);
  await here.ended("count", "Finished");
  await editedText(there.by("You")).press("Enter");
  await expect(there.by("You")).toContainText("there: tokens=4");
  await there.ended("count", "Finished");

  await page.reload();
  await hydrated(page);
  await expect(here.by("You").getByText("3 / 3")).toBeVisible();
  await expect(here.by("You")).toContainText("there: tokens=4");
  for (const words of ["here: tokens=200", "tokens=3"]) {
    await here.by("You").getByRole("button", { name: "Previous version" }).click();
    await expect(here.by("You")).toContainText(words);
  }
});

test("an answer that is asked for again stands beside the first", async ({ member, page }) => {
  const chat = await Chat.open(page, "echo");
  await chat.ask("echo", `${member.name} asks`);
  const answer = chat.by("echo");
  await answer.getByRole("button", { name: "Regenerate" }).click();
  await expect(answer.getByText("2 / 2")).toBeVisible();
  await chat.ended("echo", "Finished");
  await answer.getByRole("button", { name: "Previous answer" }).click();
  await expect(answer.getByText("1 / 2")).toBeVisible();
});

test("a version that cannot be opened is told where it was asked for", async ({ complaints, member, page }) => {
  complaints.tolerate(/Failed to load resource/);
  const chat = await Chat.open(page, "echo");
  await chat.ask("echo", `${member.name} asks`);
  const answer = chat.by("echo");
  await answer.getByRole("button", { name: "Regenerate" }).click();
  await expect(answer.getByText("2 / 2")).toBeVisible();
  await page.route("**/api/select_branch", (route) => route.abort());
  await answer.getByRole("button", { name: "Previous answer" }).click();
  await expect(answer.getByRole("alert")).toContainText("could not be reached");
});
