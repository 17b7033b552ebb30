import Link from "next/link";
import { Logo } from "@/ui/logo";

export default function NotFound() {
  return (
    <main className="flex min-h-dvh flex-col items-center justify-center gap-4 px-4 text-center">
      <Logo />
      <h1 className="text-2xl font-semibold tracking-tight">There is no such page</h1>
      <Link href="/" className="font-medium text-accent underline underline-offset-4">
        Go to your todos
      </Link>
    </main>
  );
}
