// Long conversations, made at once by bringing in a thread.
import { expect, type Page } from "@playwright/test";

/** What message number `index` says, from 1. */
export function line(index: number): string {
  return `Message ${String(index).padStart(4, "0")}`;
}

/** A conversation of that many messages, each of several lines; gives the path of its page. */
export async function bringIn(page: Page, count: number): Promise<string> {
  const data = Array.from({ length: count }, (_, index) => ({
    id: `msg_${index}`,
    object: "thread.message",
    created_at: 1_713_700_000 + index,
    thread_id: `thread_${count}`,
    role: index % 2 === 0 ? "user" : "assistant",
    content: [{ type: "text", text: { value: `${line(index + 1)}\n\n${"It goes on. ".repeat(1 + (index % 7) * 12)}`, annotations: [] } }],
  }));
  const buffer = Buffer.from(JSON.stringify({ object: "list", data: data.reverse(), has_more: false }));
  const headers = { accept: "application/json" };
  const multipart = { file: { name: "threads.json", mimeType: "application/json", buffer } };
  const imported = await page.request.post("/api/import_threads", { headers, multipart });
  expect(imported.ok(), await imported.text()).toBe(true);
  const listed = await page.request.post("/api/list_conversations", { headers });
  const [{ id }] = (await listed.json()) as { id: string }[];
  return `/chat/${id}`;
}
