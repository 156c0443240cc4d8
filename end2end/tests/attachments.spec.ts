// Files on a message: how they get there, what becomes of them, and in which order they go.
import { Attachments, holdUploads, sentWith } from "./support/attachments.ts";
import { Chat } from "./support/chat.ts";
import { hydrated } from "./support/hydration.ts";
import { bomb, cut, hand, heic, lockedPdf, png, text, zip } from "./support/pictures.ts";
import { signUp } from "./support/person.ts";
import { expect, test } from "./support/test.ts";

test("many files are attached at once, each with what it is", async ({ member, page }) => {
  await Chat.open(page, "echo");
  const attachments = new Attachments(page);
  await attachments.attach(png("photo.png", 300, 200), text("notes.txt", `notes of ${member.name}`));
  await expect(attachments.chip("photo.png").locator("img")).toBeVisible();
  await expect(attachments.chip("photo.png")).toContainText("300 × 200");
  await expect(attachments.chip("notes.txt")).toContainText(/\d+ B/);
  await attachments.chip("photo.png").getByRole("button", { name: "Remove photo.png", exact: true }).click();
  await attachments.expectOrder("notes.txt");
  await attachments.chip("notes.txt").getByRole("button", { name: "Remove notes.txt", exact: true }).click();
  await expect(attachments.list).toHaveCount(0);
});

test("files are dropped on the chat, which shows that they may be", async ({ member, page }) => {
  await Chat.open(page, "echo");
  const attachments = new Attachments(page);
  const zone = page.getByText("Drop files to attach them");
  await expect(zone).toBeHidden();
  const data = await page.evaluateHandle(() => {
    const data = new DataTransfer();
    data.items.add(new File(["x"], "x.txt"));
    return data;
  });
  await page.locator("main").dispatchEvent("dragenter", { dataTransfer: data });
  await expect(zone).toBeVisible();
  await page.locator("main").dispatchEvent("dragleave", { dataTransfer: data });
  await expect(zone).toBeHidden();
  await hand(page, "drop", [text("a.txt", member.name), text("b.txt", member.name)]);
  await attachments.stored("a.txt");
  await attachments.stored("b.txt");
});

test("words that are dragged are no files", async ({ member, page }) => {
  await Chat.open(page, "echo");
  const data = await page.evaluateHandle((words) => {
    const data = new DataTransfer();
    data.setData("text/plain", words);
    return data;
  }, member.name);
  await page.locator("main").dispatchEvent("dragenter", { dataTransfer: data });
  await expect(page.getByText("Drop files to attach them")).toBeHidden();
});

test("a pasted picture is attached, and the text stays", async ({ member, page }) => {
  const chat = await Chat.open(page, "echo");
  await chat.message.fill(`look, ${member.name}`);
  await hand(page, "paste", [png("image.png", 40, 30)]);
  await new Attachments(page).stored("image.png");
  await expect(chat.message).toHaveValue(`look, ${member.name}`);
});

test("at most three files are sent to the server at a time", async ({ member, page }) => {
  await Chat.open(page, "echo");
  const attachments = new Attachments(page);
  const uploads = await holdUploads(page);
  const names = ["1.txt", "2.txt", "3.txt", "4.txt", "5.txt"];
  await attachments.choose(...names.map((name) => text(name, `${name} of ${member.name}`)));
  await expect(attachments.chip("4.txt")).toContainText("Waits for its turn");
  await expect.poll(uploads.count).toBe(3);
  await expect(attachments.list.getByRole("progressbar")).toHaveCount(3);
  await uploads.release();
  for (const name of names) await attachments.stored(name);
  await attachments.expectOrder(...names);
});

test("an upload is cancelled, and the next one takes its turn", async ({ complaints, member, page }) => {
  complaints.tolerate(/ERR_ABORTED|ERR_FAILED/);
  await Chat.open(page, "echo");
  const attachments = new Attachments(page);
  const uploads = await holdUploads(page);
  const names = ["1.txt", "2.txt", "3.txt", "4.txt"];
  await attachments.choose(...names.map((name) => text(name, `${name} of ${member.name}`)));
  await expect.poll(uploads.count).toBe(3);
  await attachments.chip("1.txt").getByRole("button", { name: "Cancel 1.txt", exact: true }).click();
  await expect.poll(uploads.count).toBe(4);
  await attachments.expectOrder("2.txt", "3.txt", "4.txt");
  await uploads.release();
  for (const name of names.slice(1)) await attachments.stored(name);
});

test("an upload that failed says why, and is tried again", async ({ complaints, member, page }) => {
  complaints.tolerate(/ERR_FAILED/);
  const chat = await Chat.open(page, "echo");
  const attachments = new Attachments(page);
  await page.route("**/api/upload_file", (route) => route.abort());
  await attachments.choose(text("notes.txt", member.name));
  const chip = attachments.chip("notes.txt");
  await expect(chip.getByRole("alert")).toContainText("The server could not be reached.");
  await chat.trySay("with a file that is not there");
  await expect(page.getByText("Not all files are stored.")).toBeVisible();
  await expect(chat.by("You")).toHaveCount(0);
  await page.unroute("**/api/upload_file");
  await chip.getByRole("button", { name: "Try again" }).click();
  await attachments.stored("notes.txt");
  await expect(chip.getByRole("alert")).toHaveCount(0);
});

test("what the server does not take is told in its words, beside the file", async ({ complaints, member, page }) => {
  complaints.tolerate(/status of 4\d\d/);
  await Chat.open(page, "echo");
  const attachments = new Attachments(page);
  await attachments.choose(heic("IMG_1.HEIC"), text("notes.txt", member.name));
  await expect(attachments.chip("IMG_1.HEIC").getByRole("alert")).toContainText("HEIC");
  await expect(attachments.chip("IMG_1.HEIC").getByRole("button", { name: "Try again" })).toHaveCount(0);
  await attachments.stored("notes.txt");
});

test("a file that is too large is refused before it is sent", async ({ complaints, context, page, startApp }) => {
  const app = await startApp({ INSPIREAI_UPLOAD_LIMIT_MB: "1" });
  await context.request.post(`${app.url}/api/sign_up`, { form: { name: "somebody", password: "correct horse battery" } });
  await page.goto(`${app.url}/chat?tool=echo`);
  await hydrated(page);
  let uploads = 0;
  page.on("request", (request) => (uploads += Number(request.url().endsWith("/api/upload_file"))));
  const attachments = new Attachments(page);
  await attachments.choose(text("long.txt", "x".repeat(1_200_000)));
  await expect(attachments.chip("long.txt").getByRole("alert")).toContainText("It has 1.2 MB; at most 1 MB are taken.");
  expect(uploads).toBe(0);
  expect(complaints.rest).toEqual([]);
});

test("what the tool cannot take is said beside the file at once", async ({ member, page }) => {
  await Chat.open(page, "echo");
  const attachments = new Attachments(page);
  await attachments.attach(png("photo.png", 30, 20), text("notes.txt", member.name));
  await expect(attachments.chip("photo.png").getByRole("alert")).toContainText("echo cannot see pictures.");
  await expect(attachments.chip("notes.txt").getByRole("alert")).toHaveCount(0);
});

test("files are put in another order with the keyboard, and that is announced", async ({ member, page }) => {
  await Chat.open(page, "echo");
  const attachments = new Attachments(page);
  await attachments.attach(...["a.txt", "b.txt", "c.txt"].map((name) => text(name, `${name} ${member.name}`)));
  const handle = attachments.chip("a.txt").getByRole("button", { name: "Move a.txt", exact: true });
  await handle.press("ArrowRight");
  await attachments.expectOrder("b.txt", "a.txt", "c.txt");
  await expect(page.getByText("a.txt is now 2 of 3.")).toBeAttached();
  await expect(handle).toBeFocused();
  await handle.press("ArrowRight");
  await handle.press("ArrowRight");
  await attachments.expectOrder("b.txt", "c.txt", "a.txt");
  await handle.press("ArrowLeft");
  await attachments.expectOrder("b.txt", "a.txt", "c.txt");
});

test("files are put in another order with the pointer", async ({ member, page }) => {
  await Chat.open(page, "echo");
  const attachments = new Attachments(page);
  await attachments.attach(...["a.txt", "b.txt", "c.txt"].map((name) => text(name, `${name} ${member.name}`)));
  const from = await attachments.chip("a.txt").getByRole("button", { name: "Move a.txt", exact: true }).boundingBox();
  const to = await attachments.chip("c.txt").boundingBox();
  if (!from || !to) throw new Error("the chips are on the page");
  await page.mouse.move(from.x + 10, from.y + 10);
  await page.mouse.down();
  await page.mouse.move(to.x + to.width / 2, to.y + to.height / 2, { steps: 8 });
  await page.mouse.up();
  await attachments.expectOrder("b.txt", "c.txt", "a.txt");
  await page.mouse.move(from.x + 10, from.y + 10);
  await attachments.expectOrder("b.txt", "c.txt", "a.txt");
});

test("a message waits for its files, says so, and takes them along in their order", async ({ member, page }) => {
  const chat = await Chat.open(page, "echo");
  const attachments = new Attachments(page);
  const uploads = await holdUploads(page);
  await attachments.choose(text("a.txt", `a of ${member.name}`), text("b.txt", `b of ${member.name}`));
  await expect.poll(uploads.count).toBe(2);
  await chat.trySay(`${member.name} sends two files`);
  await expect(page.getByText("Your message is sent as soon as its files are there.")).toBeVisible();
  const sent = await sentWith(page, uploads.release);
  expect(sent).toHaveLength(2);
  await chat.ended("echo", "Finished");
  await expect(attachments.list).toHaveCount(0);
});

test("a message that waits for its files can be called back", async ({ member, page }) => {
  const chat = await Chat.open(page, "echo");
  const attachments = new Attachments(page);
  const uploads = await holdUploads(page);
  await attachments.choose(text("a.txt", `a of ${member.name}`));
  await chat.trySay("not yet");
  await page.getByRole("button", { name: "Do not send yet" }).click();
  await uploads.release();
  await attachments.stored("a.txt");
  await expect(chat.message).toHaveValue("not yet");
  await expect(page).toHaveURL(/\/chat\?tool=echo$/);
});

test("files on a draft survive a reload, in their order and with what was chosen", async ({ member, page }) => {
  await Chat.open(page, "echo");
  const attachments = new Attachments(page);
  await attachments.attach(png("photo.png", 300, 200), text("notes.txt", member.name));
  await attachments.chip("photo.png").getByLabel("Image detail").selectOption("Low");
  await attachments.chip("notes.txt").getByRole("button", { name: "Move notes.txt", exact: true }).press("ArrowLeft");
  await page.reload();
  await attachments.expectOrder("notes.txt", "photo.png");
  await expect(attachments.chip("photo.png").getByLabel("Image detail")).toHaveValue("low");
});

test("a file that was deleted meanwhile is gone from the draft, and that is said", async ({ member, page }) => {
  await Chat.open(page, "echo");
  const attachments = new Attachments(page);
  const stored = page.waitForResponse("**/api/upload_file");
  await attachments.attach(text("first.txt", `1 ${member.name}`));
  const { id } = (await (await stored).json()) as { id: string };
  await attachments.attach(text("second.txt", `2 ${member.name}`));
  await page.request.post("/api/delete_file", { form: { id } });
  await page.reload();
  await attachments.expectOrder("second.txt");
  await expect(page.getByText("A file that was attached here has been deleted.")).toBeAttached();
});

test("files stay on the message when sending it fails", async ({ complaints, member, page }) => {
  complaints.tolerate(/ERR_FAILED/);
  const chat = await Chat.open(page, "echo");
  const attachments = new Attachments(page);
  await attachments.attach(text("notes.txt", member.name));
  await page.route("**/api/send_message", (route) => route.abort());
  await chat.trySay(`${member.name} tries`);
  await expect(page.getByRole("alert")).toContainText("The server could not be reached.", { timeout: 20_000 });
  await attachments.expectOrder("notes.txt");
  await page.unroute("**/api/send_message");
  const sent = await sentWith(page, () => chat.send.click());
  expect(sent).toHaveLength(1);
  await chat.ended("echo", "Finished");
});

test("an upload goes on while its person looks at another page", async ({ member, page }) => {
  await Chat.open(page, "echo");
  const attachments = new Attachments(page);
  const uploads = await holdUploads(page);
  await attachments.choose(text("notes.txt", member.name));
  await expect.poll(uploads.count).toBe(1);
  await page.getByRole("link", { name: "Tools" }).first().click();
  await expect(page).toHaveURL(/\/tools/);
  await uploads.release();
  await page.goBack();
  await attachments.stored("notes.txt");
});

test("an address puts a file on the message, once", async ({ member, page }) => {
  await page.goto("/chat?tool=echo");
  await hydrated(page);
  const attachments = new Attachments(page);
  const stored = page.waitForResponse("**/api/upload_file");
  await attachments.attach(text("notes.txt", member.name));
  const { id } = (await (await stored).json()) as { id: string };
  await attachments.chip("notes.txt").getByRole("button", { name: "Remove notes.txt", exact: true }).click();
  await page.goto(`/chat?tool=echo&file=${id}`);
  await attachments.expectOrder("notes.txt");
  await page.reload();
  await attachments.expectOrder("notes.txt");
});

test("what is no picture, too large a one, cut off or locked is told beside the file, and the others stay", async ({
  complaints,
  member,
  page,
}) => {
  complaints.tolerate(/status of 4\d\d/);
  await Chat.open(page, "echo");
  const attachments = new Attachments(page);
  const long = `${"n".repeat(296)}.txt`;
  await attachments.choose(
    zip("cat.png"),
    bomb("bomb.png", 30_000, 30_000),
    cut("half.jpg"),
    lockedPdf("bank.pdf"),
    text(long, member.name),
    text("notes.txt", `notes of ${member.name}`),
  );
  for (const [name, words] of [
    ["cat.png", "is called a picture, but what is in it is a ZIP archive"],
    ["bomb.png", "30000 × 30000 pixels"],
    ["half.jpg", "is cut off"],
    ["bank.pdf", "password"],
  ]) {
    await expect(attachments.chip(name).getByRole("alert")).toContainText(words);
    await expect(attachments.chip(name).getByRole("button", { name: "Try again" })).toHaveCount(0);
    await attachments.chip(name).getByRole("button", { name: `Remove ${name}`, exact: true }).click();
  }
  await attachments.stored("notes.txt");
  await attachments.stored(long);
  const excess = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
  expect(excess).toBeLessThanOrEqual(0);
  // It is kept under a name of a length that a list can show.
  await page.reload();
  await expect(attachments.chips).toHaveCount(2);
  await expect(attachments.chips.first()).toHaveAttribute("aria-label", /^n{100,}….txt$/);
});

test("a quota that is passed in the middle is told beside the file that does not fit", async ({
  complaints,
  context,
  page,
  startApp,
}) => {
  complaints.tolerate(/status of 4\d\d/);
  const app = await startApp({ INSPIREAI_STORAGE_QUOTA_MB: "2" });
  await signUp(context, app.url);
  await page.goto(`${app.url}/chat?tool=echo`);
  await hydrated(page);
  const attachments = new Attachments(page);
  const stored = page.waitForResponse("**/api/upload_file");
  await attachments.attach(text("first.txt", "x".repeat(1_200_000)));
  const { id } = (await (await stored).json()) as { id: string };
  await attachments.choose(text("second.txt", "x".repeat(1_200_000)));
  await expect(attachments.chip("second.txt").getByRole("alert")).toContainText("There is no room for second.txt");
  await attachments.expectOrder("first.txt", "second.txt");
  // With room made, it is tried again where it stands.
  await page.request.post(`${app.url}/api/delete_file`, { form: { id } });
  await attachments.chip("second.txt").getByRole("button", { name: "Try again" }).click();
  await expect(attachments.chip("second.txt").getByRole("alert")).toHaveCount(0);
  await attachments.stored("second.txt");
});
