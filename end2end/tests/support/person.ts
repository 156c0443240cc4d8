// Somebody with an account.
import { type BrowserContext, expect, type Page } from "@playwright/test";

export interface Person {
  name: string;
  password: string;
}

export const PASSWORD = "correct horse battery";

let people = 0;

/** A name that nobody on the server has. */
export function someName(): string {
  people += 1;
  return `person-${process.pid}-${people}`;
}

/** Makes an account and logs the context in, without the page. */
export async function signUp(context: BrowserContext, url = ""): Promise<Person> {
  const person = { name: someName(), password: PASSWORD };
  const response = await context.request.post(`${url}/api/sign_up`, { form: { ...person } });
  expect(response.ok(), await response.text()).toBe(true);
  return person;
}

/** Fills in the form that signs up or logs in. */
export async function fillIn(page: Page, name: string, password = PASSWORD): Promise<void> {
  await page.getByLabel("Name", { exact: true }).fill(name);
  await page.getByLabel("Password").fill(password);
}
