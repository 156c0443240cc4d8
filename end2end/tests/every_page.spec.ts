// Pages loaded over and over by many at once: what breaks only now and then breaks here.
import { PASSWORD, someName } from "./support/person.ts";
import { expect, test } from "./support/test.ts";

const LOADS = 500;
const AT_ONCE = 16;

test(`each page loaded ${LOADS} times leaves no panic in the log`, async ({ playwright, startApp }) => {
  test.setTimeout(240_000);
  const app = await startApp({ TOKIO_WORKER_THREADS: "16" });
  const client = await playwright.request.newContext({ baseURL: app.url });
  const name = someName();
  await client.post("/api/sign_up", { form: { name, password: PASSWORD } });
  const chat = await client.post("/chat", { form: { tool: "markdown", text: "Hello" } });
  expect(chat.ok()).toBe(true);
  const { cookies } = await client.storageState();
  const cookie = cookies.map((each) => `${each.name}=${each.value}`).join("; ");
  await client.dispose();

  const pages: [path: string, status: number][] = [
    ["/", 200],
    ["/tools", 200],
    ["/tools/echo", 200],
    ["/login", 200],
    ["/signup?next=/settings", 200],
    ["/chat", 200],
    [new URL(chat.url()).pathname, 200],
    ["/settings", 200],
    ["/files", 200],
    ["/no/such/page", 404],
  ];
  const queue = Array.from({ length: LOADS }, () => pages).flat();
  const wrong = new Set<string>();
  const load = async () => {
    for (let next = queue.pop(); next; next = queue.pop()) {
      const [path, status] = next;
      const response = await fetch(new URL(path, app.url), { headers: { cookie } });
      const text = await response.text();
      if (response.status !== status) wrong.add(`${path}: ${response.status}`);
      if (!text.includes("<h1") || !text.includes("</html>")) wrong.add(`${path}: only a part of it`);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, load));
  expect([...wrong]).toEqual([]);
  expect(app.log).not.toContain("panicked");
});
