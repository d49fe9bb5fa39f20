import { i18n } from "../../i18n";
import { Row } from "../parts/Block";
import { Tag } from "../parts/Tag";
import { useNames } from "../rows/staff";
import type { Task } from "../rows/tasks";
import { daysBetween, sayDay } from "../words/times";

interface Props {
  readonly task: Task;
  readonly today: string;
  /** Of what one gave: who is to do it, in place of who asked. */
  readonly given?: boolean;
}

/** One thing that was asked for; a tap opens it. */
export function TaskRow({ task, today, given = false }: Props) {
  const nameFor = useNames();
  const overdue = daysBetween(task.due_on, today);
  const by = ((given ? task.assignee_id : task.author_id) as string | undefined) ?? null;
  return (
    <Row
      to={`/tasks/${task.id}`}
      title={task.text}
      sub={[by === null ? null : nameFor(by), given ? sayDay(task.due_on, today) : null, task.customer_name].filter(Boolean).join(" · ")}
      right={overdue > 0 && <Tag tone="bad">{i18n._("{n, plural, one {# day over} other {# days over}}", { n: overdue })}</Tag>}
    />
  );
}
