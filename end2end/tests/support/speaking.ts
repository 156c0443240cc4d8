// A service that speaks and listens, by the scripted upstream.
import type { BrowserContext } from "@playwright/test";
import type { App, Variables } from "./app.ts";
import { type Person, signUp } from "./person.ts";
import type { Upstream } from "./upstream.ts";

interface Fixtures {
  context: BrowserContext;
  startApp: (variables?: Variables) => Promise<App>;
  upstream: Upstream;
}

/** Starts a server whose upstream speaks (`tts-1`) and listens (`gpt-transcribe`), and signs somebody up. */
export async function startSpeaking(
  { context, startApp, upstream }: Fixtures,
  variables?: Variables,
): Promise<{ app: App; person: Person }> {
  await upstream.change({ offer: "tts-1" });
  await upstream.change({ offer: "gpt-transcribe" });
  const app = await startApp(variables);
  return { app, person: await signUp(context, app.url) };
}
