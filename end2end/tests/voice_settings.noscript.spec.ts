// Who speaks and who listens, in a browser that runs no scripts.
import { startSpeaking } from "./support/speaking.ts";
import { expect, test } from "./support/test.ts";

test("without a script a voice is chosen, and is there when one comes back", async ({
  context,
  page,
  startApp,
  upstream,
}) => {
  const { app } = await startSpeaking({ context, startApp, upstream });
  await page.goto(`${app.url}/settings`);
  const voice = page.getByRole("region", { name: "Voice" });
  await voice.getByLabel("Voice", { exact: true }).selectOption({ label: "Echo" });
  await voice.getByLabel("Read each new answer out by itself").check();
  await voice.getByRole("button", { name: "Save voice" }).click();
  await expect(page).toHaveURL(/\/settings/);
  await expect(voice.getByLabel("Voice", { exact: true })).toHaveValue("tts-1/echo");
  await expect(voice.getByLabel("Read each new answer out by itself")).toBeChecked();
  // What the page still loads is not to find that the server is gone.
  await page.goto("about:blank");
});
