// What somebody has typed survives everything until it is sent.
import type { Route } from "@playwright/test";
import { Chat } from "./support/chat.ts";
import { holdClient, hydrated } from "./support/hydration.ts";
import { expect, test } from "./support/test.ts";

test("a draft survives a reload, and each conversation has its own", async ({ member, page }) => {
  const chat = await Chat.open(page, "echo");
  await chat.ask("echo", `${member.name} begins`);
  await chat.message.fill("half a thought");
  await page.reload();
  await expect(chat.message).toHaveValue("half a thought");
  await page.goto("/chat?tool=echo");
  await hydrated(page);
  await expect(chat.message).toHaveValue("");
});

test("what is typed before the client has arrived stays", async ({ member, page }) => {
  const letClientIn = await holdClient(page);
  await page.goto("/chat?tool=echo", { waitUntil: "commit" });
  const chat = new Chat(page);
  await chat.message.fill(`typed early by ${member.name}`);
  letClientIn();
  await hydrated(page);
  await expect(chat.message).toHaveValue(`typed early by ${member.name}`);
  await chat.message.press("Enter");
  await chat.ended("echo", "Finished");
  await expect(chat.words("echo")).toHaveText(`typed early by ${member.name}`);
});

test("when the server cannot be reached the draft stays, and sending again sends once", async ({
  complaints,
  member,
  page,
  upstream,
}) => {
  complaints.tolerate(/ERR_INTERNET_DISCONNECTED/);
  const chat = await Chat.open(page, "echo");
  await page.context().setOffline(true);
  await chat.trySay(`${member.name} is patient`);
  await expect(page.getByRole("alert")).toContainText("The server could not be reached.");
  await expect(chat.message).toHaveValue(`${member.name} is patient`);
  await page.context().setOffline(false);
  await chat.send.click();
  await chat.ended("echo", "Finished");
  await expect(page.getByRole("alert")).toHaveCount(0);
  await expect(chat.by("You")).toHaveCount(1);
  expect(await upstream.asked(member.name)).toHaveLength(1);
});

test("a send whose answer is lost on the way is not stored twice", async ({ complaints, member, page, upstream }) => {
  complaints.tolerate(/ERR_FAILED|ERR_CONNECTION/);
  const chat = await Chat.open(page, "echo");
  const lost = async (route: Route) => {
    await route.fetch();
    await route.abort();
  };
  await page.route("**/api/send_message", lost);
  await chat.trySay(`${member.name} asks once`);
  await expect(page.getByRole("alert")).toBeVisible();
  await expect(chat.message).toHaveValue(`${member.name} asks once`);
  await page.unroute("**/api/send_message", lost);
  await chat.send.click();
  await chat.ended("echo", "Finished");
  await expect(chat.by("You")).toHaveCount(1);
  expect(await upstream.asked(member.name)).toHaveLength(1);
});

test("a message that is too long is refused with its length, and stays", async ({ member, page }) => {
  const chat = await Chat.open(page, "echo");
  const text = `${member.name} `.padEnd(1_000_000, "x");
  await chat.trySay(text);
  await expect(page.getByRole("alert")).toContainText("The message has 1000000 characters");
  expect((await chat.message.inputValue()).length).toBe(text.length);
  await chat.ask("echo", "shorter");
  await expect(page.getByRole("alert")).toHaveCount(0);
});
