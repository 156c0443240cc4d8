// What can be found out by a program about whether everybody can use the pages, in light and in dark.
import { Attachments } from "./support/attachments.ts";
import { violations } from "./support/axe.ts";
import { Chat } from "./support/chat.ts";
import { hydrated } from "./support/hydration.ts";
import { png, text } from "./support/pictures.ts";
import { openSeeing, SEEING } from "./support/seeing.ts";
import { expect, test } from "./support/test.ts";

for (const colorScheme of ["light", "dark"] as const) {
  test.describe(`in ${colorScheme}`, () => {
    test.use({ colorScheme, contextOptions: { reducedMotion: "reduce" } });

    test(`pages for anybody have no serious barrier, in ${colorScheme}`, async ({ complaints, page }) => {
      complaints.tolerate(/status of 404/);
      for (const path of ["/", "/tools", "/tools?q=zzzzqqq", "/tools/local-assistant", "/login", "/signup", "/no/such/page"]) {
        await page.goto(path);
        await hydrated(page);
        expect.soft(await violations(page), path).toEqual([]);
      }
    });

    test(`pages of a member have no serious barrier, in ${colorScheme}`, async ({ member, page }) => {
      const chat = await Chat.open(page, "markdown");
      expect.soft(await violations(page), "a new chat").toEqual([]);
      await chat.ask("markdown", `${member.name} asks`);
      await expect(chat.words("markdown").locator("code.hljs").first()).toBeVisible();
      await expect(chat.words("markdown").locator("math")).toHaveCount(2);
      expect.soft(await violations(page), "an answer").toEqual([]);
      await page.goto("/chat?tool=die-after");
      await hydrated(page);
      await chat.say(`${member.name} asks`);
      await chat.ended("die-after", "Failed");
      expect.soft(await violations(page), "a failed answer").toEqual([]);
      await page.goto("/settings");
      await hydrated(page);
      expect.soft(await violations(page), "settings").toEqual([]);
    });

    test(`files on a message have no serious barrier, in ${colorScheme}`, async ({ context, page, startApp, upstream }) => {
      const chat = await openSeeing({ context, page, startApp, upstream });
      const attachments = new Attachments(page);
      await attachments.attach(png("photo.png", 400, 300), text("notes.txt", "some notes"));
      expect.soft(await violations(page), "chips").toEqual([]);
      await attachments.chip("photo.png").getByRole("button", { name: "Crop" }).click();
      await expect(page.getByRole("dialog", { name: "Crop photo.png" })).toBeVisible();
      expect.soft(await violations(page), "the crop dialog").toEqual([]);
      await page.keyboard.press("Escape");
      await page.getByRole("button", { name: "Take a photo" }).click();
      await expect(page.getByRole("dialog", { name: "Take a photo" })).toBeVisible();
      expect.soft(await violations(page), "the camera dialog").toEqual([]);
      await page.keyboard.press("Escape");
      await chat.ask(SEEING.name, "two files");
      expect.soft(await violations(page), "sent files").toEqual([]);
      await page.goto(new URL("/files", page.url()).href);
      await hydrated(page);
      await expect(page.getByRole("list", { name: "Your files" }).getByRole("listitem")).toHaveCount(2);
      expect.soft(await violations(page), "the page of files").toEqual([]);
    });
  });
}
