// The scripted service that tools ask: src/tests/support/upstream says what each of its models does.
import path from "node:path";
import { Program } from "./program.ts";
import { REPOSITORY } from "./repository.ts";

/** What it was asked, and what became of the answer. */
export interface Exchange {
  model: string;
  body: { messages?: Said[]; input?: Said[] };
  tokens_sent: number;
  ending: "complete" | "cancelled" | "died" | null;
}

/** A message of a question, by either interface: words, or parts of which some are words. */
interface Said {
  role: string;
  content: string | { text?: string }[];
}

/** What can be changed while it runs: see `POST /_change` there. */
interface Change {
  forget_files?: boolean;
  forget_conversations?: boolean;
  /** A path that it does not have any more. */
  lack?: string;
  /** A model besides the scripted ones; to be offered before the server that asks it starts. */
  offer?: string;
  /** A path that it refuses with a status, so often; 429 says when to come again. */
  refuse?: { path: string; status: number; times?: number };
  /** How samples of speech come: how long each tenth of a second takes, and after how many the connection breaks. */
  speech?: { piece_ms?: number; die_after?: number };
  /** The words in every recording. */
  heard?: string;
}

export class Upstream {
  readonly #program: Program;

  private constructor(program: Program) {
    this.#program = program;
  }

  static async start(): Promise<Upstream> {
    const program = process.env.INSPIREAI_UPSTREAM_BIN ?? path.join(REPOSITORY, "target/debug/examples/upstream");
    return new Upstream(await Program.start(program, ["--addr", "127.0.0.1:0"], {}, /http:\/\/\S+/));
  }

  /** What `OPENAI_BASE_URL` is set to. */
  get baseUrl(): string {
    return this.#program.ready[0];
  }

  /** The requests whose last message holds a text, oldest first. */
  async asked(text: string): Promise<Exchange[]> {
    const response = await fetch(new URL("/_requests", this.baseUrl));
    const all = (await response.json()) as Exchange[];
    return all.filter((exchange) => words((exchange.body.messages ?? exchange.body.input)?.at(-1)).includes(text));
  }

  async change(change: Change): Promise<void> {
    const headers = { "content-type": "application/json" };
    await fetch(new URL("/_change", this.baseUrl), { method: "POST", headers, body: JSON.stringify(change) });
  }

  stop(): Promise<void> {
    return this.#program.stop();
  }
}

function words(said: Said | undefined): string {
  const content = said?.content ?? "";
  return typeof content === "string" ? content : content.map((part) => part.text ?? "").join("\n");
}

/** The text of the model `count`: numbers of four digits. */
export function counted(end: number, first = 0): string {
  const numbers = Array.from({ length: end - first }, (_, index) => String(first + index).padStart(4, "0"));
  return numbers.join(" ");
}
