/** Where a record stands: a thin strip with the process, each stage a link, filled as far as it has come. */
import { useNavigate } from '@tanstack/react-router';
import { useActions } from '../ui/keys';

export interface Stage {
  label: string;
  note: string;
  /** 0 to 1. */
  part: number;
  to?: string | undefined;
  stopped?: boolean;
}

export function Strip({ label, stages }: { label: string; stages: Stage[] }) {
  const navigate = useNavigate();
  const go = (to: string) => void navigate({ href: to });
  useActions(
    stages.flatMap((s, i) =>
      s.to
        ? [
            {
              id: `stage-${i}`,
              label: `${label}: ${s.label}`,
              keys: [String(i + 1)],
              quiet: true,
              run: () => go(s.to ?? ''),
            },
          ]
        : [],
    ),
  );
  return (
    <ol className="strip" aria-label={label}>
      {stages.map((stage) => {
        const look = stage.stopped ? 'stop' : stage.part >= 1 ? 'done' : stage.part > 0 ? 'part' : '';
        const inside = (
          <>
            <b>{stage.label}</b>
            <span className="small">{stage.note}</span>
          </>
        );
        return (
          <li
            key={stage.label}
            className={look}
            style={{ '--p': `${Math.round(stage.part * 100)}%` } as React.CSSProperties}
          >
            {stage.to ? (
              <a
                href={stage.to}
                onClick={(e) => {
                  if (e.ctrlKey || e.metaKey) return;
                  e.preventDefault();
                  go(stage.to ?? '');
                }}
              >
                {inside}
              </a>
            ) : (
              <span className="stage">{inside}</span>
            )}
          </li>
        );
      })}
    </ol>
  );
}
