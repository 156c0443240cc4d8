// A database of a server's own, on the PostgreSQL that `make test` starts.
import { execFile } from "node:child_process";
import { randomUUID } from "node:crypto";
import { promisify } from "node:util";

const run = promisify(execFile);

export class PostgresDatabase {
  readonly url: string;
  readonly #server: string;
  readonly #name: string;

  private constructor(server: string, name: string) {
    this.#server = server;
    this.#name = name;
    const url = new URL(server);
    url.pathname = name;
    this.url = url.href;
  }

  static async create(): Promise<PostgresDatabase> {
    const server = process.env.TEST_POSTGRES_URL;
    if (!server) throw new Error("This test needs PostgreSQL: run `make test`, or set TEST_POSTGRES_URL to a server it may use.");
    const database = new PostgresDatabase(server, `inspireai_browser_${randomUUID().replaceAll("-", "")}`);
    await database.#tell(`create database ${database.#name}`);
    return database;
  }

  async drop(): Promise<void> {
    await this.#tell(`drop database ${this.#name} with (force)`);
  }

  async #tell(statement: string): Promise<void> {
    await run("psql", [this.#server, "--quiet", "--no-psqlrc", "--command", statement]);
  }
}
