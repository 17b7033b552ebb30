import { redirect } from "next/navigation";
import { Workspace } from "@/features/workspace";
import { listQuery, parseFilter } from "@/lib/todo";
import { currentUser, firstPage } from "@/server/backend";
import { Unreachable } from "@/features/unreachable";

type Props = { searchParams: Promise<{ filter?: string | string[] }> };

export default async function HomePage({ searchParams }: Props) {
  const { filter } = await searchParams;
  const name = parseFilter(typeof filter === "string" ? filter : null);
  const requestId = crypto.randomUUID();
  const [user, page] = await Promise.all([currentUser(requestId), firstPage(listQuery(name), requestId)]);
  if (!user.ok) {
    if (user.problem.status === 401) redirect(name === "all" ? "/login" : `/login?next=${encodeURIComponent(`/?filter=${name}`)}`);
    return <Unreachable problem={user.problem} />;
  }
  return <Workspace user={user.value} first={page.ok ? { page: page.value } : { problem: page.problem }} />;
}
