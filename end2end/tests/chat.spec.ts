// Sending, stopping, answering again, failing: what a person does in a chat.
import { Chat } from "./support/chat.ts";
import { hydrated } from "./support/hydration.ts";
import { expect, test } from "./support/test.ts";
import { counted } from "./support/upstream.ts";

test("enter sends, shift and enter break the line", async ({ member, page }) => {
  const chat = await Chat.open(page, "echo");
  await chat.message.pressSequentially("one line");
  await chat.message.press("Shift+Enter");
  await chat.message.pressSequentially(`and ${member.name}`);
  await expect(chat.message).toHaveValue(`one line\nand ${member.name}`);
  await chat.message.press("Enter");
  await expect(chat.by("You").locator(".message-body")).toHaveText(`one line\nand ${member.name}`);
  await expect(chat.message).toHaveValue("");
  await chat.ended("echo", "Finished");
});

test("an empty message is not sent, and is no mistake", async ({ member, page }) => {
  const chat = await Chat.open(page, "echo");
  await chat.trySay("   \n ");
  await chat.send.click();
  await expect(page.getByRole("alert")).toHaveCount(0);
  await chat.ask("echo", `${member.name} says something`);
  await expect(chat.by("You")).toHaveCount(1);
});

test("what the answer took is told in a quiet line", async ({ member, page }) => {
  const chat = await Chat.open(page, "count");
  await chat.ask("count", `${member.name} wants tokens=7`);
  await expect(chat.by("count")).toContainText(/\d+ in, 7 out/);
});

test("stop works before the first word, and the service hears of it", async ({ member, page, upstream }) => {
  const chat = await Chat.open(page, "slow-start");
  await chat.say(`${member.name} waits ms=60000`);
  await expect(chat.by("slow-start").getByText("Thinking…")).toBeVisible();
  await chat.stop.click();
  await chat.ended("slow-start", "Stopped by you");
  await expect(chat.words("slow-start")).toBeEmpty();
  await expect(chat.send).toBeVisible();
  await expect.poll(async () => (await upstream.asked(member.name))[0]?.ending).toBe("cancelled");
});

test("escape stops before the first word as well", async ({ member, page, upstream }) => {
  const chat = await Chat.open(page, "slow-start");
  await chat.say(`${member.name} waits ms=60000`);
  await expect(chat.stop).toBeVisible();
  await page.keyboard.press("Escape");
  await chat.ended("slow-start", "Stopped by you");
  await expect.poll(async () => (await upstream.asked(member.name))[0]?.ending).toBe("cancelled");
});

for (const [way, press] of [
  ["the button", (chat: Chat) => chat.stop.click()],
  ["escape", (chat: Chat) => chat.page.keyboard.press("Escape")],
] as const) {
  test(`stopped by ${way} in the middle, the answer keeps what was seen`, async ({ member, page }) => {
    const chat = await Chat.open(page, "count");
    await chat.say(`${member.name} wants tokens=5000 rate=50`);
    await chat.streaming("count");
    await expect(chat.words("count")).toContainText("0030");
    await press(chat);
    await chat.ended("count", "Stopped by you");
    const seen = (await chat.words("count").textContent())?.trim() ?? "";
    expect(seen.length).toBeGreaterThan(100);
    expect(counted(5000).startsWith(seen)).toBe(true);
    await page.reload();
    await chat.ended("count", "Stopped by you");
    await expect(chat.words("count")).toHaveText(seen);
  });
}

test("an answer can be made again, and one goes from one to the other", async ({ member, page }) => {
  const chat = await Chat.open(page, "count");
  const answer = chat.by("count");
  await chat.say(`${member.name} wants tokens=60 rate=20`);
  await expect(chat.words("count")).toContainText("0010");
  await chat.stop.click();
  await chat.ended("count", "Stopped by you");
  const first = (await chat.words("count").textContent())?.trim() ?? "";
  await answer.hover();
  await answer.getByRole("button", { name: "Regenerate" }).click();
  await chat.ended("count", "Finished");
  await expect(answer).toHaveCount(1);
  await expect(chat.words("count")).toHaveText(counted(60));
  await expect(answer.getByText("2 / 2")).toBeVisible();
  await answer.getByRole("button", { name: "Previous answer" }).click();
  await expect(chat.words("count")).toHaveText(first);
  await expect(answer.getByText("1 / 2")).toBeVisible();
  await answer.getByRole("button", { name: "Next answer" }).click();
  await expect(chat.words("count")).toHaveText(counted(60));
});

test("an answer cut at its length says so, and goes on in the same place", async ({ member, page }) => {
  const chat = await Chat.open(page, "length");
  await chat.say(`${member.name} wants tokens=40`);
  await chat.ended("length", "Cut at the limit");
  await expect(chat.by("length")).toContainText("The answer reached its longest length.");
  await expect(chat.words("length")).toHaveText(counted(20));
  await chat.by("length").getByRole("button", { name: "Continue" }).click();
  await chat.ended("length", "Finished");
  await expect(chat.by("length")).toHaveCount(1);
  await expect(chat.words("length")).toHaveText(counted(40));
  await expect(chat.by("length").getByRole("button", { name: "Continue" })).toHaveCount(0);
});

test("a refused key is told in a sentence, without its secret, and one can try again", async ({ member, page }) => {
  const chat = await Chat.open(page, "status-401");
  const answer = chat.by("status-401");
  await chat.say(`${member.name} asks`);
  await chat.ended("status-401", "Failed");
  await expect(answer.getByRole("alert")).toContainText(/key/i);
  await expect(answer).not.toContainText("sk-");
  await answer.getByRole("button", { name: "Try again" }).click();
  await chat.ended("status-401", "Failed");
  await expect(answer).toHaveCount(1);
  await expect(answer.getByRole("link", { name: "Choose another tool" })).toBeVisible();
});

test("a connection that breaks in the middle leaves what had come, and one can continue", async ({ member, page }) => {
  const chat = await Chat.open(page, "die-after");
  await chat.say(`${member.name} wants after=5`);
  await chat.ended("die-after", "Failed");
  await expect(chat.by("die-after").getByRole("alert")).toBeVisible();
  await expect(chat.words("die-after")).toHaveText(counted(5));
  await expect(chat.by("die-after").getByRole("button", { name: "Continue" })).toBeVisible();
  await page.reload();
  await expect(chat.words("die-after")).toHaveText(counted(5));
  await hydrated(page);
  await chat.by("die-after").getByRole("button", { name: "Continue" }).click();
  await expect(chat.words("die-after")).toHaveText(`${counted(5)} ${counted(5)}`);
  await chat.ended("die-after", "Failed");
});

test("a busy service is asked again, and the person sees that", async ({ member, page }) => {
  const chat = await Chat.open(page, "rate-limited");
  await chat.say(`${member.name} waits s=2 times=1`);
  await expect(chat.by("rate-limited").getByText(/Retrying in \d+ s/)).toBeVisible();
  await chat.ended("rate-limited", "Finished");
  await expect(chat.words("rate-limited")).toContainText(member.name);
  await expect(chat.by("rate-limited").getByText(/Retrying/)).toHaveCount(0);
});

test("a web page in place of an answer is a failure, not an answer", async ({ member, page }) => {
  const chat = await Chat.open(page, "html");
  await chat.say(`${member.name} asks`);
  await chat.ended("html", "Failed");
  await expect(chat.by("html").getByRole("alert")).toBeVisible();
  await expect(chat.by("html")).not.toContainText("Log in first");
});

test("characters that arrive in pieces are whole on the page", async ({ member, page }) => {
  const chat = await Chat.open(page, "split");
  await chat.ask("split", `${member.name} asks`);
  await expect(chat.words("split")).toHaveText("Grüße, 世界! 👩🏽‍🚀 naïve façade ✓");
});

test("a reload in the middle loses nothing and doubles nothing", async ({ member, page, upstream }) => {
  const chat = await Chat.open(page, "count");
  await chat.say(`${member.name} wants tokens=300 rate=100`);
  for (const seen of ["0020", "0120"]) {
    await expect(chat.words("count")).toContainText(seen);
    await page.reload();
  }
  await chat.streaming("count");
  await chat.ended("count", "Finished");
  await expect(chat.words("count")).toHaveText(counted(300));
  await page.reload();
  await expect(chat.words("count")).toHaveText(counted(300));
  const exchanges = await upstream.asked(member.name);
  expect(exchanges.map((exchange) => [exchange.tokens_sent, exchange.ending])).toEqual([[300, "complete"]]);
});

test("a second tab shows the same answer as it is written", async ({ member, page }) => {
  const chat = await Chat.open(page, "count");
  await chat.say(`${member.name} wants tokens=250 rate=60`);
  await chat.streaming("count");
  const tab = new Chat(await page.context().newPage());
  await tab.page.goto(page.url());
  await tab.streaming("count");
  await expect(tab.words("count")).toContainText("0150");
  await expect(tab.by("count")).toHaveAttribute("aria-busy", "true");
  for (const each of [chat, tab]) {
    await each.ended("count", "Finished");
    await expect(each.words("count")).toHaveText(counted(250));
  }
});

test("an answer can be stopped from another tab", async ({ member, page }) => {
  const chat = await Chat.open(page, "count");
  await chat.say(`${member.name} wants tokens=5000 rate=50`);
  await chat.streaming("count");
  const tab = new Chat(await page.context().newPage());
  await tab.page.goto(page.url());
  await tab.stop.click();
  await tab.ended("count", "Stopped by you");
  const seen = (await tab.words("count").textContent()) ?? "";
  await page.bringToFront();
  await chat.ended("count", "Stopped by you");
  await expect(chat.words("count")).toHaveText(seen);
});

for (const [where, begin] of [
  ["a new chat", async () => {}],
  ["a conversation", (chat: Chat) => chat.ask("echo", "First things first")],
] as const) {
  test(`leaving ${where} before a message is stored harms nothing, and the message is sent`, async ({ member, page }) => {
    const chat = await Chat.open(page, "echo");
    await begin(chat);
    let letThrough = () => {};
    const isLetThrough = new Promise<void>((resolve) => (letThrough = resolve));
    await page.route("**/api/send_message", async (route) => {
      await isLetThrough;
      await route.continue();
    });
    await chat.trySay(`${member.name} is in a hurry`);
    await expect(chat.send).toBeDisabled();
    await page.getByRole("complementary", { name: "Sidebar" }).getByRole("link", { name: "Tools" }).click();
    await expect(page.getByRole("heading", { level: 1, name: "Tools" })).toBeVisible();
    const answered = page.waitForResponse("**/api/send_message");
    letThrough();
    await (await answered).finished();
    await expect(page).toHaveURL("/tools");
    await page.reload();
    await page.getByRole("navigation", { name: "Your conversations" }).getByRole("link").first().click();
    await expect(chat.words("echo")).toHaveText(`${member.name} is in a hurry`);
  });
}
