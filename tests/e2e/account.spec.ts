import { checkbox, expect, logIn, person, test } from "./fixtures";

test("a stranger signs up, logs out and logs in again", async ({ page, deleteLater }) => {
  const someone = person();
  deleteLater(someone);
  await page.goto("/");
  await expect(page).toHaveURL("/login");
  await page.getByRole("link", { name: "Create an account" }).click();
  await page.getByLabel("Name").fill(someone.name);
  await page.getByLabel("Email").fill(someone.email);
  await page.getByLabel("Password").fill(someone.password);
  await page.getByRole("button", { name: "Create account" }).click();
  await expect(page.getByRole("heading", { name: "Your todos" })).toBeVisible();
  await expect(page.getByText("Nothing here yet")).toBeVisible();

  await page.getByRole("button", { name: `Account of ${someone.name}` }).click();
  await page.getByRole("button", { name: "Log out" }).click();
  await expect(page).toHaveURL("/login");
  await page.goto("/");
  await expect(page).toHaveURL("/login");

  await page.getByLabel("Email").fill(someone.email);
  await page.getByLabel("Password").fill(someone.password);
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { name: "Your todos" })).toBeVisible();
});

test("a wrong password is said, the address stays, and nothing tells whether the account exists", async ({ page, newAccount, tolerate }) => {
  tolerate(/status of 401/);
  const { email } = await newAccount();
  await page.goto("/login");
  const said: (string | null)[] = [];
  for (const address of [email, person().email]) {
    await page.getByLabel("Email").fill(address);
    await page.getByLabel("Password").fill("not the password");
    const answered = page.waitForResponse("**/api/auth/login");
    await page.getByRole("button", { name: "Log in" }).click();
    expect((await answered).status()).toBe(401);
    said.push(await page.locator("main").getByRole("alert").textContent());
    await expect(page.getByLabel("Email")).toHaveValue(address);
  }
  expect(said).toEqual(Array(2).fill("The email or the password is not right."));
});

test("what is wrong is said at its field, which gets the focus", async ({ page, newAccount, tolerate }) => {
  tolerate(/status of 409/);
  const { email } = await newAccount();
  await page.goto("/signup");
  await page.getByRole("button", { name: "Create account" }).click();
  await expect(page.getByLabel("Name")).toBeFocused();
  await expect(page.getByLabel("Name")).toHaveAccessibleDescription("Enter your name.");
  await expect(page.getByLabel("Email")).toHaveAccessibleDescription(/Enter an email address/);
  await page.getByLabel("Name").fill("Ada");
  await page.getByLabel("Email").fill(email);
  await page.getByLabel("Password").fill("long enough password");
  await page.getByRole("button", { name: "Create account" }).click();
  await expect(page.getByLabel("Email")).toHaveAccessibleDescription(/There is an account with this email/);
  await expect(page.getByLabel("Email")).toBeFocused();
});

test("an ended session leads to login and back to the same address", async ({ page, account, context, tolerate }) => {
  await page.goto("/?filter=open");
  await expect(page.getByRole("heading", { name: "Your todos" })).toBeVisible();
  tolerate(/status of 401/);
  await context.clearCookies();
  await page.getByLabel("New todo").fill("Too late");
  await page.getByLabel("New todo").press("Enter");
  await expect(page.getByText("Your session has ended")).toBeVisible();
  await page.getByLabel("Email").fill(account.email);
  await page.getByLabel("Password").fill(account.password);
  await page.getByRole("button", { name: "Log in" }).click();
  await expect(page).toHaveURL("/?filter=open");
  await expect(checkbox(page, "Too late")).toHaveCount(0);
  // What was typed is still there, and Enter adds it now.
  await expect(page.getByLabel("New todo")).toHaveValue("Too late");
  await page.getByLabel("New todo").press("Enter");
  await expect(checkbox(page, "Too late")).toBeVisible();
});

test("what somebody typed is not shown to the next who logs in at this tab", async ({ page, account, newAccount, context, tolerate }) => {
  expect(account.email).toBeTruthy();
  tolerate(/status of 401/);
  await page.goto("/");
  await page.getByLabel("Message to the assistant").fill("something private");
  await page.reload();
  await expect(page.getByLabel("Message to the assistant")).toHaveValue("something private");
  await context.clearCookies();
  const other = await newAccount();
  await page.goto("/login");
  await page.getByLabel("Email").fill(other.email);
  await page.getByLabel("Password").fill(other.password);
  await page.getByRole("button", { name: "Log in" }).click();
  await expect(page.getByRole("heading", { name: "Your todos" })).toBeVisible();
  await expect(page.getByLabel("Message to the assistant")).toHaveValue("");
});

test("password managers know the fields, and pasting works", async ({ page, context }) => {
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  await page.goto("/login");
  await expect(page.getByLabel("Email")).toHaveAttribute("autocomplete", "username");
  await expect(page.getByLabel("Password")).toHaveAttribute("autocomplete", "current-password");
  await page.evaluate(() => navigator.clipboard.writeText("pasted secret"));
  await page.getByLabel("Password").focus();
  await page.keyboard.press("ControlOrMeta+v");
  await expect(page.getByLabel("Password")).toHaveValue("pasted secret");
  await page.goto("/signup");
  await expect(page.getByLabel("Name")).toHaveAttribute("autocomplete", "name");
  await expect(page.getByLabel("Email")).toHaveAttribute("autocomplete", "email");
  await expect(page.getByLabel("Password")).toHaveAttribute("autocomplete", "new-password");
});

test("an account is deleted with its password, and is gone", async ({ page, account, baseURL, tolerate }) => {
  await page.goto("/");
  await page.getByRole("button", { name: /Account of/ }).click();
  await page.getByRole("button", { name: "Delete account…" }).click();
  tolerate(/status of 403/);
  const dialog = page.getByRole("dialog", { name: "Delete your account?" });
  await dialog.getByLabel("Password").fill("not the password");
  await dialog.getByRole("button", { name: "Delete account" }).click();
  await expect(dialog.getByLabel("Password")).toHaveAccessibleDescription("The password is not right.");
  await dialog.getByLabel("Password").fill(account.password);
  await dialog.getByRole("button", { name: "Delete account" }).click();
  await expect(page).toHaveURL("/signup");
  const login = await logIn(page.request, account, baseURL);
  expect(login.status()).toBe(401);
});
