import { expect, test, type Page } from "./fixtures";

// What may come over the wire, in KiB of compressed JavaScript. A change that needs more has to say why.
const LOGIN = 165;
const LIST = 210;
const LATER = 50;

/** Adds up a page's scripts as they arrive. @returns address -> KiB over the wire, growing. */
async function watch(page: Page): Promise<Map<string, number>> {
  const session = await page.context().newCDPSession(page);
  const addresses = new Map<string, string>();
  const sizes = new Map<string, number>();
  session.on("Network.responseReceived", ({ requestId, type, response }) => {
    if (type === "Script") addresses.set(requestId, response.url);
  });
  session.on("Network.loadingFinished", ({ requestId, encodedDataLength }) => {
    const address = addresses.get(requestId);
    if (address) sizes.set(address, encodedDataLength / 1024);
  });
  await session.send("Network.enable");
  // The stream of events would never let the network rest.
  await page.addInitScript(() => {
    window.EventSource = class extends EventTarget { close() {} } as unknown as typeof EventSource;
  });
  return sizes;
}

/** @returns the sum, noted in the report. */
function total(sizes: Map<string, number>): number {
  const sum = [...sizes.values()].reduce((all, one) => all + one, 0);
  test.info().annotations.push({ type: "size", description: `${sum.toFixed(1)} KiB` });
  return sum;
}

test("the login's JavaScript stays within its budget", async ({ page }) => {
  const sizes = await watch(page);
  await page.goto("/login");
  await page.waitForLoadState("networkidle");
  expect(total(sizes)).toBeGreaterThan(50);
  expect(total(sizes)).toBeLessThanOrEqual(LOGIN);
});

test("the list's JavaScript stays within its budget, and so does each part that comes later", async ({ page, account }) => {
  expect(account.email).toBeTruthy();
  const sizes = await watch(page);
  await page.goto("/");
  await page.waitForLoadState("networkidle").catch(() => undefined); // the assistant's status is asked again and again
  expect(total(sizes)).toBeGreaterThan(50);
  expect(total(sizes)).toBeLessThanOrEqual(LIST);

  const first = new Set(sizes.keys());
  await page.getByRole("heading", { level: 1 }).click(); // out of the input
  await page.keyboard.press("?");
  await expect(page.getByRole("dialog")).toBeVisible();
  await page.keyboard.press("Escape");
  const later = [...sizes].filter(([address]) => !first.has(address));
  for (const [address, size] of later) expect(size, address).toBeLessThanOrEqual(LATER);
});
