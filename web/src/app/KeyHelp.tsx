/** The keys that are heard now. */
import { useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { Key } from '../ui/Button';
import { Dialog } from '../ui/Dialog';
import { type Action, offered } from '../ui/keys';

export default function KeyHelp({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation();
  const actions = useRef<Action[]>(offered());
  const seen = new Set<string>();
  const shown = actions.current.filter((a) => {
    const key = a.keys?.[0];
    if (!key || seen.has(key)) return false;
    seen.add(key);
    return true;
  });
  const goes = shown.filter((a) => a.keys?.[0]?.startsWith('g '));
  const rest = shown.filter((a) => !goes.includes(a));
  return (
    <Dialog title={t('keys.title')} onClose={onClose} wide>
      <div className="key-help">
        {[rest, goes].map((group, i) => (
          <dl key={i === 0 ? 'here' : 'go'}>
            {group.map((a) => (
              <div key={a.id}>
                <dt>
                  {a.keys?.slice(0, 2).map((k) => (
                    <Key key={k} k={k} />
                  ))}
                </dt>
                <dd>{a.label}</dd>
              </div>
            ))}
          </dl>
        ))}
      </div>
    </Dialog>
  );
}
