// A tool that sees pictures and reads files, which none of the scripted models does.
import type { BrowserContext, Page } from "@playwright/test";
import type { App, Variables } from "./app.ts";
import { Chat } from "./chat.ts";
import { hydrated } from "./hydration.ts";
import { signUp } from "./person.ts";
import type { Upstream } from "./upstream.ts";

/** Its slug, and what it is called on the page. */
export const SEEING = { slug: "gpt-6-luna", name: "GPT-6 Luna" };

interface Fixtures {
  context: BrowserContext;
  page: Page;
  startApp: (variables?: Variables) => Promise<App>;
  upstream: Upstream;
}

/** Starts a server that has it, or another tool of the catalogue; signs somebody up, and opens a chat with it. */
export async function openSeeing({ context, page, startApp, upstream }: Fixtures, slug = SEEING.slug): Promise<Chat> {
  await upstream.change({ offer: slug });
  const app = await startApp();
  await signUp(context, app.url);
  await page.goto(`${app.url}/chat?tool=${slug}`);
  await hydrated(page);
  return new Chat(page);
}
