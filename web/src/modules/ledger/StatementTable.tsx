/** A statement with its figures, each a button that opens it. */
import { useTranslation } from 'react-i18next';
import { money, percent } from '../../ui/format';
import { type Block, change } from './statements';

interface Props {
  caption: string;
  heads: string[];
  blocks: Block[];
  /** Which column of which account is asked for. */
  onOpen: (account: number, column: number) => void;
}

export function StatementTable({ caption, heads, blocks, onOpen }: Props) {
  const { t } = useTranslation();
  const compared = heads.length === 2;
  return (
    <div className="scroll-x">
      <table className="t books">
        <caption className="sr">{caption}</caption>
        <thead>
          <tr>
            <th scope="col">{t('books.account')}</th>
            {heads.map((h) => (
              <th key={h} scope="col" className={h === heads[0] ? 'num' : 'num desk'}>
                {h}
              </th>
            ))}
            {compared && (
              <th scope="col" className="num desk">
                {t('books.change')}
              </th>
            )}
          </tr>
        </thead>
        {blocks.map((block) => (
          <tbody key={block.total.label}>
            {block.title && (
              <tr className="capr">
                <th scope="rowgroup" colSpan={heads.length + 2}>
                  {block.title}
                </th>
              </tr>
            )}
            {block.lines.map((line) => (
              <tr key={line.account_id ?? line.name}>
                <th scope="row">
                  <span className="code">{line.code}</span> {line.name}
                </th>
                {line.amounts.map((amount, i) => (
                  <td key={heads[i]} className={i === 0 ? 'num' : 'num desk'}>
                    {line.account_id === null ? (
                      money(amount)
                    ) : (
                      <button
                        type="button"
                        className="opens"
                        aria-label={t('books.open_figure', { account: line.name, amount: money(amount) })}
                        onClick={() => line.account_id !== null && onOpen(line.account_id, i)}
                      >
                        {money(amount)}
                      </button>
                    )}
                  </td>
                ))}
                {compared && <Change now={line.amounts[0]} before={line.amounts[1]} />}
              </tr>
            ))}
            <tr className={block.title ? 'sumr' : 'end'}>
              <th scope="row">{block.total.label}</th>
              {block.total.amounts.map((amount, i) => (
                <td key={heads[i]} className={i === 0 ? 'num' : 'num desk'}>
                  {money(amount)}
                </td>
              ))}
              {compared && <Change now={block.total.amounts[0]} before={block.total.amounts[1]} />}
            </tr>
          </tbody>
        ))}
      </table>
    </div>
  );
}

function Change({ now, before }: { now: number | undefined; before: number | undefined }) {
  const share = change(now, before);
  return <td className="num ink3 desk">{share === null ? '–' : `${share > 0 ? '+' : ''}${percent(share)}`}</td>;
}
