import { Button } from "@/ui/button";
import { RetryIcon } from "@/ui/icons";
import { ActionCard } from "./action-card";
import { ConfirmCard } from "./confirm-card";
import { canRetry, type AssistantTurn, type Turn } from "./conversation";

type Props = {
  turn: Turn;
  /** The choices of an earlier answer are no longer a question. */
  isLast: boolean;
  onAccept: (turn: AssistantTurn) => void;
  onDecline: (turn: AssistantTurn) => void;
  onUndo: (turn: AssistantTurn, token: string) => void;
  onRetry: (turn: AssistantTurn) => void;
  onSay: (message: string) => void;
};

export function Message({ turn, ...rest }: Props) {
  if (turn.role === "user") {
    return (
      <li className="enter ms-10 flex justify-end">
        <p className="rounded-2xl rounded-ee-md bg-accent px-3.5 py-2 text-on-accent wrap-anywhere whitespace-pre-line">
          <span className="sr-only">You: </span>
          {turn.text}
        </p>
      </li>
    );
  }
  return <AssistantMessage turn={turn} {...rest} />;
}

function AssistantMessage({ turn, isLast, onAccept, onDecline, onUndo, onRetry, onSay }: Props & { turn: AssistantTurn }) {
  const { actions, confirm, choices, source } = turn.answer;
  const text = proseOf(turn);
  const running = turn.status === "waiting" || turn.status === "streaming";
  return (
    <li className="enter me-6 space-y-2" aria-busy={running}>
      {turn.status === "waiting" && <Thinking />}
      {text && (
        <p className="w-fit rounded-2xl rounded-es-md bg-raised px-3.5 py-2 wrap-anywhere whitespace-pre-line">
          <span className="sr-only">Assistant: </span>
          {text}
        </p>
      )}
      {actions.map((action, index) => (
        <ActionCard
          // The actions of an answer only ever grow at the end.
          key={index}
          action={action}
          undone={action.undo !== undefined && turn.undone.includes(action.undo)}
          onUndo={(token) => { onUndo(turn, token); }}
        />
      ))}
      {confirm && (
        <ConfirmCard
          confirm={confirm}
          decision={turn.decision}
          onYes={() => { onAccept(turn); }}
          onNo={() => { onDecline(turn); }}
          onAskAgain={() => { onSay(String(turn.request.body.message)); }}
        />
      )}
      {choices.length > 0 && isLast && (
        <ul aria-label="Choices" className="flex flex-wrap gap-2">
          {choices.map(({ label, message }, index) => (
            // Nothing promises that two choices differ, and those of an answer never change.
            <li key={index}>
              <Button size="small" className="text-start wrap-anywhere" onClick={() => { onSay(message); }}>
                {label}
              </Button>
            </li>
          ))}
        </ul>
      )}
      {turn.status === "stopped" && <p className="px-1 text-sm text-muted">Stopped.</p>}
      {turn.status === "failed" && <p className="px-1 text-sm font-medium text-bad">{turn.failure}</p>}
      {isLast && canRetry(turn) && (
        <Button size="small" onClick={() => { onRetry(turn); }}>
          <RetryIcon />
          Retry
        </Button>
      )}
      {turn.status === "done" && source === "model" && <p className="px-1 text-xs text-muted">From the language model</p>}
    </li>
  );
}

/** @returns the prose without what a card beside it shows better: the question to confirm, the lines of a list. */
function proseOf({ text, answer }: AssistantTurn): string {
  if (text === answer.confirm?.summary) return "";
  const hasList = answer.actions.some(({ tool, status }) => tool === "list_todos" && status === "done");
  return hasList ? (text.split("\n")[0] ?? "").replace(/:$/, ".") : text;
}

function Thinking() {
  return (
    <p className="flex w-fit gap-1 rounded-2xl rounded-es-md bg-raised px-4 py-4">
      <span className="sr-only">The assistant is thinking</span>
      <span aria-hidden="true" className="size-1.5 animate-pulse rounded-full bg-muted" />
      <span aria-hidden="true" className="size-1.5 animate-pulse rounded-full bg-muted [animation-delay:150ms]" />
      <span aria-hidden="true" className="size-1.5 animate-pulse rounded-full bg-muted [animation-delay:300ms]" />
    </p>
  );
}
