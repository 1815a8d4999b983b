/** Files at a record: dropped or chosen, opened, put away. What is wrong with one stands at that one. */
import { useQuery } from '@tanstack/react-query';
import { Paperclip, X } from 'lucide-react';
import { type DragEvent, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Refused, type Row } from '../api/client';
import { useSend, useUpload } from '../api/commands';
import { commandOf, type Entity, useModel } from '../api/model';
import { listQuery, quoted } from '../api/odata';
import { Button } from '../ui/Button';
import { bytes, instant } from '../ui/format';
import { useActions } from '../ui/keys';
import { Problem } from '../ui/notes';
import { say } from '../ui/Toasts';

/** A file on its way, or the no that it met. */
interface Sent {
  key: number;
  name: string;
  fault?: Refused;
}

export function Attachments({ entity, id }: { entity: Entity; id: number }) {
  const attachment = useModel().entities.Attachment;
  return attachment && entity.name !== attachment.name ? (
    <Files attachment={attachment} entity={entity} id={id} />
  ) : null;
}

function Files({ attachment, entity, id }: { attachment: Entity; entity: Entity; id: number }) {
  const { t } = useTranslation();
  const input = useRef<HTMLInputElement>(null);
  const { sent, attach, forget } = useSending(entity, id);
  const [over, setOver] = useState(false);
  const may = commandOf(attachment, 'attach') !== undefined;
  const about = `about_entity eq ${quoted(entity.name)} and about_id eq ${id} and archived eq false`;
  const kept = useQuery(listQuery(attachment, { filter: about, orderby: 'id desc', expand: ['added_by'], top: 100 }));
  const choose = () => input.current?.click();
  useActions(may ? [{ id: 'attach', label: t('files.attach'), keys: ['u'], run: choose }] : []);
  const rows = kept.data ?? [];
  if (!may && rows.length === 0) return null;
  const drop = {
    onDragOver: (e: DragEvent) => {
      e.preventDefault();
      setOver(true);
    },
    onDragLeave: () => setOver(false),
    onDrop: (e: DragEvent) => {
      e.preventDefault();
      setOver(false);
      attach(e.dataTransfer.files);
    },
  };
  return (
    <section className={`sec attached ${over ? 'over' : ''}`} aria-label={t('files.title')} {...(may ? drop : {})}>
      <div className="head">
        <h2>{t('files.title')}</h2>
        <span className="count">{rows.length || ''}</span>
        {may && (
          <Button
            look="quiet"
            k="u"
            className="end"
            icon={<Paperclip className="i s" aria-hidden="true" />}
            onClick={choose}
          >
            {t('files.attach')}
          </Button>
        )}
      </div>
      {may && (
        <input
          ref={input}
          type="file"
          multiple
          hidden
          aria-label={t('files.attach')}
          onChange={(e) => {
            attach(e.target.files);
            // The same file may be chosen once more after a no.
            e.target.value = '';
          }}
        />
      )}
      {kept.error && <Problem message={kept.error.message} />}
      <ul aria-live="polite">
        {sent.map((s) => (
          <li key={s.key}>
            {s.fault ? (
              <Problem
                message={`${s.name}: ${s.fault.message}`}
                advice={s.fault.advice}
                action={
                  <Button
                    look="quiet"
                    icon={<X className="i" aria-hidden="true" />}
                    aria-label={t('app.close')}
                    onClick={() => forget(s.key)}
                  />
                }
              />
            ) : (
              <span className="ink3">{t('files.sending', { name: s.name })}</span>
            )}
          </li>
        ))}
        {rows.map((row) => (
          <Kept key={row.id} row={row} attachment={attachment} />
        ))}
      </ul>
      {may && rows.length === 0 && sent.length === 0 && <p className="ink3 small desk">{t('files.none')}</p>}
    </section>
  );
}

/** Sends files one after the other; those that were taken leave the list, the others stay with their no. */
function useSending(entity: Entity, id: number) {
  const upload = useUpload();
  const count = useRef(0);
  const [sent, setSent] = useState<Sent[]>([]);
  const forget = (key: number) => setSent((now) => now.filter((s) => s.key !== key));
  async function one(file: File, key: number) {
    try {
      await upload(entity, id, file);
      forget(key);
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      setSent((now) => now.map((s) => (s.key === key ? { ...s, fault: error } : s)));
    }
  }
  async function all(files: File[]) {
    const first = count.current;
    count.current += files.length;
    setSent((now) => [...now.filter((s) => !s.fault), ...files.map((f, i) => ({ key: first + i, name: f.name }))]);
    for (const [i, file] of files.entries()) await one(file, first + i);
  }
  return { sent, forget, attach: (files: FileList | null) => void (files && files.length > 0 && all([...files])) };
}

function Kept({ row, attachment }: { row: Row; attachment: Entity }) {
  const { t } = useTranslation();
  const send = useSend();
  const [fault, setFault] = useState<Refused | null>(null);
  const by = row.added_by as Row | null | undefined;
  const name = String(row.name);
  async function putAway() {
    try {
      await send(attachment, { command: 'put_away', id: row.id });
      say(t('files.put_away', { name }), {
        label: t('files.back'),
        run: () => void send(attachment, { command: 'put_back', id: row.id }),
      });
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      setFault(error);
    }
  }
  return (
    <li>
      <div className="kept">
        <a className="name" href={`/files/${row.id}`} target="_blank" rel="noreferrer">
          {name}
        </a>
        {commandOf(attachment, 'put_away') && (
          <Button
            look="quiet"
            icon={<X className="i s" aria-hidden="true" />}
            aria-label={t('files.away', { name })}
            onClick={() => void putAway()}
          />
        )}
        <span className="ink3 small">
          {[bytes(row.size), by?.name ?? by?.title, instant(row.added_at)].filter(Boolean).join(' · ')}
        </span>
      </div>
      {fault && <Problem message={fault.message} advice={fault.advice} />}
    </li>
  );
}
