// The program that is all there is to install: `make test` has it built, and INSPIREAI_DIST_BIN names it.
import fs from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { hydrated } from "./support/hydration.ts";
import { fillIn, someName } from "./support/person.ts";
import { Program } from "./support/program.ts";
import { REPOSITORY } from "./support/repository.ts";
import { expect, test } from "./support/test.ts";

test("one file in an empty directory is a whole site that lives", async ({ page }) => {
  const program = process.env.INSPIREAI_DIST_BIN ?? path.join(REPOSITORY, "target/dist/debug/inspireai");
  const directory = await fs.mkdtemp(path.join(os.tmpdir(), "inspireai-"));
  const env = { LEPTOS_SITE_ADDR: "127.0.0.1:0", RUST_LOG: "error" };
  const ready = /ready: (http:\/\/[\d.]+:\d+)/;
  const server = await Program.start(program, ["serve"], { cwd: directory, env }, ready);
  try {
    await page.goto(`${server.ready[1]}/signup?next=/settings`);
    await hydrated(page);
    const style = await page.evaluate(() => getComputedStyle(document.documentElement).getPropertyValue("--accent"));
    expect(style, "a colour of the style").not.toBe("");
    await fillIn(page, someName());
    await page.getByRole("button", { name: "Sign up" }).click();
    await expect(page).toHaveURL(`${server.ready[1]}/settings`);
    await expect(page.getByRole("main").getByText("Administrator")).toBeVisible();
    expect(await fs.readdir(directory), "what it leaves").toEqual(["data"]);
  } finally {
    await server.stop();
    await fs.rm(directory, { recursive: true, force: true });
  }
});
