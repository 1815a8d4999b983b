import { describe, expect, it } from 'vitest';
import { bodyOf, type Candidate, type Choice, choicesFor } from './matching';

const open = (id: number, amount: number, score: number, party_id = 1): Candidate => ({
  kind: 'invoice',
  id,
  number: `IN${id}`,
  party_id,
  party: `P${party_id}`,
  open: amount,
  due_on: null,
  amount,
  score,
  why: '',
});

describe('what a bank line may pay', () => {
  it('takes the document that fits to the cent first', () => {
    const [first] = choicesFor(100, [open(1, 100, 85), open(2, 40, 15)]);
    expect(first).toMatchObject({ lines: [{ id: 1 }], rest: 0, sure: true });
  });
  it('finds two documents of one party that add up', () => {
    const [first] = choicesFor(32904, [open(1, 26784, 55), open(2, 6120, 15), open(3, 6120, 10, 2)]);
    expect(first?.lines.map((l) => l.id)).toEqual([1, 2]);
    expect(first?.rest).toBe(0);
  });
  it('never pays more than is open, and says what is left', () => {
    const [first] = choicesFor(150, [open(1, 100, 55)]);
    expect(first).toMatchObject({ rest: 50, sure: false });
  });
  it('pays a part where the line is smaller', () => {
    expect(choicesFor(30, [open(1, 100, 55)])[0]?.lines[0]?.amount).toBe(30);
  });
  it('never pays what a party owes and what it is owed as one', () => {
    const back: Candidate = { ...open(2, 40, 45), kind: 'supplier_invoice' };
    expect(choicesFor(100, [open(1, 60, 15), back]).map((c) => c.lines.length)).toEqual([1, 1]);
    expect(bodyOf(choicesFor(40, [back])[0] as Choice)).toEqual({ lines: [{ supplier_invoice_id: 2, amount: 40 }] });
  });
  it('has nothing to offer where nothing is open', () => {
    expect(choicesFor(30, [])).toEqual([]);
  });
});
