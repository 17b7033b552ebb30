import { closeSession } from "@/server/backend";
import { handler } from "@/server/handler";

export const POST = handler(({ method, requestId, signal }) => closeSession({ method, requestId, signal }));
