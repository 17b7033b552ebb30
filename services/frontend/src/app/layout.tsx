import { GeistSans } from "geist/font/sans";
import type { Metadata, Viewport } from "next";
import { cookies } from "next/headers";
import type { ReactNode } from "react";
import { CANVAS, parseTheme, THEME_COOKIE, type Theme } from "@/lib/theme";
import { Announcer } from "@/ui/announcer";
import "./globals.css";

export const metadata: Metadata = {
  title: { default: "Todo", template: "%s · Todo" },
  description: "A todo list with an assistant beside it.",
};

export async function generateViewport(): Promise<Viewport> {
  const theme = await chosenTheme();
  return {
    width: "device-width",
    initialScale: 1,
    colorScheme: theme === "system" ? "light dark" : theme,
    themeColor: (["light", "dark"] as const).map((scheme) => ({
      media: `(prefers-color-scheme: ${scheme})`,
      color: CANVAS[theme === "system" ? scheme : theme],
    })),
  };
}

// The nonce of the content security policy is new with each request, so no page may be made in advance.
export const dynamic = "force-dynamic";

export default async function RootLayout({ children }: Readonly<{ children: ReactNode }>) {
  return (
    <html lang="en" data-theme={await chosenTheme()} className={GeistSans.variable}>
      <body>
        <Announcer>{children}</Announcer>
      </body>
    </html>
  );
}

async function chosenTheme(): Promise<Theme> {
  return parseTheme((await cookies()).get(THEME_COOKIE)?.value);
}
