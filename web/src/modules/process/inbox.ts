/** What wants this person: tasks of processes, cases that stopped, and what is due. */
import { useQuery } from '@tanstack/react-query';
import type { Row } from '../../api/client';
import { type Entity, hasQuery, type Model, useModel } from '../../api/model';
import { functionQuery, listQuery } from '../../api/odata';
import { useSession } from '../../api/session';

export interface Wanting {
  key: string;
  group: 'tasks' | 'stopped' | 'due' | 'money' | 'overdue' | 'ship' | 'receive' | 'short';
  title: string;
  note: string;
  end: string;
  /** When it is from, or is due. */
  at: string | null;
  late: boolean;
  row: Row;
  entity: Entity;
}

interface Inbox {
  tasks: Row[];
  stopped: (Row & { stopped?: { message: string; advice: string } })[];
}

const text = (value: unknown) => (typeof value === 'string' ? value : '');
const titleOf = (value: unknown) => text((value as { title?: string } | null)?.title);

function listed(model: Model, name: string, filter: string, orderby: string, expand: string[] = []) {
  const entity = model.entities[name];
  return {
    ...listQuery(entity as Entity, { filter, orderby, top: 20, ...(expand.length > 0 ? { expand } : {}) }),
    enabled: entity !== undefined,
  };
}

export function useInbox(): { items: Wanting[]; waiting: boolean } {
  const model = useModel();
  const session = useSession();
  const today = session.today;
  const task = model.entities.Task;
  const inbox = useQuery({ ...functionQuery<Inbox>(task as Entity, null, 'inbox'), enabled: hasQuery(task, 'inbox') });
  const mine = `(responsible_id eq ${session.user.id} or responsible_id eq null)`;
  const due = useQuery(listed(model, 'Activity', `done_on eq null and due_on le ${today} and ${mine}`, 'due_on'));
  const money = useQuery(listed(model, 'BankLine', "state eq 'open'", 'booked_on desc'));
  const overdue = useQuery(
    listed(model, 'Invoice', `state eq 'posted' and kind eq 'invoice' and open gt 0 and due_on lt ${today}`, 'due_on', [
      'customer($select=id,title)',
    ]),
  );
  const ship = useQuery(
    listed(model, 'Delivery', `state eq 'draft' and (planned_on le ${today} or planned_on eq null)`, 'planned_on', [
      'customer($select=id,title)',
    ]),
  );
  const receive = useQuery(
    listed(
      model,
      'PurchaseOrder',
      `state eq 'confirmed' and to_receive gt 0 and expected_on le ${today}`,
      'expected_on',
      ['supplier($select=id,title)'],
    ),
  );
  // Where processes hand out the work, deliveries and receipts stand among the tasks.
  const tasked = hasQuery(task, 'inbox');
  const all = [inbox, due, money, overdue, ship, receive];
  const from = (
    name: string,
    rows: Row[] | undefined,
    shape: (row: Row) => Omit<Wanting, 'key' | 'row' | 'entity'>,
  ): Wanting[] => {
    const entity = model.entities[name];
    return entity ? (rows ?? []).map((row) => ({ key: `${name}-${row.id}`, row, entity, ...shape(row) })) : [];
  };
  const items: Wanting[] = [
    ...from('Case', inbox.data?.stopped, (r) => ({
      group: 'stopped',
      title: text((r.stopped as { message?: string } | undefined)?.message) || text(r.step_name),
      note: text(r.about_title) || text(r.name),
      end: '',
      at: text(r.since),
      late: true,
    })),
    ...from(
      'Task',
      inbox.data?.tasks.filter((r) => r.kind !== 'mend'),
      (r) => ({
        group: 'tasks',
        title: text(r.name),
        note: text(r.about_title),
        end: '',
        at: text(r.due) || text(r.opened_at),
        late: text(r.due) !== '' && text(r.due) < today,
      }),
    ),
    ...from('Activity', due.data, (r) => ({
      group: 'due',
      title: text(r.subject),
      note: '',
      end: '',
      at: text(r.due_on),
      late: text(r.due_on) < today,
    })),
    ...from('Delivery', tasked ? [] : ship.data, (r) => ({
      group: 'ship',
      title: titleOf(r.customer),
      note: text(r.number),
      end: '',
      at: text(r.planned_on),
      late: text(r.planned_on) !== '' && text(r.planned_on) < today,
    })),
    ...from('PurchaseOrder', tasked ? [] : receive.data, (r) => ({
      group: 'receive',
      title: titleOf(r.supplier),
      note: text(r.number),
      end: '',
      at: text(r.expected_on),
      late: text(r.expected_on) < today,
    })),
    ...from('BankLine', money.data, (r) => ({
      group: 'money',
      title: text(r.party_name) || text(r.text),
      note: text(r.reference) || text(r.text),
      end: 'amount',
      at: text(r.booked_on),
      late: false,
    })),
    ...from('Invoice', overdue.data, (r) => ({
      group: 'overdue',
      title: titleOf(r.customer),
      note: text(r.number),
      end: 'open',
      at: text(r.due_on),
      late: true,
    })),
  ];
  return { items, waiting: all.some((q) => q.isLoading) };
}
