import { randomUUID } from "node:crypto";
import { test as base, expect, request, type APIRequestContext, type APIResponse, type Page } from "@playwright/test";

export { expect };
export type { Page };

export type Account = { email: string; password: string; name: string };

type Fixtures = {
  /** Makes accounts that are deleted when the test ends. */
  newAccount: () => Promise<Account>;
  /** Leaves an account that the test itself made to be deleted when it ends. */
  deleteLater: (account: Account) => void;
  /** The account that is logged in on the page. */
  account: Account;
  /** Names a complaint of the browser that the test provokes, such as the one that it logs for a refused request. */
  tolerate: (complaint: RegExp) => void;
  complaints: { found: string[]; tolerated: RegExp[] };
};

/** @returns a new person; nobody else has this address. */
export function person(): Account {
  const id = randomUUID();
  return { email: `e2e-${id}@example.com`, password: `pass ${id.slice(0, 13)}`, name: "Ada Lovelace" };
}

export const test = base.extend<Fixtures>({
  complaints: async ({}, use) => {
    await use({ found: [], tolerated: [] });
  },

  tolerate: async ({ complaints }, use) => {
    await use((complaint) => { complaints.tolerated.push(complaint); });
  },

  // It asks for deleteLater so that accounts are deleted after the page was closed, not under its feet.
  page: async ({ page, baseURL, complaints, deleteLater: _ }, use) => {
    watch(page, baseURL ?? "", complaints.found);
    await use(page);
    await page.close();
    const left = complaints.found.filter((complaint) => !complaints.tolerated.some((pattern) => pattern.test(complaint)));
    expect(left, "errors in the console and requests to other hosts").toEqual([]);
  },

  deleteLater: async ({ baseURL }, use) => {
    const accounts: Account[] = [];
    await use((account) => { accounts.push(account); });
    for (const account of accounts) await removeAccount(baseURL ?? "", account);
  },

  newAccount: async ({ baseURL, deleteLater }, use) => {
    await use(async () => {
      const account = person();
      const api = await newApi(baseURL ?? "");
      await signUp(api, account);
      await api.dispose();
      deleteLater(account);
      return account;
    });
  },

  account: async ({ page, baseURL, deleteLater }, use) => {
    const account = person();
    await signUp(page.request, account, baseURL);
    deleteLater(account);
    await use(account);
  },
});

/** Reports what must not happen on any page. */
export function watch(page: Page, baseURL: string, complaints: string[]): void {
  page.on("console", (message) => {
    if (message.type() === "error" || message.type() === "warning") complaints.push(`console: ${message.text()} (${message.location().url})`);
  });
  page.on("pageerror", (error) => complaints.push(`exception: ${error.message}`));
  page.on("request", (sent) => {
    const url = new URL(sent.url());
    if (/^https?:$/.test(url.protocol) && url.origin !== new URL(baseURL).origin) complaints.push(`external request: ${url}`);
  });
}

/** @returns a client that writes as a page of this site would. */
export function newApi(baseURL: string): Promise<APIRequestContext> {
  return request.newContext({ baseURL, extraHTTPHeaders: { Origin: baseURL } });
}

async function signUp(api: APIRequestContext, account: Account, origin?: string): Promise<void> {
  const answer = await api.post("/api/auth/signup", { data: account, ...(origin && { headers: { Origin: origin } }) });
  expect(answer.status(), await answer.text()).toBe(201);
}

/** Logs in by the API. @returns the answer. */
export function logIn(api: APIRequestContext, { email, password }: Account, origin?: string): Promise<APIResponse> {
  return api.post("/api/auth/login", { data: { email, password }, ...(origin && { headers: { Origin: origin } }) });
}

async function removeAccount(baseURL: string, account: Account): Promise<void> {
  const api = await newApi(baseURL);
  const login = await logIn(api, account);
  // 401: the test has deleted it itself.
  if (login.status() !== 401) {
    expect(login.status(), await login.text()).toBe(200);
    const removal = await api.delete("/api/auth/me", { data: { password: account.password } });
    expect(removal.status(), await removal.text()).toBe(204);
  }
  await api.dispose();
}

/** Adds a todo by the page's own input. */
export async function addTodo(page: Page, title: string): Promise<void> {
  await page.getByLabel("New todo").fill(title);
  await page.getByLabel("New todo").press("Enter");
  await expect(checkbox(page, title)).toBeEnabled();
}

/** @returns the check box of a todo; its presence means that the todo is shown. */
export function checkbox(page: Page, title: string) {
  return page.getByRole("checkbox", { name: `Done: ${title}`, exact: true });
}

/** Says something to the assistant and waits until it has answered. */
export async function say(page: Page, message: string): Promise<void> {
  const input = page.getByLabel("Message to the assistant");
  await input.fill(message);
  await input.press("Enter");
  await expect(conversation(page).getByText(`You: ${message}`, { exact: true }).last()).toBeVisible();
  await expect(page.getByRole("button", { name: "Send" })).toBeVisible();
}

export function conversation(page: Page) {
  return page.getByRole("region", { name: "Conversation" });
}
