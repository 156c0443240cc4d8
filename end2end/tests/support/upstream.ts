// The scripted service that tools ask: src/tests/support/upstream says what each of its models does.
import path from "node:path";
import { Program } from "./program.ts";
import { REPOSITORY } from "./repository.ts";

/** What it was asked, and what became of the answer. */
export interface Exchange {
  model: string;
  body: { messages: { role: string; content: string }[] };
  tokens_sent: number;
  ending: "complete" | "cancelled" | "died" | null;
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
    return all.filter((exchange) => exchange.body.messages.at(-1)?.content.includes(text));
  }

  stop(): Promise<void> {
    return this.#program.stop();
  }
}

/** The text of the model `count`: numbers of four digits. */
export function counted(end: number, first = 0): string {
  const numbers = Array.from({ length: end - first }, (_, index) => String(first + index).padStart(4, "0"));
  return numbers.join(" ");
}
