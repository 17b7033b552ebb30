import { redirect } from "next/navigation";
import { Unreachable } from "@/features/unreachable";
import { Workspace } from "@/features/workspace";
import { listQuery } from "@/lib/todo";
import { addressOf, viewIn } from "@/lib/view";
import { currentUser, firstPage } from "@/server/backend";

type Props = { searchParams: Promise<Record<string, string | string[] | undefined>> };

export default async function HomePage({ searchParams }: Props) {
  const requestId = crypto.randomUUID();
  const [user, page, asked] = await Promise.all([currentUser(requestId), firstPage(listQuery(), requestId), searchParams]);
  if (!user.ok) {
    if (user.problem.status !== 401) return <Unreachable problem={user.problem} />;
    const address = addressOf(viewIn((name) => [asked[name]].flat()[0]));
    redirect(address === "/" ? "/login" : `/login?next=${encodeURIComponent(address)}`);
  }
  const first = page.ok ? { page: page.value } : { problem: page.problem };
  return <Workspace user={user.value} first={first} servedAt={new Date().toISOString()} />;
}
