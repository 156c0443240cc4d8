// The real server program, with a data directory that goes away with it.
import fs from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { PostgresDatabase } from "./postgres.ts";
import { Program } from "./program.ts";
import { REPOSITORY } from "./repository.ts";

export type Variables = Record<string, string>;

/** What a server keeps its rows in. */
export type DatabaseKind = "sqlite" | "postgres";

const READY = /ready: (http:\/\/[\d.]+:\d+)/;

export class App {
  #program: Program;
  readonly #directory: string;
  readonly #env: Variables;
  readonly #database: PostgresDatabase | undefined;

  private constructor(program: Program, directory: string, env: Variables, database?: PostgresDatabase) {
    this.#database = database;
    this.#program = program;
    this.#directory = directory;
    // Started again, it listens where it did.
    this.#env = { ...env, LEPTOS_SITE_ADDR: new URL(this.url).host };
  }

  /** Starts one with these variables and no others. */
  static async start(variables: Variables, kind: DatabaseKind = "sqlite"): Promise<App> {
    const database = kind === "postgres" ? await PostgresDatabase.create() : undefined;
    const directory = await fs.mkdtemp(path.join(os.tmpdir(), "inspireai-"));
    // It runs where there is no .env, so that a developer's settings and database stay out of tests.
    await fs.copyFile(path.join(REPOSITORY, "Leptos.toml"), path.join(directory, "Leptos.toml"));
    const env = {
      LEPTOS_SITE_ADDR: "127.0.0.1:0",
      LEPTOS_SITE_ROOT: process.env.LEPTOS_SITE_ROOT ?? path.join(REPOSITORY, "target/site"),
      INSPIREAI_DATA_DIR: path.join(directory, "data"),
      INSPIREAI_LOCAL_MODEL: "off",
      INSPIREAI_LOCAL_SPEECH: "off",
      INSPIREAI_LOGIN_ATTEMPTS_PER_MINUTE: "10000",
      INSPIREAI_DRAIN_SECONDS: "1",
      RUST_LOG: "warn,async_openai=off",
      ...(database && { DATABASE_URL: database.url }),
      ...variables,
    };
    try {
      return new App(await App.#run(directory, env), directory, env, database);
    } catch (error) {
      await database?.drop();
      await fs.rm(directory, { recursive: true, force: true });
      throw error;
    }
  }

  static #run(directory: string, env: Variables): Promise<Program> {
    const program = process.env.INSPIREAI_BIN ?? path.join(REPOSITORY, "target/debug/inspireai");
    return Program.start(program, ["serve"], { cwd: directory, env }, READY);
  }

  /** Starts one whose tools are an upstream's models, and waits until they are in the catalogue. */
  static async startWithTools(upstreamUrl: string, variables: Variables = {}, kind?: DatabaseKind): Promise<App> {
    const app = await App.start({ OPENAI_BASE_URL: upstreamUrl, OPENAI_API_KEY: "sk-secret", ...variables }, kind);
    const deadline = Date.now() + 30_000;
    while ((await fetch(new URL("/tools/echo", app.url))).status !== 200) {
      if (Date.now() > deadline) throw new Error(`The catalogue lacks the upstream's models:\n${app.log}`);
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    return app;
  }

  get url(): string {
    return this.#program.ready[1];
  }

  get log(): string {
    return this.#program.log;
  }

  /** Stops the program and keeps its data. */
  async halt(): Promise<void> {
    await this.#program.stop();
  }

  /** Starts the program again, where it was. */
  async resume(): Promise<void> {
    this.#program = await App.#run(this.#directory, this.#env);
  }

  async stop(): Promise<void> {
    await this.#program.stop();
    await this.#database?.drop();
    await fs.rm(this.#directory, { recursive: true, force: true });
  }
}
