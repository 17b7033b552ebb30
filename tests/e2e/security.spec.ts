import { expect, logIn, test } from "./fixtures";

test("the token is out of reach of scripts and never in a page or an answer", async ({ page, account, context, baseURL }) => {
  await page.goto("/");
  const session = (await context.cookies()).find(({ name }) => name === "session");
  expect(session).toMatchObject({ httpOnly: true, sameSite: "Lax", path: "/" });
  expect(await page.evaluate(() => document.cookie)).not.toContain("session");
  expect(await page.content()).not.toContain(session?.value ?? "nothing");
  const login = await logIn(page.request, account, baseURL);
  expect(Object.keys((await login.json()) as object)).toEqual(["user"]);
});

test("another site's posts are refused and change nothing", async ({ page, account, baseURL }) => {
  expect(account.email).toBeTruthy();
  const strangers: Record<string, string>[] = [{ Origin: "https://evil.example" }, { Origin: "null" }, {}];
  for (const headers of strangers) {
    const post = await page.request.post("/api/todos", { data: { title: "Planted" }, headers });
    expect(post.status(), JSON.stringify(headers)).toBe(403);
    expect(await post.json()).toMatchObject({ code: "cross_site" });
  }
  const form = await page.request.post("/api/todos", { form: { title: "Planted" }, headers: { Origin: baseURL ?? "" } });
  expect(form.status()).toBe(415);
  expect(await (await page.request.get("/api/todos")).json()).toMatchObject({ items: [] });
});

test("pages forbid scripts that the server did not write, and being framed", async ({ page }) => {
  const policies: string[] = [];
  for (let visit = 0; visit < 2; visit += 1) {
    const answer = await page.goto("/login");
    const policy = answer?.headers()["content-security-policy"] ?? "";
    expect(policy).toMatch(/script-src 'self' 'nonce-[^']+' 'strict-dynamic';/);
    expect(policy).not.toContain("unsafe");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(answer?.headers()).toMatchObject({ "x-content-type-options": "nosniff", "referrer-policy": "same-origin" });
    policies.push(policy);
  }
  expect(policies[0]).not.toBe(policies[1]);
});

test("an anonymous or forged session gets nothing", async ({ page, playwright, baseURL }) => {
  for (const cookie of ["", "session=eyJhbGciOiJub25lIn0.eyJzdWIiOiIxIn0."]) {
    const api = await playwright.request.newContext({ baseURL, extraHTTPHeaders: { Cookie: cookie, Origin: baseURL ?? "" } });
    for (const path of ["/api/todos", "/api/auth/me", "/api/todos/events"]) expect((await api.get(path)).status(), path).toBe(401);
    expect((await api.post("/api/chat", { data: { message: "add x" } })).status()).toBe(401);
    await api.dispose();
  }
  await page.goto("/");
  await expect(page).toHaveURL("/login");
});

test("the request id goes through all services and comes back", async ({ page, account }) => {
  expect(account.email).toBeTruthy();
  const answer = await page.request.get("/api/todos/not-an-id", { headers: { "X-Request-ID": "e2e-trace-1" } });
  expect(answer.status()).toBeGreaterThanOrEqual(400);
  expect(answer.headers()["x-request-id"]).toBe("e2e-trace-1");
  expect(await answer.json()).toMatchObject({ request_id: "e2e-trace-1" });
});
