import { expect, test, type Page } from "./fixtures";

/** @returns the kibibytes of JavaScript that came over the wire until the page rests. */
async function scripts(page: Page, address: string): Promise<number> {
  const session = await page.context().newCDPSession(page);
  const requests = new Set<string>();
  let bytes = 0;
  session.on("Network.responseReceived", ({ requestId, type }) => { if (type === "Script") requests.add(requestId); });
  session.on("Network.loadingFinished", ({ requestId, encodedDataLength }) => { if (requests.has(requestId)) bytes += encodedDataLength; });
  await session.send("Network.enable");
  await page.goto(address);
  await page.waitForLoadState("networkidle").catch(() => undefined);
  return bytes / 1024;
}

const LIST = 210;

// What may come over the wire, in KiB of compressed JavaScript. A change that needs more has to say why.
test("the list's JavaScript stays within its budget", async ({ page, account }) => {
  expect(account.email).toBeTruthy();
  // The stream of events would never let the network rest.
  await page.addInitScript(() => { window.EventSource = class extends EventTarget { close() {} } as unknown as typeof EventSource; });
  const size = await scripts(page, "/");
  test.info().annotations.push({ type: "size", description: `${size.toFixed(1)} KiB` });
  expect(size).toBeGreaterThan(50);
  expect(size).toBeLessThanOrEqual(LIST);
});
