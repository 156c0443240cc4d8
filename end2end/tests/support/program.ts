// A program in a process of its own, until it is stopped by its id.
import { type ChildProcess, spawn } from "node:child_process";

const PATIENCE_MS = 60_000;
const GRACE_MS = 5_000;

export class Program {
  /** The first match of the line that said it was ready. */
  readonly ready: RegExpExecArray;
  readonly #child: ChildProcess;
  readonly #log: string[];

  private constructor(child: ChildProcess, log: string[], ready: RegExpExecArray) {
    this.#child = child;
    this.#log = log;
    this.ready = ready;
  }

  /** Starts a program and waits until it prints what `ready` looks for. */
  static async start(
    path: string,
    args: string[],
    options: { cwd?: string; env?: Record<string, string> },
    ready: RegExp,
  ): Promise<Program> {
    const child = spawn(path, args, { ...options, stdio: ["ignore", "pipe", "pipe"] });
    const log: string[] = [];
    const found = new Promise<RegExpExecArray>((resolve, reject) => {
      const listen = (chunk: Buffer) => {
        log.push(chunk.toString());
        const match = ready.exec(log.join(""));
        if (match) resolve(match);
      };
      child.stdout.on("data", listen);
      child.stderr.on("data", listen);
      child.once("error", reject);
      child.once("exit", (code) => reject(new Error(`${path} ended with ${code}:\n${log.join("")}`)));
      setTimeout(() => reject(new Error(`${path} is not ready:\n${log.join("")}`)), PATIENCE_MS).unref();
    });
    try {
      return new Program(child, log, await found);
    } catch (error) {
      child.kill("SIGKILL");
      throw error;
    }
  }

  /** Everything it has printed. */
  get log(): string {
    return this.#log.join("");
  }

  /** Asks it to end, and insists where it does not. */
  async stop(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const ended = new Promise((resolve) => this.#child.once("exit", resolve));
    this.#child.kill("SIGTERM");
    const insist = setTimeout(() => this.#child.kill("SIGKILL"), GRACE_MS);
    await ended;
    clearTimeout(insist);
  }
}
