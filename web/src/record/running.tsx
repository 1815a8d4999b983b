/**
 * Running a command from a button or key. One that cannot be undone is tried first: what it would do stands on the
 * page, and the same key does it. What needs an answer asks for it in the same place.
 */

import { useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Refused, type Row } from '../api/client';
import { type Reply, refresh, undoLast, useSend } from '../api/commands';
import { type Command, type Entity, type Field, useModel } from '../api/model';
import { say } from '../ui/Toasts';
import { LEADS_TO } from './commandKeys';
import { recordPath } from './paths';

/** How long the halves of a double click are apart at most, in milliseconds. */
const DOUBLE_CLICK = 500;

export interface Running {
  entity: Entity;
  row: Row;
  command: Command;
  fault: Refused | null;
}

export interface Runner {
  running: Running | null;
  busy: boolean;
  /** `tried`: what it would do stands on the page already. */
  start: (entity: Entity, row: Row, command: Command, tried?: boolean) => void;
  go: (body: Record<string, unknown>) => Promise<void>;
  stop: () => void;
}

/** What must be answered before the command can run. */
export function needed(command: Command): Field[] {
  return command.input.filter((f) => f.required && f.default === null && f.kind !== 'lines');
}

export function useRunner(done?: (reply: Reply, command: Command) => void): Runner {
  const { t } = useTranslation();
  const send = useSend();
  const navigate = useNavigate();
  const model = useModel();
  const client = useQueryClient();
  const [running, setRunning] = useState<Running | null>(null);
  const [busy, setBusy] = useState(false);
  const taken = useRef('');

  async function run(at: Running, body: Record<string, unknown>) {
    // The second half of a double click finds the button as it was: it means the same, and not once more.
    const what = `${at.entity.name} ${at.row.id} ${at.command.name}`;
    if (taken.current === what) return;
    taken.current = what;
    const free = () => {
      if (taken.current === what) taken.current = '';
    };
    setBusy(true);
    try {
      const { entity, row, command } = at;
      const reply = await send(entity, {
        command: command.name,
        id: row.id,
        body,
        version: command.name === 'delete' ? (row.version ?? null) : null,
      });
      setRunning(null);
      const undo = reply.undo
        ? {
            label: t('app.undo'),
            run: () =>
              void undoLast()
                .then(() => refresh(client))
                .catch((e: Error) => say(e.message)),
          }
        : undefined;
      say(`${row.title ?? ''} ${command.label}`.trim(), undo);
      done?.(reply, command);
      follow(reply, command);
      setTimeout(free, DOUBLE_CLICK);
    } catch (error) {
      free();
      if (!(error instanceof Refused)) throw error;
      setRunning({ ...at, fault: error });
    } finally {
      setBusy(false);
    }
  }

  function follow(reply: Reply, command: Command) {
    const name = LEADS_TO[command.name];
    const target = name ? model.entities[name] : undefined;
    const made = reply.changed.find((c) => c.entity === name && c.id !== reply.id);
    if (target && made) void navigate({ to: recordPath(target, made.id) });
  }

  return {
    running,
    busy,
    start: (entity, row, command, tried = false) => {
      const at = { entity, row, command, fault: null };
      const asks = needed(command).length > 0 || command.input.some((f) => f.kind === 'lines' && f.required);
      if (asks || (command.final && !tried) || command.name === 'delete') setRunning(at);
      else void run(at, {});
    },
    go: async (body) => {
      if (running && !busy) await run(running, body);
    },
    stop: () => setRunning(null),
  };
}
