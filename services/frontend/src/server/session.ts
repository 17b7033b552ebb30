import "server-only";

import { cookies } from "next/headers";
import { config } from "./config";

const NAME = "session";

/** @returns the caller's token, or undefined. Only the modules of the upstreams ask for it. */
export async function readToken(): Promise<string | undefined> {
  return (await cookies()).get(NAME)?.value;
}

/** Keeps the token where scripts cannot read it, for as long as it is good. */
export async function keepToken(token: string, lifetime: number): Promise<void> {
  (await cookies()).set(NAME, token, {
    httpOnly: true,
    sameSite: "lax",
    secure: config().cookieSecure,
    path: "/",
    maxAge: lifetime,
  });
}

export async function dropToken(): Promise<void> {
  (await cookies()).delete(NAME);
}
