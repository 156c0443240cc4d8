// What an answer brings besides its words: what the model thought, and that it declined.
import { violations } from "./support/axe.ts";
import { Chat } from "./support/chat.ts";
import { hydrated } from "./support/hydration.ts";
import { expect, test } from "./support/test.ts";

test("what a model thought is there to be opened, also after a reload", async ({ member, page }) => {
  const chat = await Chat.open(page, "thinking");
  await chat.ask("thinking", `${member.name} asks`);
  const answer = chat.by("thinking");
  await expect(chat.words("thinking").last()).toHaveText(`${member.name} asks`);
  await expect(answer.getByText("The question is short.")).toBeHidden();
  await answer.getByText("Reasoning", { exact: true }).click();
  await expect(answer.getByText("The question is short.")).toBeVisible();
  await expect(answer.locator("strong").first()).toHaveText("Reading");
  expect(await violations(page)).toEqual([]);
  await page.reload();
  await hydrated(page);
  await answer.getByText("Reasoning", { exact: true }).press("Enter");
  await expect(answer.getByText("So is the answer.")).toBeVisible();
});

test("a model that declines is told apart from one that failed", async ({ member, page }) => {
  const chat = await Chat.open(page, "refuse");
  await chat.say(`${member.name} asks`);
  await chat.ended("refuse", "Declined");
  const answer = chat.by("refuse");
  await expect(chat.words("refuse")).toHaveText("I'm sorry, I can't help with that.");
  await expect(answer.getByText("The model declined to answer.")).toBeVisible();
  await expect(answer.getByRole("link", { name: "Choose another tool" })).toBeVisible();
  await expect(answer.getByRole("alert")).toHaveCount(0);
  await expect(answer.getByRole("button", { name: "Continue" })).toHaveCount(0);
  await page.reload();
  await expect(answer.getByText("The model declined to answer.")).toBeVisible();
});
